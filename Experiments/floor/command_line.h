#ifndef FLOOR_COMMAND_LINE_H
#define FLOOR_COMMAND_LINE_H

#include <stddef.h>
#include <stdint.h>

/* Prints `<program>: <message>` to stderr and exits with status 1. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As `fail`, with the reason that errno holds. */
_Noreturn void fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

int64_t parse_integer(const char *option, const char *text, int64_t minimum, int64_t maximum);
double parse_decimal(const char *option, const char *text, double minimum, double maximum);

/* Confines the process to the processors of `list`, such as "0" or "0,1". Call it before the first thread. */
void confine_to_processors(const char *list);

/* Raises the soft limit of descriptors to the hard one, and returns it. */
size_t raise_descriptor_limit(void);

/* Memory that is all zero; ends the process where there is none. */
void *allocate(size_t count, size_t size);

/* Room for at least `wanted` elements in the array at `*array` whose capacity is `*capacity`. */
void grow(void *array, size_t *capacity, size_t wanted, size_t size);

#endif
