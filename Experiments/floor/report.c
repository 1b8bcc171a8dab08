#include <stdio.h>

#include "population.h"

static void report_latency(const struct measurement *measurement)
{
    const struct histogram *latency = &measurement->latency;
    if (!measurement->timed || latency->count == 0) {
        printf("null");
        return;
    }
    printf("{\"count\":%llu,\"ahead\":%llu,\"mean\":%.0f,\"min\":%lld", (unsigned long long)latency->count,
           (unsigned long long)measurement->ahead, latency->sum / (double)latency->count, (long long)latency->minimum);
    static const struct {
        const char *name;
        double quantile;
    } quantiles[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p999", 0.999 } };
    for (size_t index = 0; index < sizeof quantiles / sizeof *quantiles; index++)
        printf(",\"%s\":%lld", quantiles[index].name,
               (long long)histogram_quantile(latency, quantiles[index].quantile));
    printf(",\"max\":%lld}", (long long)latency->maximum);
}

void population_report(const struct population *population)
{
    uint32_t fewest = UINT32_MAX, most = 0;
    for (uint32_t index = 0; index < population->wanted; index++) {
        uint32_t updates = population->connections[index].updates;
        fewest = updates < fewest ? updates : fewest;
        most = updates > most ? updates : most;
    }
    double seconds = (double)(population->last_arrival - population->first_arrival) / SECOND;
    /* Now, not at the last arrival: idling in between costs nothing, and asking after each batch would. */
    struct processor_time now = processor_now();
    bool received = population->first_arrival != 0;
    double user = received ? now.user - population->at_first_arrival.user : 0;
    double system = received ? now.system - population->at_first_arrival.system : 0;
    unsigned long long updates = population->measurement.updates;
    printf("{\"connections\":%u,\"lost\":%u,\"updates\":%llu,\"bytes\":%llu,\"fewest\":%u,\"most\":%u,"
           "\"seconds\":%.6f,\"updatesPerSecond\":%.1f,\"cpuUser\":%.6f,\"cpuSystem\":%.6f,\"busy\":%.3f,\"latency\":",
           population->subscribed, population->lost, updates, (unsigned long long)population->target.bytes, fewest,
           most, seconds, seconds > 0 ? (double)updates / seconds : 0, user, system,
           seconds > 0 ? (user + system) / seconds : 0);
    report_latency(&population->measurement);
    printf("}\n");
    fflush(stdout);
}
