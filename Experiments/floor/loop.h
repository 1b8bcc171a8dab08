#ifndef FLOOR_LOOP_H
#define FLOOR_LOOP_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "update.h"

/* One connection, in the server's table at the index of its descriptor: accepting one allocates nothing. */
struct subscriber {
    struct subscriber *next, *previous; /* in its order's list */
    char *pending;                      /* a request that is not complete, or what the socket did not take */
    uint32_t pending_length, pending_capacity;
    uint32_t pending_updates; /* whole or partial in `pending` */
    uint32_t order;
    uint8_t state, transport;
} __attribute__((aligned(64))); /* neighbours belong to different loops */

struct order {
    struct subscriber *subscribers[TRANSPORTS];
    uint32_t first, last; /* its updates in the batch at hand; valid while `queued` */
    bool queued;
};

struct server {
    uint32_t orders;
    uint64_t epoch;
    size_t descriptor_limit;
    int send_buffer; /* SO_SNDBUF, 0 for the kernel's choice */
    struct subscriber *subscribers; /* by descriptor; each belongs to the loop that accepted it */
    int loop_count;
    struct loop *loops;

    atomic_llong connected;
    long long wanted; /* subscribers that start the schedule, 0 for none */
    sem_t start;
    atomic_bool stopping;

    /* The publisher waits for `settled_changed` until all loops have settled; if it does not, `awaiting` says so. */
    atomic_bool awaiting;
    pthread_mutex_t settled_lock;
    pthread_cond_t settled_changed;
};

struct loop {
    struct server *server;
    pthread_t thread;
    int poll, wake, listener;

    pthread_mutex_t inbox_lock;
    struct update *inbox; /* this and its size are protected by `inbox_lock` */
    size_t inbox_count, inbox_capacity;

    /* Written by the loop alone, read by the publisher. */
    atomic_ullong settled;   /* updates of the inbox that no subscriber here waits for any more */
    atomic_ullong delivered; /* updates x subscribers whose last byte the kernel took */
    atomic_ullong blocked;   /* times that a socket did not take everything at once */
    atomic_ullong dropped;   /* connections cut because they did not keep up */

    /* Of the loop's thread alone. */
    struct update *batch;
    uint32_t *batch_next; /* the next update of the same order in `batch` */
    size_t batch_capacity, batch_next_capacity;
    unsigned long long taken;
    size_t backlogged; /* subscribers with pending updates */
    struct order *orders;
    uint32_t *touched; /* orders with updates in `batch` */
    size_t touched_count;
    struct update_encoder encoder;
    char *frames;
    size_t frames_capacity;
    char *received;
};

/* Binds `loop` to 127.0.0.1; `port` 0 takes a free one. Returns the port. */
uint16_t loop_listen(struct loop *loop, struct server *server, uint16_t port);

void loop_start(struct loop *loop);

/* From any thread: hands over updates, with one wake however many there are. */
void loop_publish(struct loop *loop, const struct update *updates, size_t count);

/* From any thread, after `stopping` was set. */
void loop_wake(struct loop *loop);

#endif
