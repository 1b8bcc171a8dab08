#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "command_line.h"

/* The nonce of RFC 6455, section 1.3, and the answer to it. A fresh one protects from caches: none is here. */
#define WEBSOCKET_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define WEBSOCKET_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum { HEAD_MAX = 8192, REQUEST_MAX = 8192 };
enum { WOULD_BLOCK = -1, BROKEN = -2 };

/* The first failure is kept: the ones after it are often its consequences. */
static void __attribute__((format(printf, 2, 3))) explain(struct connection *connection, const char *format, ...)
{
    struct target *target = connection->target;
    if (target->failure[0] != '\0')
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(target->failure, sizeof target->failure, format, arguments);
    va_end(arguments);
}

/* MARK: input and output, plain or TLS */

static ssize_t tls_result(struct connection *connection, int result)
{
    if (result > 0)
        return result;
    int reason = SSL_get_error(connection->tls, result);
    ERR_clear_error();
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE ? WOULD_BLOCK
           : reason == SSL_ERROR_ZERO_RETURN                               ? 0
                                                                           : BROKEN;
}

static ssize_t plain_result(ssize_t result)
{
    return result >= 0 ? result : errno == EAGAIN || errno == EINTR ? WOULD_BLOCK : BROKEN;
}

/* Bytes, 0 at the end of the stream, WOULD_BLOCK or BROKEN. */
static ssize_t receive(struct connection *connection)
{
    char *buffer = connection->target->area + SCAN_MARGIN;
    if (connection->tls != NULL)
        return tls_result(connection, SSL_read(connection->tls, buffer, RECEIVE_MAX));
    return plain_result(recv(connection->descriptor, buffer, RECEIVE_MAX, 0));
}

/* Only a few bytes a time go out, into a socket whose buffer is empty: a short write is a broken connection. */
static bool send_whole(struct connection *connection, const void *bytes, size_t count)
{
    ssize_t sent = connection->tls != NULL ? tls_result(connection, SSL_write(connection->tls, bytes, (int)count))
                                           : send(connection->descriptor, bytes, count, MSG_NOSIGNAL);
    return sent == (ssize_t)count;
}

/* MARK: opening */

static bool bind_source(struct connection *connection)
{
    const struct target *target = connection->target;
    if (target->source.s_addr == 0)
        return true;
    struct sockaddr_in source = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(ntohl(target->source.s_addr) + connection->number / target->per_address),
    };
    /* The port is chosen on connect, when the other end is known, so that one port serves several servers. */
    setsockopt(connection->descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){ 1 }, sizeof(int));
    if (bind(connection->descriptor, (struct sockaddr *)&source, sizeof source) == 0)
        return true;
    explain(connection, "cannot use the source address %s (%s); see --source", inet_ntoa(source.sin_addr),
            strerror(errno));
    return false;
}

int connection_open(struct connection *connection, struct target *target, uint32_t number)
{
    *connection = (struct connection){ .target = target, .number = number, .state = CLOSED };
    connection->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->descriptor < 0) {
        explain(connection, "socket: %s", strerror(errno));
        return -1;
    }
    setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    const struct sockaddr *server = (const struct sockaddr *)&target->server;
    if (!bind_source(connection) ||
        (connect(connection->descriptor, server, sizeof target->server) != 0 && errno != EINPROGRESS)) {
        explain(connection, "connect: %s", strerror(errno));
        connection_close(connection);
        return -1;
    }
    connection->state = CONNECTING;
    return connection->descriptor;
}

void connection_close(struct connection *connection)
{
    SSL_free(connection->tls);
    connection->tls = NULL;
    free(connection->partial);
    connection->partial = NULL;
    if (connection->descriptor >= 0)
        close(connection->descriptor);
    connection->descriptor = -1;
    connection->state = CLOSED;
}

/* MARK: handshakes */

