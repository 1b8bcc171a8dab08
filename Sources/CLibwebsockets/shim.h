// What of libwebsockets, OpenSSL and epoll is a macro, a variadic or a function type, and so does not reach Swift by itself.
// The C names stay, so that their manuals stay searchable; ours are prefixed tandem_.
#pragma once

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <libwebsockets.h>
#include <uv.h>

enum { TANDEM_LWS_PRE = LWS_PRE };

typedef int (*tandem_callback)(struct lws *wsi, int reason, void *user, void *in, size_t len);

// lws_callback_function is a function type with an enum parameter; this stores a plain function in its place.
static inline void tandem_set_callback(struct lws_protocols *protocol, tandem_callback callback) {
    protocol->callback = (lws_callback_function *)(void *)callback;
}

typedef int (*tandem_extension_callback)(
    struct lws_context *context, const struct lws_extension *extension, struct lws *wsi, int reason, void *user, void *in, size_t len);

static inline void tandem_set_extension_callback(struct lws_extension *extension, tandem_extension_callback callback) {
    extension->callback = (lws_extension_callback_function *)(void *)callback;
}

// A context's user pointer is fixed at creation, before our object is complete: it points to a cell that is filled afterwards.
static inline void *tandem_loop(struct lws *wsi) { return *(void **)lws_context_user(lws_get_context(wsi)); }

static inline struct lws *tandem_adopt_socket(struct lws_vhost *vhost, int fd, int tls) {
    lws_sock_file_fd_type descriptor;
    descriptor.sockfd = fd;
    return lws_adopt_descriptor_vhost(
        vhost, (lws_adoption_type)(LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | (tls ? LWS_ADOPT_ALLOW_SSL : 0)), descriptor, NULL, NULL);
}

// Where libwebsockets 4.1 keeps how many entries its table of descriptors has; NULL where it would search the table for each, and where it
// does not keep the same number as the limits of a thread's descriptors and of heads, as it does unless told otherwise.
static inline int *tandem_descriptor_bound(struct lws_context *context) {
    enum { BOUND = 0x5F8, OF_THREAD = 0x618, OF_HEADS = 0x628, FLAGS = 0x635, SEARCHES = 4 };
    unsigned char *bytes = (unsigned char *)context;
    int *bound = (int *)(bytes + BOUND);
    return bytes[FLAGS] & SEARCHES || *(int *)(bytes + OF_THREAD) != *bound || *(int *)(bytes + OF_HEADS) != *bound ? NULL : bound;
}

// Closes the connection on the next turn of its loop, without a callback into the caller. The wake is needed: from outside
// libwebsockets' own callbacks, a timeout that is due at once is not seen until something else happens.
static inline void tandem_kill(struct lws *wsi) {
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
    lws_cancel_service(lws_get_context(wsi));
}

// Kills a connection with what it carries. Where libwebsockets does something for it first, it would put its own timeout in place of the
// kill (keepalive_timeout over HTTP/2, that of a close frame of a WebSocket), so the socket ends here.
static inline void tandem_cut(struct lws *wsi) {
    tandem_kill(wsi);
    int fd = lws_get_socket_fd(wsi);
    if (fd >= 0) shutdown(fd, SHUT_RDWR);
}

static inline void tandem_no_timeout(struct lws *wsi) { lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0); }

static inline void tandem_timeout(struct lws *wsi, int seconds) {
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, seconds);
}

static inline int tandem_write_raw(struct lws *wsi, unsigned char *bytes, size_t count) {
    return lws_write(wsi, bytes, count, LWS_WRITE_HTTP);
}

static inline void tandem_epoll_add(int epoll, int fd, unsigned int events, unsigned long long token, int *failure) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    *failure = epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

// Has libuv's epoll set tell of each write to a descriptor that it polls, and not for as long as there is something to read.
static inline int tandem_epoll_edge(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = fd};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

static inline int tandem_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

