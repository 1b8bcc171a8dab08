#ifndef FLOOR_HANDSHAKE_H
#define FLOOR_HANDSHAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "update.h"

enum { REQUEST_MAX = 8192, RESPONSE_MAX = 512 };

struct handshake {
    enum transport transport;
    uint32_t order;
    bool accepted;
    size_t request_length;
    size_t response_length;
    char response[RESPONSE_MAX];
};

/*
 * Answers the request at the start of `bytes` for one of the orders `order-0` to `order-<orders - 1>`, and returns
 * false while its head is not complete. What is not `GET /orders/{id}/events` or the WebSocket upgrade of
 * `GET /orders/{id}/socket` (RFC 6455, section 4.2) is refused with a status.
 */
bool answer_request(const char *bytes, size_t count, uint32_t orders, struct handshake *handshake);

#endif
