#ifndef FLOOR_UPDATE_H
#define FLOOR_UPDATE_H

#include <stddef.h>
#include <stdint.h>

struct update {
    uint64_t offset;  /* in its order's timeline, from 1 */
    int64_t intended; /* intended time of publication, nanoseconds since 1970 */
    uint32_t order;
};

enum transport { SSE, WEBSOCKET, TRANSPORTS };

/* The bytes of one framed update are never more. */
enum { FRAMED_UPDATE_MAX = 512 };

/* Belongs to one thread. */
struct update_encoder {
    char epoch[17];
    int64_t second; /* that `date` shows */
    char date[20];
};

void update_encoder_init(struct update_encoder *encoder, uint64_t epoch);

/*
 * Writes `update` as it goes over the wire and returns its length: for SSE one HTTP/1.1 chunk (RFC 9112, section 7.1)
 * that holds one event, for WebSocket one unmasked text frame (RFC 6455, section 5.2).
 */
size_t encode_update(struct update_encoder *encoder, enum transport transport, const struct update *update, char *out);

#endif
