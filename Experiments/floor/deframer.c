#include "deframer.h"

#include <string.h>

enum chunk_state { CHUNK_SIZE_START, CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END, LAST_CHUNK };
enum frame_state { FRAME_HEADER, FRAME_DATA, FRAME_CONTROL };

void deframer_init(struct deframer *deframer, enum framing framing)
{
    *deframer = (struct deframer){ .framing = (uint8_t)framing };
}

static size_t smaller(uint64_t left, size_t right)
{
    return left < right ? (size_t)left : right;
}

static int hexadecimal(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static void chunk_header_byte(struct deframer *deframer, uint8_t byte)
{
    int digit = hexadecimal(byte);
    if (byte == '\n' && deframer->state != CHUNK_SIZE_START) {
        deframer->ended = deframer->remaining == 0;
        deframer->state = deframer->ended ? LAST_CHUNK : CHUNK_DATA;
    } else if (deframer->state == CHUNK_EXTENSION) {
        return;
    } else if (digit >= 0 && deframer->remaining >> 56 == 0) {
        deframer->remaining = deframer->remaining << 4 | (unsigned int)digit;
        deframer->state = CHUNK_SIZE;
    } else if (deframer->state == CHUNK_SIZE && (byte == ';' || byte == ' ' || byte == '\t' || byte == '\r')) {
        deframer->state = CHUNK_EXTENSION;
    } else {
        deframer->malformed = true;
    }
}

static size_t dechunk(struct deframer *deframer, uint8_t *bytes, size_t count)
{
    size_t decoded = 0;
    for (size_t next = 0; next < count && !deframer->malformed && !deframer->ended;) {
        if (deframer->state == CHUNK_DATA) {
            size_t length = smaller(deframer->remaining, count - next);
            memmove(bytes + decoded, bytes + next, length);
            decoded += length;
            next += length;
            deframer->remaining -= length;
            if (deframer->remaining == 0)
                deframer->state = CHUNK_END;
        } else if (deframer->state == CHUNK_END) {
            if (bytes[next] == '\n')
                deframer->state = CHUNK_SIZE_START;
            else if (bytes[next] != '\r')
                deframer->malformed = true;
            next++;
        } else {
            chunk_header_byte(deframer, bytes[next++]);
        }
    }
    return decoded;
}

/* Called with at least two bytes of a header; how long it is stands in the second. */
static uint8_t frame_header_length(const uint8_t *header)
{
    uint8_t length = header[1] & 127;
    return length == 126 ? 4 : length == 127 ? 10 : 2;
}

static void begin_frame(struct deframer *deframer)
{
    const uint8_t *header = deframer->header;
    uint8_t opcode = header[0] & 15;
    deframer->remaining = header[1] & 127;
    if (deframer->header_length > 2) {
        deframer->remaining = 0;
        for (int index = 2; index < deframer->header_length; index++)
            deframer->remaining = deframer->remaining << 8 | header[index];
    }
    bool control = (opcode & 8) != 0;
    bool masked = (header[1] & 128) != 0;
    /* A reserved bit would mean an extension, which nobody asked for. */
    bool extended = (header[0] & 0x70) != 0;
    bool known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    deframer->malformed = masked || extended || !known || (control && (deframer->remaining > 125 || header[0] < 128)) ||
                          deframer->remaining >> 63 != 0;
    deframer->header_length = 0;
    deframer->state = control ? FRAME_CONTROL : FRAME_DATA;
    if (control)
        deframer->control = (struct control_frame){ .opcode = opcode };
}

static size_t unframe(struct deframer *deframer, uint8_t *bytes, size_t count, control_handler *handler, void *context)
{
    size_t decoded = 0, next = 0;
    while (!deframer->malformed) {
        if (deframer->state == FRAME_HEADER) {
            if (next == count)
                break;
            deframer->header[deframer->header_length++] = bytes[next++];
            if (deframer->header_length < 2 || deframer->header_length < frame_header_length(deframer->header))
                continue;
            begin_frame(deframer);
            continue;
        }
        size_t length = smaller(deframer->remaining, count - next);
        if (deframer->state == FRAME_DATA) {
            memmove(bytes + decoded, bytes + next, length);
            decoded += length;
        } else {
            memcpy(deframer->control.payload + deframer->control.length, bytes + next, length);
            deframer->control.length += (uint8_t)length;
        }
        next += length;
        deframer->remaining -= length;
        if (deframer->remaining > 0)
            break;
        if (deframer->state == FRAME_CONTROL)
            handler(context, &deframer->control);
        deframer->state = FRAME_HEADER;
    }
    return decoded;
}

size_t deframe(struct deframer *deframer, uint8_t *bytes, size_t count, control_handler *handler, void *context)
{
    switch ((enum framing)deframer->framing) {
    case CHUNKED: return dechunk(deframer, bytes, count);
    case FRAMED: return unframe(deframer, bytes, count, handler, context);
    case IDENTITY: break;
    }
    return count;
}
