#define _GNU_SOURCE
#include "loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "command_line.h"
#include "delivery.h"
#include "handshake.h"

enum { EVENTS_MAX = 512, RECEIVE_MAX = 16384 };

static void watch(struct loop *loop, int descriptor, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.fd = descriptor };
    if (epoll_ctl(loop->poll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        fail_errno("epoll_ctl");
}

/* MARK: connections */

static bool receive_request(struct loop *loop, struct subscriber *subscriber, size_t count)
{
    keep(subscriber, loop->received, count);
    struct handshake handshake;
    if (!answer_request(subscriber->pending, subscriber->pending_length, loop->server->orders, &handshake))
        return true;
    /* A peer may not send anything more before it has read the answer, so what follows the request is dropped. */
    discard_pending(loop, subscriber);
    if (handshake.accepted)
        subscribe(loop, subscriber, &handshake);
    bool connected = deliver(loop, subscriber, handshake.response, handshake.response_length, 0);
    return connected && !handshake.accepted ? disconnect(loop, subscriber) : connected;
}

/* Reads until the socket is empty, `until_end` also past a short read. */
static bool read_subscriber(struct loop *loop, struct subscriber *subscriber, bool until_end)
{
    for (;;) {
        ssize_t count = recv(descriptor_of(loop, subscriber), loop->received, RECEIVE_MAX, 0);
        if (count > 0) {
            /* What a subscriber says after its request is not for a floor to answer. */
            if (subscriber->state == REQUEST && !receive_request(loop, subscriber, (size_t)count))
                return false;
            if (count < RECEIVE_MAX && !until_end)
                return true;
        } else if (count < 0 && errno == EAGAIN) {
            return true;
        } else if (count == 0 || errno != EINTR) {
            return disconnect(loop, subscriber);
        }
    }
}

static void serve(struct loop *loop, int descriptor, uint32_t events)
{
    struct subscriber *subscriber = &loop->server->subscribers[descriptor];
    if ((events & EPOLLOUT) != 0 && subscriber->state == SUBSCRIBED && subscriber->pending_length > 0 &&
        !flush_pending(loop, subscriber))
        return;
    /* A FIN that came with the bytes brings no edge of its own. */
    uint32_t end = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (end != 0 || (events & EPOLLIN) != 0)
        read_subscriber(loop, subscriber, end != 0);
}

static void accept_subscribers(struct loop *loop)
{
    for (int round = 0; round < 64; round++) {
        int descriptor = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) {
            if (errno == EMFILE || errno == ENFILE)
                fail("the limit of %zu descriptors is reached: raise `ulimit -n`, or start several servers",
                     loop->server->descriptor_limit);
            if (errno == EAGAIN)
                return;
            continue; /* the peer left while it waited, and the like: accept(2) says to retry */
        }
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
        loop->server->subscribers[descriptor] = (struct subscriber){ .state = REQUEST };
        watch(loop, descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }
}

static void disconnect_all(struct loop *loop)
{
    for (uint32_t order = 0; order < loop->server->orders; order++)
        for (int transport = 0; transport < TRANSPORTS; transport++)
            while (loop->orders[order].subscribers[transport] != NULL)
                disconnect(loop, loop->orders[order].subscribers[transport]);
}

static void *run(void *argument)
{
    struct loop *loop = argument;
    struct epoll_event events[EVENTS_MAX];
    while (!atomic_load_explicit(&loop->server->stopping, memory_order_relaxed)) {
        int count = epoll_wait(loop->poll, events, EVENTS_MAX, -1);
        if (count < 0 && errno != EINTR)
            fail_errno("epoll_wait");
        bool woken = false;
        for (int index = 0; index < count; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == loop->wake) {
                eventfd_t ignored;
                eventfd_read(loop->wake, &ignored);
                woken = true;
            } else if (descriptor == loop->listener) {
                accept_subscribers(loop);
            } else {
                serve(loop, descriptor, events[index].events);
            }
        }
        if (woken)
            deliver_inbox(loop);
    }
    disconnect_all(loop);
    return NULL;
}

/* MARK: interface */

uint16_t loop_listen(struct loop *loop, struct server *server, uint16_t port)
{
    loop->server = server;
    loop->orders = allocate(server->orders, sizeof *loop->orders);
    loop->touched = allocate(server->orders, sizeof *loop->touched);
    loop->received = allocate(RECEIVE_MAX, 1);
    pthread_mutex_init(&loop->inbox_lock, NULL);
    update_encoder_init(&loop->encoder, server->epoch);

    loop->poll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (loop->poll < 0 || loop->wake < 0 || loop->listener < 0)
        fail_errno("cannot create the descriptors of a loop");

    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof address;
    setsockopt(loop->listener, SOL_SOCKET, SO_REUSEPORT, &(int){ 1 }, sizeof(int));
    /* Accepted sockets inherit it. */
    if (server->send_buffer > 0)
        setsockopt(loop->listener, SOL_SOCKET, SO_SNDBUF, &server->send_buffer, sizeof(int));
    if (bind(loop->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(loop->listener, 4096) != 0 ||
        getsockname(loop->listener, (struct sockaddr *)&address, &length) != 0)
        fail_errno("cannot listen on 127.0.0.1:%u; --port 0 takes a free port", port);
    watch(loop, loop->listener, EPOLLIN);
    watch(loop, loop->wake, EPOLLIN);
    return ntohs(address.sin_port);
}

void loop_start(struct loop *loop)
{
    int failure = pthread_create(&loop->thread, NULL, run, loop);
    if (failure != 0) {
        errno = failure;
        fail_errno("cannot start a thread");
    }
}

void loop_publish(struct loop *loop, const struct update *updates, size_t count)
{
    pthread_mutex_lock(&loop->inbox_lock);
    grow(&loop->inbox, &loop->inbox_capacity, loop->inbox_count + count, sizeof *loop->inbox);
    memcpy(loop->inbox + loop->inbox_count, updates, count * sizeof *updates);
    bool first = loop->inbox_count == 0;
    loop->inbox_count += count;
    pthread_mutex_unlock(&loop->inbox_lock);
    if (first)
        loop_wake(loop);
}

void loop_wake(struct loop *loop)
{
    if (eventfd_write(loop->wake, 1) != 0)
        fail_errno("eventfd_write");
}
