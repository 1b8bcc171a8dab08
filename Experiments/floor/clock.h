#ifndef FLOOR_CLOCK_H
#define FLOOR_CLOCK_H

#include <stdint.h>
#include <sys/resource.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

static inline int64_t clock_now(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static inline int64_t monotonic_now(void) { return clock_now(CLOCK_MONOTONIC); }

/* The clock of the update's `timestamp`, which publisher and subscriber share on one host. */
static inline int64_t wall_now(void) { return clock_now(CLOCK_REALTIME); }

static inline struct timespec timespec_of(int64_t nanoseconds)
{
    return (struct timespec){ .tv_sec = nanoseconds / SECOND, .tv_nsec = nanoseconds % SECOND };
}

/* Processor seconds of the whole process, all threads. */
struct processor_time {
    double user, system;
};

static inline struct processor_time processor_now(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (struct processor_time){
        .user = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6,
        .system = (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6,
    };
}

#endif
