#!/usr/bin/python3
"""HTTP/2: bodies without a length, heads beyond the limit, streams beyond the limit, and what only HTTP/1.1 may send."""

import tempfile

from field import expect, serve
from http2_frames import CONTINUATION, END_HEADERS, END_STREAM, HEADERS, HTTP2, RESET, block, certificate, frame, request

JSON = ("content-type", "application/json")
UPDATE = b'{"status":"Activating"}'
LENGTH = ("content-length", str(len(UPDATE)))


def post(*fields, path="/orders/order-0/updates"):
    return request(path, JSON, *fields, method="POST")


with tempfile.TemporaryDirectory() as folder:
    authority, key = certificate(folder)
    # Over TLS the server reads one record after the other, as it was sent.
    with serve("--tls-cert", authority, "--tls-key", key) as server:
        # The end of a body without a length cannot be seen. The connection goes on, also where the body comes after the answer.
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post(), ends=False)
            expect("6", 411, connection.status(1))
            connection.data(1, UPDATE)
            connection.headers(3, post(LENGTH), ends=False)
            connection.data(3, UPDATE)
            expect("6", (202, True), (connection.status(3), connection.is_open))
        # One that is empty ends with the head.
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post())
            expect("6", (400, True), (connection.status(1), connection.is_open))
        # A refusal before the body has come leaves the connection.
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post(LENGTH, path="/nothing"), ends=False)
            expect("6", 404, connection.status(1))
            connection.data(1, UPDATE)
            connection.headers(3, request("/healthz"))
            expect("6", 200, connection.status(3))
        # libwebsockets 4.1 answers the body, and then ends the connection for trailers.
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post(LENGTH), ends=False)
            connection.data(1, UPDATE, ends=False)
            expect("7", 202, connection.status(1))
            connection.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, block(("foo", "bar"))))
            expect("7", False, connection.is_open)
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, request("/healthz", ("x-unknown", "d" * 60_000)))
            expect("34", "closed", connection.status(1))
        # In many reads, and in many fields.
        for fields, answer in ((36, 200), (44, "closed")):
            with HTTP2(server.port, authority) as connection:
                head = request("/healthz", *[("x-unknown", "d" * 200)] * fields)
                connection.send(frame(HEADERS, END_STREAM, 1, head[:100]))
                for start in range(100, len(head), 1000):
                    ends = END_HEADERS if start + 1000 >= len(head) else 0
                    connection.send(frame(CONTINUATION, ends, 1, head[start:start + 1000]))
                expect("34", (fields, answer), (fields, connection.status(1)))

