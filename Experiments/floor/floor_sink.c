#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "population.h"

static const char usage[] =
    "floor-sink: subscribes to order updates over SSE or WebSocket and receives them at the least cost\n"
    "\n"
    "  --port N             port of the server (required)\n"
    "  --host ADDRESS       its IPv4 address (default 127.0.0.1)\n"
    "  --transport NAME     sse or websocket (default sse)\n"
    "  --connections N      subscribers (default 1)\n"
    "  --orders M           connection i subscribes to order-<i mod M> (default 1)\n"
    "  --header LINE        a header of each request; may be given several times\n"
    "  --tls                TLS, whatever certificate the server has\n"
    "  --source ADDRESS     first source address, or none (default 127.0.0.2 for a server on 127.0.0.0/8)\n"
    "  --per-address N      connections from one source address before the next is taken (default 10000)\n"
    "  --rate R             connects begun a second (default 0: no bound)\n"
    "  --in-flight K        connections under way at a time (default 64)\n"
    "  --connect-seconds S  time for all of them to be up (default 120)\n"
    "  --cpu LIST           run on these processors only\n"
    "\n"
    "When all are up it prints {\"ready\":N}. It then receives until SIGTERM, after which it empties its sockets, or\n"
    "until\n"
    "  --seconds S          this time after that, or\n"
    "  --expect U           this many updates in all;\n"
    "  --hold               says that it is to hold idle connections until SIGTERM, and takes neither.\n"
    "  --latency            reads each update's timestamp: arrival minus intended time, by the wall clock\n"
    "  --warm-up S          leaves out the latencies of the first S seconds of intended time (default 0)\n"
    "\n"
    "SIGUSR1 prints what has come so far. The last line is the report; latencies are in nanoseconds. It fails with\n"
    "status 1 if a connection does not come up, and reports how many were lost after that.\n"
    "Example: floor-sink --port 8080 --transport websocket --connections 10000 --latency --seconds 10\n";

static void append_header(char *headers, size_t capacity, const char *line)
{
    if (strchr(line, ':') == NULL || strpbrk(line, "\r\n") != NULL)
        fail("--header takes one line such as 'authorization: Bearer ...', not '%s'", line);
    size_t length = strlen(headers);
    if ((size_t)snprintf(headers + length, capacity - length, "%s\r\n", line) >= capacity - length)
        fail("the headers are too long: together they may have %zu bytes", capacity);
}

static SSL_CTX *tls_context(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    static const unsigned char http1[] = "\x08http/1.1";
    if (context == NULL || SSL_CTX_set_alpn_protos(context, http1, sizeof http1 - 1) != 0)
        fail("OpenSSL cannot be set up");
    /* The server is our own, on loopback; the load of checking its certificate is not what is measured. */
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    return context;
}

static void parse(int count, char **arguments, struct population *population)
{
    static const struct option names[] = {
        { "port", required_argument, NULL, 'p' },         { "host", required_argument, NULL, 'a' },
        { "transport", required_argument, NULL, 't' },    { "connections", required_argument, NULL, 'n' },
        { "orders", required_argument, NULL, 'o' },       { "header", required_argument, NULL, 'x' },
        { "tls", no_argument, NULL, 'T' },                { "source", required_argument, NULL, 'S' },
        { "per-address", required_argument, NULL, 'P' },  { "rate", required_argument, NULL, 'r' },
        { "in-flight", required_argument, NULL, 'k' },    { "connect-seconds", required_argument, NULL, 'C' },
        { "cpu", required_argument, NULL, 'c' },          { "seconds", required_argument, NULL, 's' },
        { "expect", required_argument, NULL, 'e' },       { "hold", no_argument, NULL, 'H' },
        { "latency", no_argument, NULL, 'l' },            { "warm-up", required_argument, NULL, 'w' },
        { "help", no_argument, NULL, 'h' },               { NULL, 0, NULL, 0 },
    };
    struct target *target = &population->target;
    static char headers[7168];
    const char *host = "127.0.0.1", *source = NULL;
    bool hold = false;
    int name, port = 0;
    while ((name = getopt_long(count, arguments, "", names, NULL)) != -1) {
        switch (name) {
        case 'p': port = (int)parse_integer("port", optarg, 1, 65535); break;
        case 'a': host = optarg; break;
        case 't':
            if (strcmp(optarg, "sse") != 0 && strcmp(optarg, "websocket") != 0)
                fail("--transport is sse or websocket, not '%s'", optarg);
            target->transport = strcmp(optarg, "sse") == 0 ? SSE : WEBSOCKET;
            break;
        case 'n': population->wanted = (uint32_t)parse_integer("connections", optarg, 1, 10000000); break;
        case 'o': target->orders = (uint32_t)parse_integer("orders", optarg, 1, 10000000); break;
        case 'x': append_header(headers, sizeof headers, optarg); break;
        case 'T': target->tls = tls_context(); break;
        case 'S': source = optarg; break;
        case 'P': target->per_address = (uint32_t)parse_integer("per-address", optarg, 1, 60000); break;
        case 'r': population->connect_rate = parse_decimal("rate", optarg, 0, 1e9); break;
        case 'k': population->in_flight_max = (uint32_t)parse_integer("in-flight", optarg, 1, 100000); break;
        case 'C': population->connect_seconds = parse_decimal("connect-seconds", optarg, 0.001, 1e6); break;
        case 'c': confine_to_processors(optarg); break;
        case 's': population->seconds = parse_decimal("seconds", optarg, 0.001, 1e6); break;
        case 'e': population->expected = (uint64_t)parse_integer("expect", optarg, 1, INT64_MAX); break;
        case 'H': hold = true; break;
        case 'l': population->measurement.timed = true; break;
        case 'w': population->measurement.warm_up = (int64_t)(parse_decimal("warm-up", optarg, 0, 1e6) * SECOND); break;
        case 'h': fputs(usage, stdout); exit(0);
        default: fail("see --help");
        }
    }
    if (optind < count)
        fail("'%s' is not an option; see --help", arguments[optind]);
    if (port == 0)
        fail("--port is missing: the port of the server");
    if (hold && (population->seconds > 0 || population->expected > 0))
        fail("--hold lasts until SIGTERM, so it takes neither --seconds nor --expect");
    target->headers = headers;
    target->server = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    if (inet_pton(AF_INET, host, &target->server.sin_addr) != 1)
        fail("--host takes an IPv4 address such as 127.0.0.1, not '%s'", host);
    bool loopback = ntohl(target->server.sin_addr.s_addr) >> 24 == 127;
    if (source == NULL)
        source = loopback ? "127.0.0.2" : "none";
    if (strcmp(source, "none") != 0 && inet_pton(AF_INET, source, &target->source) != 1)
        fail("--source takes an IPv4 address such as 127.0.0.2, or none, not '%s'", source);
}

int main(int count, char **arguments)
{
    static struct population population = {
        .target = { .orders = 1, .per_address = 10000 },
        .wanted = 1,
        .in_flight_max = 64,
        .connect_seconds = 120,
    };
    parse(count, arguments, &population);
    size_t limit = raise_descriptor_limit();
    if (population.wanted + 16 > limit)
        fail("%u connections need more than the limit of %zu descriptors; raise `ulimit -n` or run several processes",
             population.wanted, limit);
    population_run(&population);
    population_report(&population);
    return 0;
}
