#define _GNU_SOURCE
#include "publisher.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "clock.h"
#include "command_line.h"

enum { DRAIN_SECONDS = 10 };

struct publisher {
    struct server *server;
    const struct schedule *schedule;
    uint64_t *offsets; /* last of each order */
    uint32_t next_order;
    struct update *updates; /* of the publication at hand */
    unsigned long long published;
    int64_t wall_minus_monotonic;
};

static bool stopping(const struct publisher *publisher)
{
    return atomic_load_explicit(&publisher->server->stopping, memory_order_relaxed);
}

static void publish(struct publisher *publisher, int64_t intended)
{
    uint32_t order = publisher->next_order, burst = publisher->schedule->burst;
    publisher->next_order = order + 1 == publisher->server->orders ? 0 : order + 1;
    for (uint32_t index = 0; index < burst; index++)
        publisher->updates[index] = (struct update){
            .order = order,
            .offset = ++publisher->offsets[order],
            .intended = intended + publisher->wall_minus_monotonic,
        };
    for (int index = 0; index < publisher->server->loop_count; index++)
        loop_publish(&publisher->server->loops[index], publisher->updates, burst);
    publisher->published += burst;
}

static bool settled(const struct publisher *publisher)
{
    for (int index = 0; index < publisher->server->loop_count; index++)
        if (atomic_load(&publisher->server->loops[index].settled) != publisher->published)
            return false;
    return true;
}

/* False where `deadline` (monotonic) passed first. */
static bool await_settled(struct publisher *publisher, int64_t deadline)
{
    struct server *server = publisher->server;
    struct timespec until = timespec_of(deadline);
    int failure = 0;
    pthread_mutex_lock(&server->settled_lock);
    atomic_store(&server->awaiting, true);
    while (!settled(publisher) && !stopping(publisher) && failure == 0)
        failure = pthread_cond_clockwait(&server->settled_changed, &server->settled_lock, CLOCK_MONOTONIC, &until);
    atomic_store(&server->awaiting, false);
    pthread_mutex_unlock(&server->settled_lock);
    return failure == 0;
}

static void sleep_until(const struct publisher *publisher, int64_t time)
{
    /* In slices, so that a slow schedule does not hold up the end of the process. */
    for (int64_t now = monotonic_now(); now < time && !stopping(publisher); now = monotonic_now()) {
        struct timespec until = timespec_of(time - now > SECOND / 10 ? now + SECOND / 10 : time);
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
}

static void flood(struct publisher *publisher, int64_t start)
{
    int64_t end = start + (int64_t)(publisher->schedule->seconds * SECOND);
    for (int64_t now = monotonic_now(); now < end && !stopping(publisher); now = monotonic_now()) {
        publish(publisher, now);
        if (!await_settled(publisher, now + DRAIN_SECONDS * SECOND))
            fail("the subscribers took nothing for %d seconds; is the load client still running?", DRAIN_SECONDS);
    }
}

/* Open loop: a publication that is late goes out at once, with the time at which it was due. */
static void follow(struct publisher *publisher, int64_t start)
{
    const struct schedule *schedule = publisher->schedule;
    double interval = schedule->burst / schedule->rate * SECOND;
    uint64_t publications = (uint64_t)ceil(schedule->seconds * SECOND / interval - 1e-9);
    for (uint64_t index = 0; index < publications && !stopping(publisher); index++) {
        int64_t intended = start + (int64_t)((double)index * interval);
        sleep_until(publisher, intended);
        publish(publisher, intended);
    }
}

static void report(const struct publisher *publisher, double seconds, struct processor_time before)
{
    struct processor_time after = processor_now();
    unsigned long long delivered = 0, blocked = 0, dropped = 0;
    for (int index = 0; index < publisher->server->loop_count; index++) {
        delivered += atomic_load(&publisher->server->loops[index].delivered);
        blocked += atomic_load(&publisher->server->loops[index].blocked);
        dropped += atomic_load(&publisher->server->loops[index].dropped);
    }
    double user = after.user - before.user, system = after.system - before.system;
    printf("{\"published\":%llu,\"delivered\":%llu,\"seconds\":%.6f,\"cpuUser\":%.6f,\"cpuSystem\":%.6f,"
           "\"microsecondsPerDelivered\":%.4f,\"subscribers\":%lld,\"blocked\":%llu,"
           "\"dropped\":%llu,\"settled\":%s}\n",
           publisher->published, delivered, seconds, user, system,
           delivered > 0 ? (user + system) * 1e6 / (double)delivered : 0,
           (long long)atomic_load(&publisher->server->connected), blocked, dropped,
           settled(publisher) ? "true" : "false");
    fflush(stdout);
}

void run_schedule(struct server *server, const struct schedule *schedule)
{
    struct publisher publisher = {
        .server = server,
        .schedule = schedule,
        .offsets = allocate(server->orders, sizeof *publisher.offsets),
        .updates = allocate(schedule->burst, sizeof *publisher.updates),
    };
    /* The default of 50 us would add to every latency at will of the scheduler's coalescing. */
    prctl(PR_SET_TIMERSLACK, 1000UL);
    while (sem_wait(&server->start) != 0 && errno == EINTR)
        ;
    sleep_until(&publisher, monotonic_now() + schedule->settle);
    if (!stopping(&publisher)) {
        struct processor_time before = processor_now();
        int64_t start = monotonic_now();
        publisher.wall_minus_monotonic = wall_now() - start;
        if (schedule->flood)
            flood(&publisher, start);
        else
            follow(&publisher, start);
        await_settled(&publisher, monotonic_now() + DRAIN_SECONDS * SECOND);
        report(&publisher, (double)(monotonic_now() - start) / SECOND, before);
    }
    free(publisher.offsets);
    free(publisher.updates);
}
