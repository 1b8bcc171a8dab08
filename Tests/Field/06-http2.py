#!/usr/bin/python3
"""HTTP/2: bodies without a length, heads beyond the limit, streams beyond the limit, and what only HTTP/1.1 may send."""

import tempfile

from field import certificate, expect, serve
from http2_frames import CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, HTTP2, PADDED, RESET, block, frame, request

JSON = ("content-type", "application/json")
UPDATE = b'{"status":"Activating"}'
LENGTH = ("content-length", str(len(UPDATE)))


def post(*fields, path="/orders/order-0/updates"):
    return request(path, JSON, *fields, method="POST")


with tempfile.TemporaryDirectory() as folder:
    authority, key = certificate(folder)
    # Over TLS the server reads one record after the other, as it was sent.
    with serve("--tls-cert", authority, "--tls-key", key) as server:
        # A body without a length ends with its stream, in whatever pieces.
        for parts in ((UPDATE,), (UPDATE[:5], b"", UPDATE[5:]), (UPDATE, b"")):
            with HTTP2(server.port, authority) as connection:
                connection.headers(1, post(), ends=False)
                for index, part in enumerate(parts):
                    connection.data(1, part, ends=index == len(parts) - 1)
                connection.headers(3, post(LENGTH), ends=False)
                connection.data(3, UPDATE)
                expect("6", (202, 202, True), (connection.status(1), connection.status(3), connection.is_open))
        # Padding is no part of it.
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post(LENGTH), ends=False)
            connection.send(frame(DATA, END_STREAM | PADDED, 1, b"\x07" + UPDATE + b"\0" * 7))
            expect("6", 202, connection.status(1))
        # One that is empty ends with the head, or behind it.
        for ends, fields in ((True, ()), (False, ()), (True, (("content-length", "0"),)), (False, (("content-length", "0"),))):
            with HTTP2(server.port, authority) as connection:
                connection.headers(1, post(*fields), ends=ends)
                if not ends:
                    connection.data(1, b"")
                expect("6", (400, True), (connection.status(1), connection.is_open))
        # A refusal before the body has come leaves the connection, and a client that sends on is told to stop.
        for ends, code in ((True, None), (False, 0)):
            with HTTP2(server.port, authority) as connection:
                connection.headers(1, post(path="/nothing"), ends=False)
                expect("6", 404, connection.status(1))
                connection.data(1, UPDATE, ends=ends)
                connection.data(1, UPDATE, ends=ends) if not ends else None
                connection.headers(3, request("/healthz"))
                expect("6", (200, code), (connection.status(3), connection.resets.get(1)))
        # A body as long as the limit, which takes credit several times, and a longer one.
        for size, status in ((2**20, 400), (2**20 + 1, 413)):
            with HTTP2(server.port, authority) as connection:
                connection.headers(1, post(), ends=False)
                connection.body(1, b" " * size)
                connection.headers(3, request("/healthz"))
                expect("6", (size, status, 200), (size, connection.status(1), connection.status(3)))
        # One that never ends is refused when it is too long.
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post(), ends=False)
            connection.body(1, b" " * 2**21, ends=False)
            expect("6", (413, True), (connection.status(1), connection.is_open))
        # Many that nobody waits for, at a time.
        with HTTP2(server.port, authority) as connection:
            for number in range(60):
                connection.headers(1 + 2 * number, post(path="/nothing"), ends=False)
            statuses = {connection.status(1 + 2 * number) for number in range(60)}
            for _ in range(2):
                for number in range(60):
                    connection.data(1 + 2 * number, b" " * 100, ends=False)
            connection.headers(121, request("/healthz"))
            expect("6", ({404}, 200), (statuses, connection.status(121)))
        # In frames of one byte, for which the windows are opened when half of them is used.
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post(("content-length", "70000")), ends=False)
            for start in range(0, 65_000, 500):
                connection.send(frame(DATA, 0, 1, b" ") * 500)
            connection.body(1, b" " * 5_000)
            status, opened = connection.status(1), connection.windows_opened
            expect("6", (400, True, True), (status, connection.is_open, 2 <= opened <= 8 or str(opened)))
        # Trailers end a body as its last frame does, and mean nothing.
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post(LENGTH), ends=False)
            connection.data(1, UPDATE, ends=False)
            connection.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, block(("foo", "bar"))))
            connection.headers(3, request("/healthz"))
            expect("7", (202, 200), (connection.status(1), connection.status(3)))
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, post(LENGTH), ends=False)
            connection.send(frame(HEADERS, END_HEADERS, 1, block(("foo", "bar"))))
            expect("7", ("closed", 1), (connection.status(1), connection.goaway[0]))
        for fields in ((":path", "/"), ("Upper", "a"), ("connection", "close")):
            with HTTP2(server.port, authority) as connection:
                connection.headers(1, post(LENGTH), ends=False)
                connection.data(1, UPDATE, ends=False)
                connection.status(1)
                connection.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, block(fields)))
                expect("7", (True, 1), (connection.is_open, connection.resets.get(1)))
        # More than 64 KiB of a head ends the connection, less is told of, in many reads and in many fields.
        for size, answer in ((60_000, 431), (70_000, "closed")):
            with HTTP2(server.port, authority) as connection:
                connection.headers(1, request("/healthz", ("x-unknown", "d" * size)))
                expect("34", (size, answer, answer == 431), (size, connection.status(1), connection.is_open))
        for fields, answer in ((30, 200), (44, 431)):
            with HTTP2(server.port, authority) as connection:
                head = request("/healthz", *[("x-unknown", "d" * 200)] * fields)
                connection.send(frame(HEADERS, END_STREAM, 1, head[:100]))
                for start in range(100, len(head), 1000):
                    ends = END_HEADERS if start + 1000 >= len(head) else 0
                    connection.send(frame(CONTINUATION, ends, 1, head[start:start + 1000]))
                expect("34", (fields, answer, True), (fields, connection.status(1), connection.is_open))

