#ifndef FLOOR_DELIVERY_H
#define FLOOR_DELIVERY_H

#include "handshake.h"
#include "loop.h"

/* What a loop does with its subscribers. All of it belongs to the loop's thread. */

enum subscriber_state { FREE, REQUEST, SUBSCRIBED };

int descriptor_of(const struct loop *loop, const struct subscriber *subscriber);

/*
 * The functions that return a bool return false once the subscriber is disconnected. Its descriptor, and with it its
 * entry of the table, may then already belong to another loop: do not look at it again.
 */

bool disconnect(struct loop *loop, struct subscriber *subscriber);

/* Adds the subscriber to the order that it asked for. */
void subscribe(struct loop *loop, struct subscriber *subscriber, const struct handshake *handshake);

/* Sends `frames`, which hold `updates` updates; keeps what the socket does not take, up to a bound. */
bool deliver(struct loop *loop, struct subscriber *subscriber, const char *frames, size_t count, uint32_t updates);

/* Sends what was kept, as far as the socket takes it. */
bool flush_pending(struct loop *loop, struct subscriber *subscriber);

/* Takes what was published since the last time, and delivers it. */
void deliver_inbox(struct loop *loop);

void keep(struct subscriber *subscriber, const char *bytes, size_t count);
void discard_pending(struct loop *loop, struct subscriber *subscriber);

#endif
