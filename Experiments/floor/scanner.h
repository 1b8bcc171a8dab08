#ifndef FLOOR_SCANNER_H
#define FLOOR_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "histogram.h"

/* What the subscribers of this process received, all together. */
struct measurement {
    uint64_t updates;
    bool timed;                /* read the timestamps too */
    int64_t warm_up;           /* nanoseconds from the first intended time whose latencies are not recorded */
    int64_t first_intended;    /* 0 before the first update */
    uint64_t ahead;            /* timestamps later than their arrival: the clocks differ, or one was set */
    struct histogram latency;  /* arrival - intended time, nanoseconds */
    char minute[16];           /* the last minute that was read, `2026-11-23T05:07` */
    int64_t minute_start;      /* and its time */
};

/* Room that `scan` needs before the bytes of a connection. */
enum { SCAN_MARGIN = 48 };

/* The state of one connection: the end of its bytes that may yet turn out to be a part of something. */
struct scanner {
    char carry[SCAN_MARGIN];
    uint8_t carry_length;
    uint8_t resume;       /* where in `carry` to go on */
    bool awaits_timestamp; /* an update began whose timestamp has not come */
};

/*
 * Counts the updates (`order.update`, but not `order.snapshot`) in decoded bytes, which came at wall clock `arrival`.
 * SCAN_MARGIN bytes before `bytes` are overwritten. Returns the updates found.
 */
uint32_t scan(struct scanner *scanner, struct measurement *measurement, char *bytes, size_t count, int64_t arrival);

#endif
