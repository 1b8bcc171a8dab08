/* Checks the sink's parsers against what the server encodes, cut into pieces in every way, and the histogram. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command_line.h"
#include "deframer.h"
#include "scanner.h"
#include "update.h"

enum { UPDATES = 5, STREAM_MAX = 16384, PINGS = 2 };

static int failures;

#define EXPECT(condition, ...)                                                                                        \
    do {                                                                                                              \
        if (!(condition)) {                                                                                           \
            failures++;                                                                                               \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);                                           \
            fprintf(stderr, __VA_ARGS__);                                                                             \
            fputc('\n', stderr);                                                                                      \
        }                                                                                                             \
    } while (0)

struct stream {
    uint8_t bytes[STREAM_MAX];
    size_t length;
    enum framing framing;
    int pings;
};

static void append(struct stream *stream, const void *bytes, size_t count)
{
    if (stream->length + count > STREAM_MAX)
        fail("the stream does not fit");
    memcpy(stream->bytes + stream->length, bytes, count);
    stream->length += count;
}

static const int64_t first_intended = INT64_C(1795410443) * SECOND + 59999999; /* 2026-11-23T05:07:23.059999999Z */

static struct update update_number(int index)
{
    /* A minute apart at times, so that the parser's cache of the minute is put to the test. */
    int64_t intended = first_intended + index * 17 * SECOND;
    return (struct update){ .order = 7, .offset = (uint64_t)index + 1, .intended = intended };
}

/* As the floor server writes it. */
static void append_updates(struct stream *stream, enum transport transport)
{
    struct update_encoder encoder;
    update_encoder_init(&encoder, 0x1f3a9c1e12345678);
    for (int index = 0; index < UPDATES; index++) {
        char framed[FRAMED_UPDATE_MAX];
        struct update update = update_number(index);
        append(stream, framed, encode_update(&encoder, transport, &update, framed));
    }
}

/* A snapshot with a full stop and a timestamp of its own, a comment and a named heartbeat, which are no updates. */
static const char other_events[] =
    ": heartbeat\n\nevent: order.snapshot\nid: 1f-0\n"
    "data: {\"orderId\":\"a.b\",\"message\":\"v1.2 order.x\",\"timestamp\":\"2026-11-23T05:07:00.000000001Z\"}\n\n"
    "event: heartbeat\ndata: {}\n\n";

static struct stream sse_stream(size_t chunk)
{
    /* The events in chunks of `chunk` bytes with an extension each: no chunk ends where an event does. */
    struct stream encoded = { .framing = CHUNKED }, cut = { .framing = CHUNKED };
    append_updates(&encoded, SSE);
    struct deframer deframer;
    deframer_init(&deframer, CHUNKED);
    encoded.length = deframe(&deframer, encoded.bytes, encoded.length, NULL, NULL);
    char text[STREAM_MAX];
    size_t length = sizeof other_events - 1;
    memcpy(text, other_events, length);
    memcpy(text + length, encoded.bytes, encoded.length);
    length += encoded.length;
    for (size_t next = 0; next < length; next += chunk) {
        char header[32];
        size_t part = length - next < chunk ? length - next : chunk;
        append(&cut, header, (size_t)snprintf(header, sizeof header, "%zX;x=1\r\n", part));
        append(&cut, text + next, part);
        append(&cut, "\r\n", 2);
    }
    return cut;
}

static struct stream websocket_stream(void)
{
    static const char snapshot[] = "{\"type\":\"order.snapshot\",\"data\":{\"timestamp\":\"2026-11-23T05:07:00.5Z\"}}";
    struct stream stream = { .framing = FRAMED, .pings = PINGS };
    append(&stream, "\x81\x7f\0\0\0\0\0\0\0", 9); /* a 64-bit length, as a wasteful server may send */
    append(&stream, &(uint8_t){ sizeof snapshot - 1 }, 1);
    append(&stream, snapshot, sizeof snapshot - 1);
    append(&stream, "\x89\x04ping", 6);
    append_updates(&stream, WEBSOCKET);
    append(&stream, "\x89\0", 2);
    return stream;
}

static void count_ping(void *context, const struct control_frame *frame)
{
    *(int *)context += frame->opcode == 9 && (frame->length == 0 || memcmp(frame->payload, "ping", 4) == 0);
}

