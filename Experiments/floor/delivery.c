#define _GNU_SOURCE
#include "delivery.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command_line.h"

enum { PENDING_MAX = 1 << 20 };

/* Only the loop's thread adds, so that this needs no locked instruction. */
static void add(atomic_ullong *counter, unsigned long long more)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more, memory_order_relaxed);
}

int descriptor_of(const struct loop *loop, const struct subscriber *subscriber)
{
    return (int)(subscriber - loop->server->subscribers);
}

/* Tells the publisher, if it waits, once everything that was published has left. */
static void settle(struct loop *loop)
{
    struct server *server = loop->server;
    if (loop->backlogged > 0)
        return;
    atomic_store(&loop->settled, loop->taken);
    if (atomic_load(&server->awaiting)) {
        pthread_mutex_lock(&server->settled_lock);
        pthread_cond_signal(&server->settled_changed);
        pthread_mutex_unlock(&server->settled_lock);
    }
}

/* MARK: subscribers */

void subscribe(struct loop *loop, struct subscriber *subscriber, const struct handshake *handshake)
{
    struct server *server = loop->server;
    struct subscriber **head = &loop->orders[handshake->order].subscribers[handshake->transport];
    subscriber->state = SUBSCRIBED;
    subscriber->order = handshake->order;
    subscriber->transport = (uint8_t)handshake->transport;
    subscriber->previous = NULL;
    subscriber->next = *head;
    if (*head != NULL)
        (*head)->previous = subscriber;
    *head = subscriber;
    if (atomic_fetch_add(&server->connected, 1) + 1 == server->wanted)
        sem_post(&server->start);
}

void discard_pending(struct loop *loop, struct subscriber *subscriber)
{
    if (subscriber->pending_updates > 0)
        loop->backlogged--;
    free(subscriber->pending);
    subscriber->pending = NULL;
    subscriber->pending_length = subscriber->pending_capacity = subscriber->pending_updates = 0;
}

bool disconnect(struct loop *loop, struct subscriber *subscriber)
{
    int descriptor = descriptor_of(loop, subscriber);
    if (subscriber->state == SUBSCRIBED) {
        if (subscriber->previous != NULL)
            subscriber->previous->next = subscriber->next;
        else
            loop->orders[subscriber->order].subscribers[subscriber->transport] = subscriber->next;
        if (subscriber->next != NULL)
            subscriber->next->previous = subscriber->previous;
        atomic_fetch_sub(&loop->server->connected, 1);
    }
    bool owed = subscriber->pending_updates > 0;
    discard_pending(loop, subscriber);
    subscriber->state = FREE;
    close(descriptor);
    if (owed)
        settle(loop);
    return false;
}

void keep(struct subscriber *subscriber, const char *bytes, size_t count)
{
    size_t wanted = subscriber->pending_length + count;
    if (wanted > subscriber->pending_capacity) {
        size_t capacity = wanted < 1024 ? 1024 : wanted + wanted / 2;
        subscriber->pending = realloc(subscriber->pending, capacity);
        if (subscriber->pending == NULL)
            fail("out of memory");
        subscriber->pending_capacity = (uint32_t)capacity;
    }
    memcpy(subscriber->pending + subscriber->pending_length, bytes, count);
    subscriber->pending_length += (uint32_t)count;
}

/* Bytes that the socket took, or -1 where the connection is gone. */
static ssize_t send_now(int descriptor, const char *bytes, size_t count)
{
    ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    if (sent >= 0)
        return sent;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

/* The registration is edge-triggered for output too, so that nothing is armed for what the socket refuses. */
bool deliver(struct loop *loop, struct subscriber *subscriber, const char *frames, size_t count, uint32_t updates)
{
    ssize_t sent = 0;
    if (subscriber->pending_length == 0) {
        sent = send_now(descriptor_of(loop, subscriber), frames, count);
        if (sent == (ssize_t)count) {
            add(&loop->delivered, updates);
            return true;
        }
    }
    if (sent < 0)
        return disconnect(loop, subscriber);
    add(&loop->blocked, 1);
    if (subscriber->pending_length + (count - (size_t)sent) > PENDING_MAX) {
        add(&loop->dropped, 1);
        return disconnect(loop, subscriber);
    }
    keep(subscriber, frames + sent, count - (size_t)sent);
    if (subscriber->pending_updates == 0 && updates > 0)
        loop->backlogged++;
    subscriber->pending_updates += updates;
    return true;
}

bool flush_pending(struct loop *loop, struct subscriber *subscriber)
{
    ssize_t sent = send_now(descriptor_of(loop, subscriber), subscriber->pending, subscriber->pending_length);
    if (sent < 0)
        return disconnect(loop, subscriber);
    if (sent < (ssize_t)subscriber->pending_length) {
        subscriber->pending_length -= (uint32_t)sent;
        memmove(subscriber->pending, subscriber->pending + sent, subscriber->pending_length);
    } else {
        uint32_t updates = subscriber->pending_updates;
        add(&loop->delivered, updates);
        discard_pending(loop, subscriber);
        if (updates > 0)
            settle(loop);
    }
    return true;
}

/* MARK: delivery */

static size_t take_inbox(struct loop *loop)
{
    pthread_mutex_lock(&loop->inbox_lock);
    struct update *updates = loop->inbox;
    size_t count = loop->inbox_count, capacity = loop->inbox_capacity;
    loop->inbox = loop->batch;
    loop->inbox_capacity = loop->batch_capacity;
    loop->inbox_count = 0;
    pthread_mutex_unlock(&loop->inbox_lock);
    loop->batch = updates;
    loop->batch_capacity = capacity;
    return count;
}

/* Chains the updates of each order, so that a subscriber gets all of them in one write. */
static void sort_by_order(struct loop *loop, size_t count)
{
    grow(&loop->batch_next, &loop->batch_next_capacity, count, sizeof *loop->batch_next);
    loop->touched_count = 0;
    for (uint32_t index = 0; index < count; index++) {
        struct order *order = &loop->orders[loop->batch[index].order];
        if (order->queued) {
            loop->batch_next[order->last] = index;
        } else {
            order->queued = true;
            order->first = index;
            loop->touched[loop->touched_count++] = loop->batch[index].order;
        }
        order->last = index;
    }
}

static void deliver_order(struct loop *loop, struct order *order)
{
    for (int transport = 0; transport < TRANSPORTS; transport++) {
        if (order->subscribers[transport] == NULL)
            continue;
        size_t length = 0;
        uint32_t updates = 0;
        for (uint32_t index = order->first;; index = loop->batch_next[index]) {
            grow(&loop->frames, &loop->frames_capacity, length + FRAMED_UPDATE_MAX, 1);
            length += encode_update(&loop->encoder, transport, &loop->batch[index], loop->frames + length);
            updates++;
            if (index == order->last)
                break;
        }
        struct subscriber *next;
        for (struct subscriber *subscriber = order->subscribers[transport]; subscriber != NULL; subscriber = next) {
            next = subscriber->next;
            deliver(loop, subscriber, loop->frames, length, updates);
        }
    }
    order->queued = false;
}

void deliver_inbox(struct loop *loop)
{
    size_t count = take_inbox(loop);
    sort_by_order(loop, count);
    for (size_t index = 0; index < loop->touched_count; index++)
        deliver_order(loop, &loop->orders[loop->touched[index]]);
    loop->taken += count;
    settle(loop);
}
