#ifndef FLOOR_DEFRAMER_H
#define FLOOR_DEFRAMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum framing { IDENTITY, CHUNKED, FRAMED };

/* A control frame of RFC 6455, section 5.5. */
struct control_frame {
    uint8_t opcode, length;
    uint8_t payload[125];
};

typedef void control_handler(void *context, const struct control_frame *frame);

/* The state of one connection's bytes, whatever the pieces are in which they arrive. */
struct deframer {
    uint64_t remaining; /* of the chunk or frame at hand */
    uint8_t framing;    /* enum framing */
    uint8_t state;
    bool ended;         /* the last chunk came */
    bool malformed;     /* the peer broke the framing; nothing more is decoded */
    uint8_t header[10]; /* of a frame that has not come whole */
    uint8_t header_length;
    struct control_frame control;
};

void deframer_init(struct deframer *deframer, enum framing framing);

/*
 * Decodes in place: the payload moves to the start of `bytes`, and its length is returned. `handler` gets each control
 * frame. Chunks: RFC 9112, section 7.1; frames: RFC 6455, section 5.2, those of a server, so unmasked.
 */
size_t deframe(struct deframer *deframer, uint8_t *bytes, size_t count, control_handler *handler, void *context);

#endif
