// libwebsockets 4.1's client sends the HTTP/2 preface twice when a TLS handshake ends within the first call of SSL_connect, and
// the server then ends the connection. That call ends the handshake where the server has answered by the time it reads: on a
// busy machine, or on loopback. Here it finds nothing to read, so that libwebsockets always takes its other, faultless path.
#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>

static void tandem_first_step(const SSL *constant, int where, int result) {
    SSL *ssl = (SSL *)constant;
    (void)result;
    if (where & SSL_CB_HANDSHAKE_START) {
        // Only the first handshake: it has no cipher yet.
        if (SSL_get_current_cipher(ssl) || SSL_is_server(ssl)) return;
        BIO *empty = BIO_new(BIO_s_mem());
        if (!empty) return;
        BIO_set_mem_eof_return(empty, -1);
        SSL_set0_rbio(ssl, empty);
    } else if (where & SSL_CB_EXIT && BIO_method_type(SSL_get_rbio(ssl)) == BIO_TYPE_MEM) {
        // The socket is still there, as what is written to.
        BIO *socket = SSL_get_wbio(ssl);
        BIO_up_ref(socket);
        SSL_set0_rbio(ssl, socket);
        // What SSL_get_error looks at.
        BIO_set_retry_read(socket);
    }
}

static inline void tandem_tls_two_steps(void *context) {
    SSL_CTX_set_info_callback((SSL_CTX *)context, tandem_first_step);
}
