// perf_event_open(2) has no function in glibc; unshare(2) is declared only with _GNU_SOURCE, which Swift's importer does not set.
#pragma once

#include <linux/perf_event.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int unshare(int flags);

// Opens a counter of a tracepoint, for one thread and those that it starts. Returns -1 with errno.
static inline int tandem_count_tracepoint(unsigned long long tracepoint, int thread) {
    struct perf_event_attr event;
    memset(&event, 0, sizeof(event));
    event.type = PERF_TYPE_TRACEPOINT;
    event.size = sizeof(event);
    event.config = tracepoint;
    event.inherit = 1;
    return (int)syscall(SYS_perf_event_open, &event, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

// The kernel's number of a tracepoint, from its file in tracefs; 0 where there is none.
static inline unsigned long long tandem_tracepoint(const char *path) {
    unsigned long long number = 0;
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    if (fscanf(file, "%llu", &number) != 1) number = 0;
    fclose(file);
    return number;
}

#define TANDEM_TRACEFS "/sys/kernel/tracing"
#define TANDEM_SYSTEM_CALLS TANDEM_TRACEFS "/events/raw_syscalls/sys_enter/id"

static inline void *tandem_mount_and_read(void *number) {
    if (unshare(0x00020000 /* CLONE_NEWNS */) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) return NULL;
    if (mount("none", TANDEM_TRACEFS, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) return NULL;
    *(unsigned long long *)number = tandem_tracepoint(TANDEM_SYSTEM_CALLS);
    return NULL;
}

// The tracepoint of every system call's beginning. Where tracefs is not mounted, root mounts it in a view of the mounts that ends with
// a thread, and that nobody else sees. 0 where that is not allowed.
static inline unsigned long long tandem_system_calls(void) {
    unsigned long long number = tandem_tracepoint(TANDEM_SYSTEM_CALLS);
    pthread_t thread;
    if (number || pthread_create(&thread, NULL, tandem_mount_and_read, &number)) return number;
    pthread_join(thread, NULL);
    return number;
}