// The buffers of an idle TLS connection are given back, and a partial write may be repeated from another address.
static inline void tandem_tls_lean(void *context) {
    SSL_CTX_set_mode((SSL_CTX *)context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode((SSL_CTX *)context, SSL_SESS_CACHE_OFF);
}

static inline void tandem_tls_minimum_1_2(void *context) {
    SSL_CTX_set_min_proto_version((SSL_CTX *)context, TLS1_2_VERSION);
}

// A reference of the caller's own; NULL where the client showed no certificate.
static inline X509 *tandem_peer_certificate(SSL *ssl) { return SSL_get1_peer_certificate(ssl); }

static inline void tandem_openssl_free(void *pointer) { OPENSSL_free(pointer); }

// Clients may show a certificate. One that is not accepted fails the handshake; none at all is for the server to refuse, with a
// status. Returns 0 where the authorities cannot be read.
static inline int tandem_tls_ask_client(void *context, const char *authorities) {
    SSL_CTX *tls = (SSL_CTX *)context;
    if (SSL_CTX_load_verify_locations(tls, authorities, NULL) != 1) return 0;
    SSL_CTX_set_client_CA_list(tls, SSL_load_client_CA_file(authorities));
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_id_context(tls, (const unsigned char *)"tandem", 6);
    return 1;
}

// SSL_get_error tells the truth only where the thread's queue of errors was empty before the call that it is asked about.
static inline void tandem_forget_errors(void) {
    if (ERR_peek_error()) ERR_clear_error();
}

// What a vhost's http2_settings have no place for: they end before SETTINGS_MAX_HEADER_LIST_SIZE (RFC 9113, section 6.5.2), of
// which libwebsockets 4.1 tells every peer 4096, and before SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441), by which it offers
// WebSockets in HTTP/2 streams. But its server cannot keep to the flow control of such a stream: lws_get_peer_write_allowance is
// -1 there, and a write past the peer's window would break the whole connection. A browser takes up the offer, so it must not be
// made. The settings of a vhost stand in it as they are sent, and so the two are found by their neighbours' values.
// - given: http2_settings.
// Returns whether they were found, once.
static inline int tandem_h2_settings(struct lws_vhost *vhost, const unsigned int *given, unsigned int header_bytes) {
    // By number; 0 is libwebsockets' own.
    enum { MAX_HEADER_LIST_SIZE = 6, ENABLE_CONNECT_PROTOCOL = 8, COUNT };
    unsigned int sent[COUNT] = {given[0], given[1], given[2], given[3], given[4], given[5], 4096, 0, 1};
    unsigned int *words = (unsigned int *)vhost, *found = 0;
    size_t total = malloc_usable_size(vhost) / sizeof(*words);
    for (size_t index = 0; index + COUNT <= total; index++) {
        if (memcmp(words + index, sent, sizeof(sent))) continue;
        if (found) return 0;
        found = words + index;
    }
    if (!found) return 0;
    found[MAX_HEADER_LIST_SIZE] = header_bytes;
    found[ENABLE_CONNECT_PROTOCOL] = 0;
    return 1;
}

// Whether the WebSocket frame that is being read is masked, which libwebsockets 4.1 looks at and never asks for (RFC 6455,
// section 5.1). It keeps the bit among others behind the buffer of a close frame's payload, and the rest of the frame's length
// behind that: what it tells of both says whether they are where they are looked for. Returns -1 where they are not.
static inline int tandem_ws_is_masked(struct lws *wsi) {
    enum { BUFFER = 125, LENGTH = 136, BINARY = 1, MASKED = 3, FIRST = 14 };
    const unsigned char *payload = lws_get_close_payload(wsi);
    unsigned short flags;
    size_t left;
    memcpy(&flags, payload + BUFFER, sizeof(flags));
    memcpy(&left, payload + LENGTH, sizeof(left));
    if (left != lws_remaining_packet_payload(wsi) || (flags >> BINARY & 1) != lws_frame_is_binary(wsi)
        || (flags >> FIRST & 1) != lws_is_first_fragment(wsi)) return -1;
    return flags >> MASKED & 1;
}

static inline void tandem_log_level(int level, void (*emit)(int level, const char *line)) { lws_set_log_level(level, emit); }

static inline int tandem_is_h2(struct lws *wsi) { return lws_get_network_wsi(wsi) != wsi; }

static inline void tandem_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

static inline void tandem_timer_slack(unsigned long nanoseconds) { prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }

// Glibc declares the processor sets only with _GNU_SOURCE, which Swift's importer does not set: the mask is passed as plain words.
int sched_setaffinity(int pid, size_t size, const void *mask);
