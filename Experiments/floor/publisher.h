#ifndef FLOOR_PUBLISHER_H
#define FLOOR_PUBLISHER_H

#include <stdbool.h>
#include <stdint.h>

#include "loop.h"

struct schedule {
    double rate;     /* updates a second over all orders */
    uint32_t burst;  /* updates of one order that are published together */
    double seconds;
    int64_t settle;  /* nanoseconds from the start signal to the first publication */
    bool flood;      /* next publication when every loop has delivered the one before; `rate` means nothing */
};

/*
 * Waits for `server->start`, follows `schedule`, waits until the loops have delivered everything (10 seconds at most),
 * and prints one JSON line about the time from the first intended publication to then.
 */
void run_schedule(struct server *server, const struct schedule *schedule);

#endif
