#define _GNU_SOURCE
#include "population.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "command_line.h"

enum { EVENTS_MAX = 1024, QUIET_MILLISECONDS = 50, DRAIN_SECONDS = 2 };
static const uint32_t SIGNALS = UINT32_MAX; /* what epoll reports for the signals; a connection reports its number */

static void watch(struct population *population, int descriptor, uint32_t number, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.u32 = number };
    if (epoll_ctl(population->poll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        fail_errno("epoll_ctl");
}

static void open_signals(struct population *population)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    population->signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (population->signals < 0)
        fail_errno("signalfd");
    watch(population, population->signals, SIGNALS, EPOLLIN);
}

static void take_signals(struct population *population)
{
    struct signalfd_siginfo signal;
    while (read(population->signals, &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGUSR1) {
            printf("{\"lost\":%u,\"updates\":%llu,\"bytes\":%llu}\n", population->lost,
                   (unsigned long long)population->measurement.updates, (unsigned long long)population->target.bytes);
            fflush(stdout);
        } else {
            population->stopping = true;
        }
    }
}

static _Noreturn void fail_to_connect(const struct population *population)
{
    fail("%u of %u connections are up, the next is not: %s", population->subscribed, population->wanted,
         population->target.failure[0] != '\0' ? population->target.failure : "the server does not answer");
}

/* Begins as many connections as the bounds allow, and returns the milliseconds after which to come again, or -1. */
static int begin_connections(struct population *population)
{
    while (population->begun < population->wanted &&
           population->begun - population->subscribed < population->in_flight_max) {
        if (population->connect_rate > 0) {
            double due = population->begun / population->connect_rate;
            double elapsed = (double)(monotonic_now() - population->began) / SECOND;
            if (elapsed < due)
                return 1 + (int)((due - elapsed) * 1000);
        }
        uint32_t number = population->begun++;
        int descriptor = connection_open(&population->connections[number], &population->target, number);
        if (descriptor < 0)
            fail_to_connect(population);
        watch(population, descriptor, number, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }
    return population->subscribed < population->wanted ? 1000 : -1;
}

static void note_arrival(struct population *population)
{
    int64_t now = monotonic_now();
    if (population->first_arrival == 0) {
        population->first_arrival = now;
        population->at_first_arrival = processor_now();
    }
    population->last_arrival = now;
}

static void advance(struct population *population, struct connection *connection, uint32_t events)
{
    bool open = connection->state != CLOSED, subscribed = connection->subscribed;
    uint64_t updates = population->measurement.updates;
    connection_advance(connection, events);
    if (population->measurement.updates != updates)
        note_arrival(population);
    if (!subscribed && connection->subscribed)
        population->subscribed++;
    if (open && connection->state == CLOSED) {
        if (!connection->subscribed)
            fail_to_connect(population);
        population->lost++;
    }
}

/* One round of waiting; returns the number of events. */
static int poll_once(struct population *population, int milliseconds)
{
    static struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(population->poll, events, EVENTS_MAX, milliseconds);
    if (count < 0 && errno != EINTR)
        fail_errno("epoll_wait");
    for (int index = 0; index < count; index++) {
        if (events[index].data.u32 == SIGNALS)
            take_signals(population);
        else
            advance(population, &population->connections[events[index].data.u32], events[index].events);
    }
    return count;
}

static void connect_all(struct population *population)
{
    population->began = monotonic_now();
    int64_t deadline = population->began + (int64_t)(population->connect_seconds * SECOND);
    while (population->subscribed < population->wanted && !population->stopping) {
        poll_once(population, begin_connections(population));
        if (population->lost > 0 && population->subscribed < population->wanted)
            fail("the server ended %u connections before all %u were up%s%s", population->lost, population->wanted,
                 population->target.failure[0] != '\0' ? ": " : "", population->target.failure);
        if (monotonic_now() > deadline)
            fail_to_connect(population);
    }
    population->ready = monotonic_now();
    if (population->stopping)
        return;
    double seconds = (double)(population->ready - population->began) / SECOND;
    printf("{\"ready\":%u,\"seconds\":%.3f}\n", population->subscribed, seconds);
    fflush(stdout);
}

/* What the sockets still hold counts too: until nothing came for a while. */
static void drain(struct population *population)
{
    int64_t deadline = monotonic_now() + DRAIN_SECONDS * SECOND;
    while (poll_once(population, QUIET_MILLISECONDS) != 0 && monotonic_now() < deadline)
        ;
}

void population_run(struct population *population)
{
    population->target.measurement = &population->measurement;
    population->target.area = allocate(SCAN_MARGIN + RECEIVE_MAX, 1);
    population->connections = allocate(population->wanted, sizeof *population->connections);
    histogram_init(&population->measurement.latency);
    population->poll = epoll_create1(EPOLL_CLOEXEC);
    if (population->poll < 0)
        fail_errno("epoll_create1");
    open_signals(population);
    connect_all(population);

    int64_t end = population->ready + (int64_t)(population->seconds * SECOND);
    while (!population->stopping && population->lost < population->wanted) {
        int64_t left = population->seconds > 0 ? end - monotonic_now() : 0;
        if (left < 0)
            break;
        if (population->expected > 0 && population->measurement.updates >= population->expected)
            population->stopping = true;
        else
            poll_once(population, population->seconds > 0 ? 1 + (int)(left / (SECOND / 1000)) : -1);
    }
    if (population->stopping)
        drain(population);
    if (population->lost > 0 && population->target.failure[0] != '\0')
        fprintf(stderr, "floor-sink: a connection was lost: %s\n", population->target.failure);
}
