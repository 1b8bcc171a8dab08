#define _GNU_SOURCE
#include "command_line.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static void complain(const char *format, va_list arguments)
{
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
}

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void fail_errno(const char *format, ...)
{
    int reason = errno;
    va_list arguments;
    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    fprintf(stderr, ": %s\n", strerror(reason));
    exit(1);
}

int64_t parse_integer(const char *option, const char *text, int64_t minimum, int64_t maximum)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < minimum || value > maximum)
        fail("--%s takes a whole number from %lld to %lld, not '%s'", option, (long long)minimum,
             (long long)maximum, text);
    return value;
}

double parse_decimal(const char *option, const char *text, double minimum, double maximum)
{
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (errno != 0 || end == text || *end != '\0' || !(value >= minimum && value <= maximum))
        fail("--%s takes a number from %g to %g, not '%s'", option, minimum, maximum, text);
    return value;
}

void confine_to_processors(const char *list)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    char *copy = strdup(list), *rest = copy, *item;
    if (copy == NULL)
        fail("out of memory");
    while ((item = strsep(&rest, ",")) != NULL)
        CPU_SET((int)parse_integer("cpu", item, 0, CPU_SETSIZE - 1), &set);
    free(copy);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        fail_errno("cannot run on processor %s; `nproc` says how many there are", list);
}

size_t raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail_errno("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail_errno("setrlimit");
    return limit.rlim_cur;
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        fail("out of memory");
    return memory;
}

void grow(void *array, size_t *capacity, size_t wanted, size_t size)
{
    if (wanted <= *capacity)
        return;
    size_t larger = *capacity * 2 > wanted ? *capacity * 2 : wanted;
    void *old;
    memcpy(&old, array, sizeof old);
    void *moved = reallocarray(old, larger, size);
    if (moved == NULL)
        fail("out of memory");
    memcpy(array, &moved, sizeof moved);
    *capacity = larger;
}