static void finish_connect(struct connection *connection)
{
    int failure = 0;
    socklen_t length = sizeof failure;
    getsockopt(connection->descriptor, SOL_SOCKET, SO_ERROR, &failure, &length);
    if (failure != 0) {
        explain(connection, "connect: %s", strerror(failure));
        connection_close(connection);
        return;
    }
    if (connection->target->tls != NULL) {
        connection->tls = SSL_new(connection->target->tls);
        if (connection->tls == NULL || SSL_set_fd(connection->tls, connection->descriptor) != 1)
            fail("OpenSSL cannot make a connection: %s", ERR_error_string(ERR_get_error(), NULL));
    }
    connection->state = SECURING;
}

static void send_request(struct connection *connection)
{
    const struct target *target = connection->target;
    char request[REQUEST_MAX];
    bool websocket = target->transport == WEBSOCKET;
    int length = snprintf(request, sizeof request, "GET /orders/order-%u/%s HTTP/1.1\r\nHost: %s:%u\r\n%s%s\r\n",
                          connection->number % target->orders, websocket ? "socket" : "events",
                          inet_ntoa(target->server.sin_addr), ntohs(target->server.sin_port),
                          websocket ? "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                      "Sec-WebSocket-Key: " WEBSOCKET_KEY "\r\n"
                                      "Sec-WebSocket-Protocol: order-updates.v1\r\n"
                                    : "Accept: text/event-stream\r\n",
                          target->headers);
    if (length >= (int)sizeof request)
        fail("the headers are too long: a request may have %zu bytes", sizeof request);
    if (send_whole(connection, request, (size_t)length)) {
        connection->state = AWAITING_RESPONSE;
    } else {
        explain(connection, "the server closed the connection before the request");
        connection_close(connection);
    }
}

static void secure(struct connection *connection)
{
    if (connection->tls != NULL) {
        int result = SSL_connect(connection->tls);
        if (result != 1) {
            unsigned long reason = ERR_peek_error();
            const char *text = reason != 0 ? ERR_reason_error_string(reason) : NULL;
            char message[128];
            snprintf(message, sizeof message, "%s", text != NULL ? text : "the server closed the connection");
            if (tls_result(connection, result) != WOULD_BLOCK) {
                explain(connection, "TLS handshake: %s", message);
                connection_close(connection);
            }
            return;
        }
    }
    send_request(connection);
}

/* Whether the head has the header field `name` with `word` somewhere in its value. */
static bool has_header(const char *head, const char *name, const char *word)
{
    size_t length = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) != 0 || line[length] != ':')
            continue;
        const char *found = strcasestr(line + length, word);
        const char *end = strstr(line, "\r\n");
        if (found != NULL && (end == NULL || found < end))
            return true;
    }
    return false;
}

static bool accept_response(struct connection *connection, const char *head)
{
    bool websocket = connection->target->transport == WEBSOCKET;
    int status = 0;
    bool http = sscanf(head, "HTTP/1.1 %d", &status) == 1;
    if (!http || status != (websocket ? 101 : 200)) {
        const char *hint = status == 401 || status == 403 ? "; pass a token with --header 'authorization: Bearer ...'"
                           : status == 404                ? "; does the server have as many orders as --orders says?"
                                                          : "";
        explain(connection, "the server answered '%.*s'%s", (int)strcspn(head, "\r"), head, hint);
        return false;
    }
    if (websocket ? !has_header(head, "Sec-WebSocket-Accept", WEBSOCKET_ACCEPT)
                  : !has_header(head, "Content-Type", "text/event-stream")) {
        explain(connection, "the response is not %s: its %s is wrong or missing",
                websocket ? "a WebSocket handshake (RFC 6455, section 4.1)" : "an event stream",
                websocket ? "Sec-WebSocket-Accept" : "Content-Type");
        return false;
    }
    deframer_init(&connection->deframer, websocket                                            ? FRAMED
                                         : has_header(head, "Transfer-Encoding", "chunked") ? CHUNKED
                                                                                              : IDENTITY);
    return true;
}

