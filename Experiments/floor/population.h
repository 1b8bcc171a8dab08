#ifndef FLOOR_POPULATION_H
#define FLOOR_POPULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "connection.h"

/* All connections of the process, and when it ends. */
struct population {
    struct target target;
    struct measurement measurement;
    uint32_t wanted;
    double connect_rate;     /* connects begun a second, 0 for no bound */
    uint32_t in_flight_max;  /* connections that have begun but are not subscribed */
    double connect_seconds;  /* for all of them to be subscribed */
    double seconds;          /* to receive after that, 0 for no end */
    uint64_t expected;       /* updates after which it ends, 0 for no end */

    int poll, signals;
    struct connection *connections;
    uint32_t begun, subscribed, lost;
    int64_t began, ready;    /* monotonic times */
    int64_t first_arrival, last_arrival;
    struct processor_time at_first_arrival;
    bool stopping;
};

/* Connects, prints the line that says so, and receives until the end. */
void population_run(struct population *population);

void population_report(const struct population *population);

#endif
