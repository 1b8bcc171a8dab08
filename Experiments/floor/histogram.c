#include "histogram.h"

#include <math.h>

#include "command_line.h"

enum {
    HALF_BITS = 10, /* 1,024 buckets a power of two */
    HALF = 1 << HALF_BITS,
    VALUE_BITS = 42,
    BUCKETS = (VALUE_BITS - HALF_BITS + 1) * HALF,
};

/* Values below 2,048 have a bucket each; above, the eleven highest bits choose. */
static uint32_t bucket_of(uint64_t value)
{
    int bits = 64 - __builtin_clzll(value | 1);
    int shift = bits > HALF_BITS + 1 ? bits - HALF_BITS - 1 : 0;
    return (uint32_t)shift * HALF + (uint32_t)(value >> shift);
}

static int64_t highest_value_of(uint32_t bucket)
{
    uint32_t shift = bucket < 2 * HALF ? 0 : bucket / HALF - 1;
    uint64_t lowest = (uint64_t)(bucket - shift * HALF) << shift;
    return (int64_t)(lowest + (UINT64_C(1) << shift) - 1);
}

void histogram_init(struct histogram *histogram)
{
    *histogram = (struct histogram){ .minimum = INT64_MAX, .buckets = allocate(BUCKETS, sizeof(uint64_t)) };
}

void histogram_record(struct histogram *histogram, int64_t value)
{
    const int64_t highest = (INT64_C(1) << VALUE_BITS) - 1;
    value = value < 0 ? 0 : value > highest ? highest : value;
    histogram->buckets[bucket_of((uint64_t)value)]++;
    histogram->count++;
    histogram->sum += (double)value;
    if (value < histogram->minimum)
        histogram->minimum = value;
    if (value > histogram->maximum)
        histogram->maximum = value;
}

int64_t histogram_quantile(const struct histogram *histogram, double quantile)
{
    uint64_t wanted = (uint64_t)ceil(quantile * (double)histogram->count), seen = 0;
    for (uint32_t bucket = 0; bucket < BUCKETS && histogram->count > 0; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen >= wanted && seen > 0) {
            int64_t value = highest_value_of(bucket);
            return value < histogram->maximum ? value : histogram->maximum;
        }
    }
    return 0;
}
