#define _GNU_SOURCE
#include "handshake.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "command_line.h"

/* RFC 6455, section 1.3. */
#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct span {
    const char *bytes;
    size_t count;
};

/* The value of the first header field `name`, without the white space around it; NULL bytes where there is none. */
static struct span header_value(struct span head, const char *name)
{
    size_t name_length = strlen(name);
    const char *end = head.bytes + head.count;
    for (const char *line = memchr(head.bytes, '\n', head.count); line != NULL;
         line = memchr(line, '\n', (size_t)(end - line))) {
        line++;
        if ((size_t)(end - line) <= name_length || line[name_length] != ':' ||
            strncasecmp(line, name, name_length) != 0)
            continue;
        const char *first = line + name_length + 1;
        const char *last = memchr(first, '\r', (size_t)(end - first));
        if (last == NULL)
            break;
        while (first < last && (*first == ' ' || *first == '\t'))
            first++;
        while (first < last && (last[-1] == ' ' || last[-1] == '\t'))
            last--;
        return (struct span){ first, (size_t)(last - first) };
    }
    return (struct span){ NULL, 0 };
}

static bool contains(struct span value, const char *word)
{
    size_t length = strlen(word);
    for (size_t start = 0; start + length <= value.count; start++)
        if (strncasecmp(value.bytes + start, word, length) == 0)
            return true;
    return false;
}

static void respond(struct handshake *handshake, const char *text)
{
    handshake->response_length = strlen(text);
    memcpy(handshake->response, text, handshake->response_length);
}

static void refuse(struct handshake *handshake, const char *status)
{
    handshake->accepted = false;
    handshake->response_length =
        (size_t)snprintf(handshake->response, RESPONSE_MAX,
                         "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
}

static void accept_websocket(struct handshake *handshake, struct span head, struct span key)
{
    char keyed[24 + sizeof WEBSOCKET_GUID];
    memcpy(keyed, key.bytes, 24);
    memcpy(keyed + 24, WEBSOCKET_GUID, sizeof WEBSOCKET_GUID - 1);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int digest_length;
    if (EVP_Digest(keyed, 24 + sizeof WEBSOCKET_GUID - 1, digest, &digest_length, EVP_sha1(), NULL) != 1)
        fail("OpenSSL has no SHA-1, which a WebSocket handshake needs; is a FIPS policy in force?");
    unsigned char accept[32];
    EVP_EncodeBlock(accept, digest, (int)digest_length);
    bool versioned = contains(header_value(head, "Sec-WebSocket-Protocol"), "order-updates.v1");
    handshake->response_length =
        (size_t)snprintf(handshake->response, RESPONSE_MAX,
                         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Accept: %s\r\n%s\r\n",
                         (const char *)accept, versioned ? "Sec-WebSocket-Protocol: order-updates.v1\r\n" : "");
}

bool answer_request(const char *bytes, size_t count, uint32_t orders, struct handshake *handshake)
{
    const char *blank = memmem(bytes, count < REQUEST_MAX ? count : REQUEST_MAX, "\r\n\r\n", 4);
    if (blank == NULL) {
        if (count < REQUEST_MAX)
            return false;
        handshake->request_length = count;
        refuse(handshake, "431 Request Header Fields Too Large");
        return true;
    }
    struct span head = { bytes, (size_t)(blank - bytes) + 2 };
    handshake->request_length = head.count + 2;
    handshake->accepted = true;

    char line[128];
    const char *line_end = memchr(bytes, '\r', head.count);
    if ((size_t)(line_end - bytes) >= sizeof line) {
        refuse(handshake, "414 URI Too Long");
        return true;
    }
    memcpy(line, bytes, (size_t)(line_end - bytes));
    line[line_end - bytes] = '\0';

    unsigned int order;
    char resource[8];
    int matched = 0;
    if (sscanf(line, "GET /orders/order-%9u/%7[a-z] HTTP/1.1%n", &order, resource, &matched) != 2 ||
        matched != line_end - bytes || order >= orders) {
        refuse(handshake, "404 Not Found");
        return true;
    }
    handshake->order = order;
    if (strcmp(resource, "events") == 0) {
        handshake->transport = SSE;
        respond(handshake, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                           "X-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n");
    } else if (strcmp(resource, "socket") == 0) {
        handshake->transport = WEBSOCKET;
        struct span key = header_value(head, "Sec-WebSocket-Key");
        struct span version = header_value(head, "Sec-WebSocket-Version");
        if (!contains(header_value(head, "Upgrade"), "websocket") ||
            !contains(header_value(head, "Connection"), "upgrade") || version.count != 2 ||
            memcmp(version.bytes, "13", 2) != 0 || key.count != 24)
            refuse(handshake, "400 Bad Request");
        else
            accept_websocket(handshake, head, key);
    } else {
        refuse(handshake, "404 Not Found");
    }
    return true;
}
