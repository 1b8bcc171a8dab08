#define _GNU_SOURCE
#include "scanner.h"

#include <string.h>
#include <time.h>

#include "clock.h"

/*
 * The scanner looks at full stops only, since memchr is the fastest search there is and an update holds two: one in its
 * name, one in its timestamp.
 */
#define NAME "order.update"
#define TIMESTAMP "\"timestamp\":\""

enum {
    NAME_BEFORE = 5,            /* bytes of NAME before its full stop */
    NAME_LENGTH = sizeof NAME - 1,
    DATE_LENGTH = 19,           /* 2026-11-23T05:07:23 */
    MINUTE_LENGTH = 16,
    TIMESTAMP_BEFORE = sizeof TIMESTAMP - 1 + DATE_LENGTH,
    AFTER = 10,                 /* `.123456789`, the longest piece from a full stop on that matters */
};

_Static_assert(TIMESTAMP_BEFORE + AFTER <= SCAN_MARGIN, "what is carried over must fit");

static int64_t two_digits(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Nanoseconds since 1970 of `2026-11-23T05:07:23.123456789Z`, given the address of its full stop. */
static int64_t parse_time(struct measurement *measurement, const char *stop)
{
    const char *date = stop - DATE_LENGTH;
    if (memcmp(date, measurement->minute, MINUTE_LENGTH) != 0) {
        struct tm calendar = {
            .tm_year = (int)(two_digits(date) * 100 + two_digits(date + 2)) - 1900,
            .tm_mon = (int)two_digits(date + 5) - 1,
            .tm_mday = (int)two_digits(date + 8),
            .tm_hour = (int)two_digits(date + 11),
            .tm_min = (int)two_digits(date + 14),
        };
        memcpy(measurement->minute, date, MINUTE_LENGTH);
        measurement->minute_start = timegm(&calendar) * SECOND;
    }
    int64_t fraction = 0, unit = SECOND;
    for (const char *digit = stop + 1; unit > 1 && *digit >= '0' && *digit <= '9'; digit++) {
        unit /= 10;
        fraction += (*digit - '0') * unit;
    }
    return measurement->minute_start + two_digits(stop - 2) * SECOND + fraction;
}

static void record(struct measurement *measurement, int64_t intended, int64_t arrival)
{
    if (measurement->first_intended == 0)
        measurement->first_intended = intended;
    if (measurement->warm_up > 0 && intended < measurement->first_intended + measurement->warm_up)
        return;
    if (arrival < intended)
        measurement->ahead++;
    histogram_record(&measurement->latency, arrival - intended);
}

uint32_t scan(struct scanner *scanner, struct measurement *measurement, char *bytes, size_t count, int64_t arrival)
{
    char *start = bytes - scanner->carry_length;
    const char *end = bytes + count;
    memcpy(start, scanner->carry, scanner->carry_length);

    uint32_t updates = 0;
    const char *stop = start + scanner->resume;
    while ((stop = memchr(stop, '.', (size_t)(end - stop))) != NULL && end - stop >= AFTER) {
        if (stop - start >= NAME_BEFORE && memcmp(stop - NAME_BEFORE, NAME, NAME_LENGTH) == 0) {
            updates++;
            scanner->awaits_timestamp = measurement->timed;
        } else if (scanner->awaits_timestamp && stop - start >= TIMESTAMP_BEFORE &&
                   memcmp(stop - TIMESTAMP_BEFORE, TIMESTAMP, sizeof TIMESTAMP - 1) == 0) {
            scanner->awaits_timestamp = false;
            record(measurement, parse_time(measurement, stop), arrival);
        }
        stop++;
    }
    measurement->updates += updates;

    /* Keep what stands before the next full stop, which is yet to come or not yet followed by enough. */
    const char *resume = stop != NULL ? stop : end;
    const char *keep = resume - start > TIMESTAMP_BEFORE ? resume - TIMESTAMP_BEFORE : start;
    scanner->carry_length = (uint8_t)(end - keep);
    scanner->resume = (uint8_t)(resume - keep);
    memcpy(scanner->carry, keep, scanner->carry_length);
    return updates;
}