with serve("--h2c-port", "0", "--max-http2-streams", "20") as server:
    # libwebsockets 4.1 counts what follows a body in the same read for more of it.
    with HTTP2(server.h2c_port) as connection:
        connection.headers(1, post(LENGTH), ends=False)
        connection.send(frame(0, END_STREAM, 1, UPDATE) + frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/healthz")))
        expect("7", ("closed", 1), (connection.status(3), connection.goaway[0]))

    for size, name in ((60_000, "x-unknown"), (9_000, "user-agent")):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request("/healthz", (name, "d" * size)))
            expect("34", "closed", connection.status(1))
    # What libwebsockets drops counts as well, for each head anew.
    with HTTP2(server.h2c_port) as connection:
        for number, (size, status) in enumerate(((8_000, 200), (8_200, 431), (15_000, 431), (8_000, 200))):
            connection.headers(1 + 2 * number, request("/healthz", ("x-unknown", "d" * size)))
            expect("34", (size, status, 8192), (size, connection.status(1 + 2 * number), connection.settings[6]))

    # What exceeds the limit is told so, and the others go on; a stream that its client has reset makes room.
    with HTTP2(server.h2c_port) as connection:
        streams = [1 + 2 * number for number in range(20)]
        for stream in streams:
            connection.headers(stream, request("/orders/order-0/events"))
        expect("sec-6", [200] * 20, [connection.begins(stream) for stream in streams])
        connection.headers(41, request("/orders/order-0/events"))
        connection.headers(43, request("/healthz"))
        expect("sec-6", [503, 503], [connection.status(41), connection.status(43)])
        expect("sec-6", (True, 25), (connection.is_open, connection.settings[3]))
        expect("sec-6", [False] * 20, [connection.answers[stream][2] for stream in streams])
        for number in range(100):
            connection.send(frame(RESET, 0, streams[number % 20], b"\0\0\0\x08"))
            streams[number % 20] = 101 + 2 * number
            connection.headers(streams[number % 20], request("/orders/order-0/events"))
            if connection.begins(streams[number % 20]) != 200:
                break
        expect("sec-6", (99, True), (number, connection.is_open))

    for path in ("healthz", "http://test/healthz", "*"):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request(path))
            connection.headers(3, request("/healthz"))
            status = connection.status(1)
            expect("sec-10", (400, True, 200), (
                status, connection.answers[1][1].startswith(b'{"type":"about:blank"'), connection.status(3)))
    for field in (("transfer-encoding", "chunked"), ("upgrade", "websocket"), ("content-length", "-1")):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request("/healthz", field))
            connection.headers(3, request("/healthz"))
            expect("sec-10", (400, 200), (connection.status(1), connection.status(3)))
    # h2spec 5.5/2: a frame of an unknown kind within a header block, for which RFC 9113 (6.10) has the connection end.
    # libwebsockets 4.1 leaves it out.
    with HTTP2(server.h2c_port) as connection:
        head = request("/healthz")
        connection.send(
            frame(HEADERS, END_STREAM, 1, head[:20]), frame(0x77, 0, 1, b"abc"),
            frame(CONTINUATION, END_HEADERS, 1, head[20:]))
        expect("sec-10", (200, True), (connection.status(1), connection.is_open))
    # Fields beyond those that libwebsockets 4.1 has room for: it wrote past its tables, or read in circles.
    for name in ("cookie", "origin", "via", "set-cookie", "content-length", "accept"):
        for count in (44, 46, 60, 200):
            with HTTP2(server.h2c_port) as connection:
                connection.headers(1, request("/healthz", *[(name, "5")] * count))
                expect("sec-10", (name, count, 431), (name, count, connection.status(1)))
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request("/healthz", *[("user-agent", "5")] * 30))
            expect("sec-10", 200, connection.status(1))
    for field in (b"\x7a\x00", b"\x0f\x2b\x00", b"\x7a\x01a", b"\x0f\x11\x01a"):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request("/healthz") + field * 250)
            expect("sec-10", (field, "closed"), (field, connection.status(1)))
    # h2spec hpack/6.3/1: a table that is larger than the 0 bytes that the settings say, and too small for an entry.
    # Of 1 and 31 bytes, also where one of 0 follows, or the path has no slash; of 0, 32 and 4,096.
    for size, path in ((b"\x21", "/healthz"), (b"\x3f\x00", "/healthz"), (b"\x21\x20", "/healthz"), (b"\x21", "healthz")):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, size + request(path))
            connection.until(lambda: False)
            expect("sec-10", True, connection.has_ended)
        # It is not even read again, whether the answer is out by then or not.
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, size + request(path))
            connection.status(1)
            connection.headers(3, request("/healthz"))
            expect("sec-10", "closed", connection.status(3))
    for size in (b"\x20", b"\x3f\x01", b"\x3f\xe1\x1f"):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, size + request("/healthz"))
            expect("sec-10", (200, True), (connection.status(1), connection.is_open))
    # Beyond 65,536 bytes: libwebsockets 4.1 takes that many, ends the connection for 65,537 alone, and looks at the low 32 bits as at a
    # number with a sign. Of the last seven it makes a table without an entry.
    for size, status in (
            (b"\x3f\xe1\xff\x03", 200), (b"\x3f\xe2\xff\x03", "closed"), (b"\x3f\xe3\xff\x03", 200),
            (b"\x3f\xe0\xff\xff\xff\x07", 200), (b"\x3f\xe1\xff\xff\xff\x07", "closed")):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, size + request("/healthz"))
            expect("sec-10", (size, status), (size, connection.status(1)))
    for size in (b"\x3f\xda\xff\xff\xff\x0f", b"\x3f\xe0\xff\xff\xff\x0f"):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, size + request("/healthz"))
            connection.until(lambda: False)
            expect("sec-10", (size, True), (size, connection.has_ended))
    # h2spec 8.1.2.3/7: two paths, which RFC 9113 (8.3.1) has reset the stream.
    with HTTP2(server.h2c_port) as connection:
        connection.headers(1, request("/healthz", (":path", "/healthz")))
        expect("sec-10", (400, True), (connection.status(1), connection.is_open))
