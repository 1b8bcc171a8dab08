// libwebsockets 4.1 reads the subprotocols that a client offers into 128 bytes, and refuses the upgrade where they are longer
// (lws_process_ws_upgrade, in lib/roles/ws/server-ws.c). A token among them always is. The application has been asked by then,
// and has read them all; what is left for the library is to find the name of one of its own protocols among them. So where they
// do not fit, it gets those that could be one.
#define _GNU_SOURCE
#include "overrides.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <libwebsockets.h>

// The library's own bound for a protocol's name, the end included.
enum { LONGEST_NAME = 64 };

typedef int (*copier)(struct lws *, char *, int, enum lws_token_indexes);
static copier original;

// Before any thread: the loops share the pointer.
__attribute__((constructor)) static void find_original(void) {
    original = (copier)dlsym(RTLD_NEXT, "lws_hdr_copy");
    if (!original) abort();
}

// Copies the entries of a list with commas that are no longer than a name; -1 where they do not fit.
static int copy_names(const char *list, char *destination, int length) {
    int count = 0;
    while (*list) {
        list += strspn(list, ", \t");
        size_t entry = strcspn(list, ", \t");
        if (entry > 0 && entry < LONGEST_NAME) {
            if (count + (count > 0) + (int)entry >= length) return -1;
            if (count) destination[count++] = ',';
            memcpy(destination + count, list, entry);
            count += (int)entry;
        }
        list += entry;
    }
    destination[count] = 0;
    return count;
}

int lws_hdr_copy(struct lws *wsi, char *destination, int length, enum lws_token_indexes token) {
    int count = original(wsi, destination, length, token);
    if (count >= 0 || token != WSI_TOKEN_PROTOCOL || length < LONGEST_NAME) return count;
    int total = lws_hdr_total_length(wsi, token) + 1;
    char *all = malloc((size_t)total);
    if (!all) return -1;
    if (original(wsi, all, total, token) >= 0) count = copy_names(all, destination, length);
    free(all);
    return count;
}
