#define _GNU_SOURCE
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "clock.h"
#include "command_line.h"
#include "loop.h"
#include "publisher.h"

static const char usage[] =
    "floor-server: the least work that delivers order updates over SSE and WebSocket\n"
    "\n"
    "  --port N         port on 127.0.0.1, 0 for a free one (default 0)\n"
    "  --loops N        threads, each with its own listener and epoll set (default 1)\n"
    "  --cpu LIST       run on these processors only, for instance 0 or 0,1\n"
    "  --send-buffer B  SO_SNDBUF of each connection (default 0: the kernel sizes it)\n"
    "  --orders M       serve order-0 to order-<M-1> (default 1)\n"
    "\n"
    "The publisher, if --rate or --flood is given:\n"
    "  --rate R         updates a second over all orders, round robin, open loop\n"
    "  --flood          publish as soon as every loop has delivered what was published before\n"
    "  --burst B        updates of one order that are published together (default 1)\n"
    "  --seconds S      length of the schedule (default 5)\n"
    "  --wait K         start when K subscribers are there; SIGUSR1 starts it too\n"
    "  --settle MS      pause between that and the first publication (default 200)\n"
    "\n"
    "Prints {\"port\":N} first, and one JSON line when the schedule has ended. SIGTERM ends the process.\n"
    "Example: floor-server --cpu 0 --flood --burst 16 --wait 10000 --seconds 3\n";

struct options {
    uint16_t port;
    int loops, send_buffer;
    uint32_t orders;
    long long wanted;
    bool scheduled;
    struct schedule schedule;
};

static struct options parse(int count, char **arguments)
{
    static const struct option names[] = {
        { "port", required_argument, NULL, 'p' },   { "loops", required_argument, NULL, 'l' },
        { "cpu", required_argument, NULL, 'c' },    { "orders", required_argument, NULL, 'o' },
        { "rate", required_argument, NULL, 'r' },   { "flood", no_argument, NULL, 'f' },
        { "burst", required_argument, NULL, 'b' },  { "seconds", required_argument, NULL, 's' },
        { "wait", required_argument, NULL, 'w' },   { "settle", required_argument, NULL, 't' },
        { "help", no_argument, NULL, 'h' },         { "send-buffer", required_argument, NULL, 'S' },
        { NULL, 0, NULL, 0 },
    };
    struct options options = {
        .loops = 1,
        .orders = 1,
        .schedule = { .burst = 1, .seconds = 5, .settle = SECOND / 5 },
    };
    struct schedule *schedule = &options.schedule;
    int name;
    while ((name = getopt_long(count, arguments, "", names, NULL)) != -1) {
        switch (name) {
        case 'p': options.port = (uint16_t)parse_integer("port", optarg, 0, 65535); break;
        case 'l': options.loops = (int)parse_integer("loops", optarg, 1, 256); break;
        case 'c': confine_to_processors(optarg); break;
        case 'o': options.orders = (uint32_t)parse_integer("orders", optarg, 1, 10000000); break;
        case 'r': schedule->rate = parse_decimal("rate", optarg, 1e-3, 1e8); break;
        case 'f': schedule->flood = true; break;
        case 'b': schedule->burst = (uint32_t)parse_integer("burst", optarg, 1, 100000); break;
        case 's': schedule->seconds = parse_decimal("seconds", optarg, 1e-3, 1e6); break;
        case 'w': options.wanted = parse_integer("wait", optarg, 1, 1000000000); break;
        case 't': schedule->settle = parse_integer("settle", optarg, 0, 1000000) * (SECOND / 1000); break;
        case 'S': options.send_buffer = (int)parse_integer("send-buffer", optarg, 0, 1 << 30); break;
        case 'h': fputs(usage, stdout); exit(0);
        default: fail("see --help");
        }
    }
    if (optind < count)
        fail("'%s' is not an option; see --help", arguments[optind]);
    if (schedule->flood && schedule->rate > 0)
        fail("--flood publishes as fast as it can, so it takes no --rate");
    options.scheduled = schedule->flood || schedule->rate > 0;
    if (options.wanted > 0 && !options.scheduled)
        fail("--wait needs a schedule to start: --rate or --flood");
    return options;
}

struct publication {
    struct server *server;
    const struct schedule *schedule;
};

static void *publish(void *argument)
{
    const struct publication *publication = argument;
    run_schedule(publication->server, publication->schedule);
    return NULL;
}

int main(int count, char **arguments)
{
    struct options options = parse(count, arguments);
    static struct server server; /* and all it points to lives as long as the process */
    server.orders = options.orders;
    server.descriptor_limit = raise_descriptor_limit();
    server.loop_count = options.loops;
    server.loops = allocate((size_t)options.loops, sizeof *server.loops);
    server.wanted = options.wanted;
    server.send_buffer = options.send_buffer;
    if (getrandom(&server.epoch, sizeof server.epoch, 0) != sizeof server.epoch)
        fail_errno("getrandom");
    /* Fresh pages, so that an entry takes memory only once a connection uses it. */
    server.subscribers = mmap(NULL, server.descriptor_limit * sizeof *server.subscribers, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (server.subscribers == MAP_FAILED)
        fail_errno("cannot reserve the table of subscribers");
    sem_init(&server.start, 0, 0);
    pthread_mutex_init(&server.settled_lock, NULL);
    pthread_cond_init(&server.settled_changed, NULL);

    /* Blocked in every thread; the main one waits for them. */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);

    uint16_t port = options.port;
    for (int index = 0; index < server.loop_count; index++)
        port = loop_listen(&server.loops[index], &server, port);
    for (int index = 0; index < server.loop_count; index++)
        loop_start(&server.loops[index]);
    pthread_t publisher;
    struct publication publication = { &server, &options.schedule };
    if (options.scheduled && pthread_create(&publisher, NULL, publish, &publication) != 0)
        fail("cannot start a thread");
    printf("{\"port\":%u}\n", port);
    fflush(stdout);

    int signal;
    while (sigwait(&signals, &signal) == 0 && signal == SIGUSR1)
        sem_post(&server.start);

    atomic_store(&server.stopping, true);
    sem_post(&server.start);
    pthread_mutex_lock(&server.settled_lock);
    pthread_cond_signal(&server.settled_changed);
    pthread_mutex_unlock(&server.settled_lock);
    if (options.scheduled)
        pthread_join(publisher, NULL);
    for (int index = 0; index < server.loop_count; index++) {
        loop_wake(&server.loops[index]);
        pthread_join(server.loops[index].thread, NULL);
    }
    return 0;
}
