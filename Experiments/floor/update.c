#include "update.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"

#define APPEND_LITERAL(out, text) (memcpy((out), (text), sizeof(text) - 1), (out) + sizeof(text) - 1)

static char *append_text(char *out, const char *text, size_t length)
{
    memcpy(out, text, length);
    return out + length;
}

static char *append_decimal(char *out, uint64_t value)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0)
        *out++ = digits[--count];
    return out;
}

static char *append_timestamp(struct update_encoder *encoder, char *out, int64_t time)
{
    int64_t second = time / SECOND, fraction = time % SECOND;
    if (second != encoder->second) {
        struct tm calendar;
        time_t seconds = second;
        gmtime_r(&seconds, &calendar);
        strftime(encoder->date, sizeof encoder->date, "%Y-%m-%dT%H:%M:%S", &calendar);
        encoder->second = second;
    }
    out = append_text(out, encoder->date, 19);
    *out++ = '.';
    for (int digit = 8; digit >= 0; digit--) {
        out[digit] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    out += 9;
    *out++ = 'Z';
    return out;
}

static char *append_position(const struct update_encoder *encoder, char *out, const struct update *update)
{
    out = append_text(out, encoder->epoch, 16);
    *out++ = '-';
    return append_decimal(out, update->offset);
}

static char *append_json(struct update_encoder *encoder, char *out, const struct update *update)
{
    out = APPEND_LITERAL(out, "{\"orderId\":\"order-");
    out = append_decimal(out, update->order);
    out = APPEND_LITERAL(out, "\",\"status\":\"Activating\",\"activationStatus\":\"Activating\","
                              "\"stage\":\"provisioning\",\"message\":\"step ");
    out = append_decimal(out, update->offset);
    out = APPEND_LITERAL(out, "\",\"reason\":null,\"source\":\"bench\",\"timestamp\":\"");
    out = append_timestamp(encoder, out, update->intended);
    return APPEND_LITERAL(out, "\"}");
}

static size_t encode_sse(struct update_encoder *encoder, const struct update *update, char *out)
{
    char event[FRAMED_UPDATE_MAX];
    char *end = APPEND_LITERAL(event, "event: order.update\nid: ");
    end = append_position(encoder, end, update);
    end = APPEND_LITERAL(end, "\ndata: ");
    end = append_json(encoder, end, update);
    end = APPEND_LITERAL(end, "\n\n");

    size_t length = (size_t)(end - event);
    char *start = out;
    if (length >= 0x100) /* and below 0x200: FRAMED_UPDATE_MAX */
        *out++ = '1';
    *out++ = "0123456789abcdef"[length >> 4 & 15];
    *out++ = "0123456789abcdef"[length & 15];
    out = APPEND_LITERAL(out, "\r\n");
    out = append_text(out, event, length);
    out = APPEND_LITERAL(out, "\r\n");
    return (size_t)(out - start);
}

static size_t encode_websocket(struct update_encoder *encoder, const struct update *update, char *out)
{
    enum { HEADER = 4 }; /* 126 and a 16-bit length: a message has between 126 and 65,535 bytes */
    char *end = out + HEADER;
    end = APPEND_LITERAL(end, "{\"type\":\"order.update\",\"id\":\"");
    end = append_position(encoder, end, update);
    end = APPEND_LITERAL(end, "\",\"data\":");
    end = append_json(encoder, end, update);
    *end++ = '}';

    size_t length = (size_t)(end - out) - HEADER;
    out[0] = (char)0x81; /* FIN, text */
    out[1] = 126;
    out[2] = (char)(length >> 8);
    out[3] = (char)(length & 255);
    return HEADER + length;
}

void update_encoder_init(struct update_encoder *encoder, uint64_t epoch)
{
    *encoder = (struct update_encoder){ .second = -1 };
    /* The top bit keeps the epoch at 16 digits, so that all updates of a run are equally long but for the offset. */
    snprintf(encoder->epoch, sizeof encoder->epoch, "%016llx", (unsigned long long)(epoch | UINT64_C(1) << 63));
}

size_t encode_update(struct update_encoder *encoder, enum transport transport, const struct update *update, char *out)
{
    size_t length = transport == SSE ? encode_sse(encoder, update, out) : encode_websocket(encoder, update, out);
    assert(length > 126 && length <= FRAMED_UPDATE_MAX);
    return length;
}
