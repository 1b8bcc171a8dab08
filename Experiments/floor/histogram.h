#ifndef FLOOR_HISTOGRAM_H
#define FLOOR_HISTOGRAM_H

#include <stdint.h>

/*
 * Counts of values in nanoseconds, in buckets as HdrHistogram lays them out: each power of two is cut into 1,024 equal
 * ones, so that a value keeps three digits. Values above about 2^42 (73 minutes) count as that.
 */
struct histogram {
    uint64_t count;
    int64_t minimum, maximum;
    double sum;
    uint64_t *buckets;
};

void histogram_init(struct histogram *histogram);
void histogram_record(struct histogram *histogram, int64_t value);

/* The smallest recorded value that at least `quantile` of the values do not exceed, to three digits; 0 when empty. */
int64_t histogram_quantile(const struct histogram *histogram, double quantile);

#endif