/* `next_piece` says how long the next piece is. */
static void check_stream(const char *name, const struct stream *stream, size_t (*next_piece)(void *), void *state)
{
    struct deframer deframer;
    struct scanner scanner = { 0 };
    struct measurement measurement = { .timed = true };
    int pings = 0;
    deframer_init(&deframer, stream->framing);
    histogram_init(&measurement.latency);
    const int64_t arrival = update_number(UPDATES - 1).intended + 5000000;
    for (size_t next = 0; next < stream->length;) {
        size_t piece = next_piece(state);
        if (piece > stream->length - next)
            piece = stream->length - next;
        char *area = malloc(SCAN_MARGIN + piece); /* exact, for the address sanitizer */
        memcpy(area + SCAN_MARGIN, stream->bytes + next, piece);
        size_t decoded = deframe(&deframer, (uint8_t *)area + SCAN_MARGIN, piece, count_ping, &pings);
        scan(&scanner, &measurement, area + SCAN_MARGIN, decoded, arrival);
        free(area);
        next += piece;
    }
    EXPECT(!deframer.malformed && !deframer.ended, "%s", name);
    EXPECT(pings == stream->pings, "%s: %d pings", name, pings);
    EXPECT(measurement.updates == UPDATES, "%s: %" PRIu64 " updates", name, measurement.updates);
    EXPECT(measurement.latency.count == UPDATES, "%s: %" PRIu64 " times", name, measurement.latency.count);
    EXPECT(measurement.first_intended == first_intended, "%s: first at %" PRId64, name, measurement.first_intended);
    EXPECT(measurement.latency.minimum == 5000000, "%s: minimum %" PRId64, name, measurement.latency.minimum);
    EXPECT(measurement.latency.maximum == 5000000 + 17 * SECOND * (UPDATES - 1), "%s: maximum %" PRId64, name,
           measurement.latency.maximum);
    free(measurement.latency.buckets);
}

static size_t fixed_piece(void *state) { return *(size_t *)state; }

struct cut {
    size_t first;
    bool done;
};

static size_t two_pieces(void *state)
{
    struct cut *cut = state;
    size_t piece = cut->done ? STREAM_MAX : cut->first;
    cut->done = true;
    return piece;
}

static size_t random_piece(void *state)
{
    return (size_t)rand_r(state) % 90 + 1;
}

static void check_chunkings(const char *name, const struct stream *stream)
{
    for (size_t piece = 1; piece <= stream->length; piece++)
        check_stream(name, stream, fixed_piece, &piece);
    for (size_t first = 1; first < stream->length; first++)
        check_stream(name, stream, two_pieces, &(struct cut){ .first = first });
    for (unsigned int seed = 1; seed <= 500; seed++)
        check_stream(name, stream, random_piece, &(unsigned int){ seed });
}

static void check_malformed(enum framing framing, const char *bytes, size_t count)
{
    uint8_t copy[64];
    struct deframer deframer;
    memcpy(copy, bytes, count);
    deframer_init(&deframer, framing);
    size_t decoded = deframe(&deframer, copy, count, count_ping, &(int){ 0 });
    EXPECT(deframer.malformed && decoded == 0, "%.*s", (int)count, bytes);
}

static int ascending(const void *left, const void *right)
{
    int64_t first = *(const int64_t *)left, second = *(const int64_t *)right;
    return (first > second) - (first < second);
}

static void check_histogram(void)
{
    enum { COUNT = 20000 };
    static int64_t values[COUNT];
    struct histogram histogram;
    histogram_init(&histogram);
    EXPECT(histogram_quantile(&histogram, 0.5) == 0, "empty");
    unsigned int seed = 11;
    for (int index = 0; index < COUNT; index++) {
        values[index] = (int64_t)rand_r(&seed) >> rand_r(&seed) % 31;
        histogram_record(&histogram, values[index]);
    }
    qsort(values, COUNT, sizeof *values, ascending);
    static const double quantiles[] = { 0.0001, 0.1, 0.5, 0.9, 0.99, 0.999, 1 };
    for (size_t index = 0; index < sizeof quantiles / sizeof *quantiles; index++) {
        int64_t exact = values[(int)(quantiles[index] * COUNT + 0.999999) - 1];
        int64_t found = histogram_quantile(&histogram, quantiles[index]);
        EXPECT(found >= exact && found - exact <= exact / 1000, "quantile %g: %" PRId64 " for %" PRId64,
               quantiles[index], found, exact);
    }
    histogram_record(&histogram, INT64_MAX);
    EXPECT(histogram_quantile(&histogram, 1) == (INT64_C(1) << 42) - 1, "beyond the range");
    free(histogram.buckets);
}

int main(void)
{
    static const size_t chunks[] = { 1, 7, 100, 4096 };
    for (size_t index = 0; index < sizeof chunks / sizeof *chunks; index++) {
        struct stream stream = sse_stream(chunks[index]);
        check_chunkings("SSE", &stream);
    }
    struct stream whole = { .framing = CHUNKED }, frames = websocket_stream();
    append_updates(&whole, SSE);
    check_chunkings("SSE as the floor server writes it", &whole);
    check_chunkings("WebSocket", &frames);

    check_malformed(CHUNKED, "\r\n", 2);
    check_malformed(CHUNKED, "xyz\r\n", 5);
    check_malformed(CHUNKED, "fffffffffffffffff\r\n", 19);
    check_malformed(FRAMED, "\x81\x84mask", 6);        /* a server must not mask */
    check_malformed(FRAMED, "\xc1\x01x", 3);           /* compressed, which nobody asked for */
    check_malformed(FRAMED, "\x09\x00", 2);            /* a control frame in fragments */
    check_malformed(FRAMED, "\x89\x7e\x00\x7e", 4);    /* a control frame over 125 bytes */
    check_malformed(FRAMED, "\x83\x00", 2);            /* a reserved opcode */
    check_histogram();
    if (failures == 0)
        puts("parsers and histogram: passed");
    return failures == 0 ? 0 : 1;
}
