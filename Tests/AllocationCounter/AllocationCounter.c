// Counts the allocations of a process, for tests that hold how many a piece of work may make.
//
// Loaded by LD_PRELOAD into the program under test, which knows nothing of it. The count is the first 8 bytes of the file that
// ALLOCATION_COUNT names, shared with whoever maps or reads it: so it can be read while the program works, and nothing of
// the reader is counted.

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "AllocationCounter.h"

// glibc's own, which its public functions are names of.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic(uint64_t) before_the_file;
static _Atomic(uint64_t) *count = &before_the_file;

__attribute__((constructor)) static void map_the_count(void)
{
    const char *path = getenv("ALLOCATION_COUNT");
    int file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0)
        return;
    void *page = ftruncate(file, sizeof *count) == 0
                     ? mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
                     : MAP_FAILED;
    close(file);
    if (page != MAP_FAILED)
        count = page;
}

static void note(void) { atomic_fetch_add_explicit(count, 1, memory_order_relaxed); }

void *malloc(size_t size)
{
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
    note();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size)
{
    note();
    *result = __libc_memalign(alignment, size);
    return *result ? 0 : 12; // ENOMEM
}
