#ifndef FLOOR_CONNECTION_H
#define FLOOR_CONNECTION_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deframer.h"
#include "scanner.h"
#include "update.h"

enum connection_state { UNOPENED, CONNECTING, SECURING, AWAITING_RESPONSE, STREAMING, CLOSED };

/* What all connections of the process have in common. */
struct target {
    struct sockaddr_in server;
    enum transport transport;
    uint32_t orders;
    const char *headers;    /* lines of the request, each with its CR LF */
    struct in_addr source;  /* the first source address; 0.0.0.0 leaves the choice to the kernel */
    uint32_t per_address;   /* connections from one source address */
    SSL_CTX *tls;           /* NULL for plain */
    struct measurement *measurement;
    char *area;             /* SCAN_MARGIN bytes, then RECEIVE_MAX to receive into */
    uint64_t bytes;         /* received after the response heads, decrypted */
    char failure[256];      /* why the last connection that did not come up did not */
};

enum { RECEIVE_MAX = 256 * 1024 };

struct connection {
    struct target *target;
    SSL *tls;
    char *partial; /* a response whose head is not complete */
    uint32_t partial_length;
    uint32_t number; /* it subscribes to order-<number mod orders> */
    int descriptor;
    enum connection_state state;
    bool subscribed; /* the server accepted the request, even if it closed since */
    uint32_t updates;
    struct deframer deframer;
    struct scanner scanner;
};

/* Begins to connect, and returns the descriptor; -1 with `target->failure` set where that cannot be done. */
int connection_open(struct connection *connection, struct target *target, uint32_t number);

/*
 * Goes on as far as it can without waiting; call it for every edge that epoll reports. `events` are epoll's. Afterwards
 * `state` says how far it came; `CLOSED` without `subscribed` leaves the reason in `target->failure`.
 */
void connection_advance(struct connection *connection, uint32_t events);

void connection_close(struct connection *connection);

#endif