/* Bytes of the buffer that come after the head; -1 while it is not complete or was refused. */
static ssize_t take_response(struct connection *connection, size_t count)
{
    char *bytes = connection->target->area + SCAN_MARGIN;
    if (connection->partial_length + count > RECEIVE_MAX)
        return -1;
    if (connection->partial_length > 0) {
        memmove(bytes + connection->partial_length, bytes, count);
        memcpy(bytes, connection->partial, connection->partial_length);
        count += connection->partial_length;
    }
    char *blank = memmem(bytes, count, "\r\n\r\n", 4);
    if (blank == NULL && count < HEAD_MAX) {
        connection->partial = realloc(connection->partial, count);
        if (connection->partial == NULL)
            fail("out of memory");
        memcpy(connection->partial, bytes, count);
        connection->partial_length = (uint32_t)count;
        return -1;
    }
    free(connection->partial);
    connection->partial = NULL;
    connection->partial_length = 0;
    if (blank == NULL) {
        explain(connection, "the head of the response is longer than %d bytes", HEAD_MAX);
        connection_close(connection);
        return -1;
    }
    *blank = '\0';
    if (!accept_response(connection, bytes)) {
        connection_close(connection);
        return -1;
    }
    connection->state = STREAMING;
    connection->subscribed = true;
    size_t rest = (size_t)(bytes + count - (blank + 4));
    memmove(bytes, blank + 4, rest);
    return (ssize_t)rest;
}

/* MARK: streaming */

/* Answers a ping, and echoes a close, as RFC 6455, sections 5.5.1 and 5.5.3, ask. */
static void answer_control_frame(void *context, const struct control_frame *frame)
{
    enum { CLOSE = 8, PING = 9, PONG = 10 };
    struct connection *connection = context;
    if (frame->opcode == PONG)
        return;
    uint8_t answer[6 + 125] = { (uint8_t)(0x80 | (frame->opcode == PING ? PONG : CLOSE)), 0x80 | frame->length };
    /* A client must mask; the mask 0 leaves the payload as it is. */
    memcpy(answer + 6, frame->payload, frame->length);
    send_whole(connection, answer, 6 + (size_t)frame->length);
}

static void take_bytes(struct connection *connection, size_t count)
{
    struct target *target = connection->target;
    char *bytes = target->area + SCAN_MARGIN;
    target->bytes += count;
    count = deframe(&connection->deframer, (uint8_t *)bytes, count, answer_control_frame, connection);
    int64_t arrival = target->measurement->timed ? wall_now() : 0;
    connection->updates += scan(&connection->scanner, target->measurement, bytes, count, arrival);
    if (connection->deframer.malformed || connection->deframer.ended) {
        if (connection->deframer.malformed)
            explain(connection, "the server broke the framing of its transport");
        connection_close(connection);
    }
}

static void read_all(struct connection *connection, bool until_end)
{
    while (connection->state == AWAITING_RESPONSE || connection->state == STREAMING) {
        ssize_t count = receive(connection);
        if (count == WOULD_BLOCK)
            return;
        if (count <= 0) {
            if (connection->state == AWAITING_RESPONSE)
                explain(connection, "the server closed the connection without an answer");
            connection_close(connection);
            return;
        }
        ssize_t rest = count;
        if (connection->state == AWAITING_RESPONSE)
            rest = take_response(connection, (size_t)count);
        if (rest > 0)
            take_bytes(connection, (size_t)rest);
        /* The next bytes make a new edge. TLS keeps records of its own, so there only WOULD_BLOCK is the end. */
        if (count < RECEIVE_MAX && connection->tls == NULL && !until_end)
            return;
    }
}

void connection_advance(struct connection *connection, uint32_t events)
{
    bool end = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (connection->state == CONNECTING && (end || (events & EPOLLOUT) != 0))
        finish_connect(connection);
    if (connection->state == SECURING)
        secure(connection);
    if (end || (events & EPOLLIN) != 0)
        read_all(connection, end);
}