with serve("--h2c-port", "0", "--max-http2-streams", "20") as server:
    # A request behind a body, in one read with it.
    with HTTP2(server.h2c_port) as connection:
        connection.headers(1, post(LENGTH), ends=False)
        connection.send(frame(DATA, END_STREAM, 1, UPDATE) + frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/healthz")))
        expect("7", (202, 200), (connection.status(1), connection.status(3)))
    # Each field counts for 32 more (RFC 9113, 6.5.2), and for each head anew.
    with HTTP2(server.h2c_port) as connection:
        for number, (size, status) in enumerate(((7_900, 200), (8_200, 431), (15_000, 431), (7_900, 200))):
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
        else:
            number = 100
        expect("sec-6", (100, True), (number, connection.is_open))

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
            expect("sec-10", (400, 200, True, 1), (connection.status(1), connection.status(3), connection.is_open, connection.resets.get(1)))
    # h2spec 5.5/2: a frame of an unknown kind within a header block, for which RFC 9113 (6.10) has the connection end.
    with HTTP2(server.h2c_port) as connection:
        head = request("/healthz")
        connection.send(
            frame(HEADERS, END_STREAM, 1, head[:20]), frame(0x77, 0, 1, b"abc"),
            frame(CONTINUATION, END_HEADERS, 1, head[20:]))
        expect("sec-10", ("closed", 1), (connection.status(1), connection.goaway[0]))
    # Fields beyond those that libwebsockets 4.1 has room for: it wrote past its tables, or read in circles.
    for name in ("cookie", "via", "set-cookie", "accept"):
        for count in (44, 60, 150):
            with HTTP2(server.h2c_port) as connection:
                connection.headers(1, request("/healthz", *[(name, "5")] * count))
                expect("sec-10", (name, count, 200), (name, count, connection.status(1)))
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request("/healthz", *[(name, "5")] * 300))
            expect("sec-10", (name, 431), (name, connection.status(1)))
    for field in (b"\x7a\x00", b"\x0f\x2b\x00", b"\x7a\x01a", b"\x0f\x11\x01a"):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request("/healthz") + field * 250)
            expect("sec-10", (field, 431), (field, connection.status(1)))
    # The dynamic table (RFC 7541, 2.3.2), of which libwebsockets 4.1 lost entries, an Origin among them.
    with HTTP2(server.h2c_port) as connection:
        def indexed(name, value):
            return b"\x40" + block((name, value))[1:]
        preflight = request("/orders/order-0/updates", ("access-control-request-method", "POST"), method="OPTIONS")
        connection.headers(1, preflight + indexed("origin", "http://other"))
        connection.headers(3, preflight + b"".join(indexed(f"x-{number}", "v") for number in range(80)) + b"\xff\x0f")
        connection.headers(5, preflight)
        expect("sec-10", [403, 403, 405], [connection.status(stream) for stream in (1, 3, 5)])
    # h2spec hpack/6.3/1: a table that is larger than the 4,096 bytes of the settings. What is smaller is taken, whatever its size.
    for size, status in (
            (b"\x20", 200), (b"\x21", 200), (b"\x3f\x00", 200), (b"\x21\x20", 200), (b"\x3f\x01", 200), (b"\x3f\xe1\x1f", 200),
            (b"\x3f\xe2\x1f", "closed"), (b"\x3f\xe1\xff\x03", "closed"), (b"\x3f\xe0\xff\xff\xff\x0f", "closed")):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, size + request("/healthz"))
            expect("sec-10", (size, status), (size, connection.status(1)))
    # What cannot be decoded, or leaves a head in the middle of a field.
    for rest in (b"\x80", b"\xff\xff\xff\xff\xff\xff", b"\x40\x84\x1f\xff", b"\0\x05abc"):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request("/healthz") + rest)
            expect("sec-10", (rest, "closed", 9), (rest, connection.status(1), connection.goaway[0]))
    # h2spec 8.1.2.3/7: two paths (RFC 9113, 8.3.1).
    with HTTP2(server.h2c_port) as connection:
        connection.headers(1, request("/healthz", (":path", "/healthz")))
        expect("sec-10", (400, True), (connection.status(1), connection.is_open))
