#!/usr/bin/python3
"""HTTP/2 (RFC 9113): requests that do not end with their heads, heads that stall, and what is bounded by time or number."""

import json
import random
import tempfile
import time

from field import PATIENCE, certificate, expect, serve
from http2_frames import DATA, END_HEADERS, END_STREAM, HEADERS, HTTP2, PING, RESET, frame, request

ROW = "http2-streams"
EVENTS, POLL, UPDATES = "/orders/order-0/events", "/orders/order-0/updates?wait=2", "/orders/order-0/updates"
JSON, EMPTY, FIVE = ("content-type", "application/json"), ("content-length", "0"), ("content-length", "5")


def healthy(server):
    with HTTP2(server.h2c_port) as connection:
        connection.headers(1, request("/healthz"))
        return connection.status(1)


with tempfile.TemporaryDirectory() as folder:
    authority, key = certificate(folder)
    # Over TLS the server reads one record after the other, as it was sent.
    with serve("--tls-cert", authority, "--tls-key", key) as server:
        with HTTP2(server.port, authority) as connection:
            connection.headers(1, request(UPDATES))
            connection.status(1)
            last = json.loads(connection.answers[1][1])[-1]["id"]
        # A body that nobody asked for does not matter, whether its request is answered at once, waits or streams.
        for path in (EVENTS, f"{POLL}&after={last}", "/healthz"):
            for fields, status in (([], 200), ([FIVE], 200), ([EMPTY], 400)):
                with HTTP2(server.port, authority) as connection:
                    connection.headers(1, request(path, *fields), ends=False)
                    connection.data(1, b"12345")
                    connection.headers(3, request("/healthz"))
                    connection.until(lambda: 1 in connection.answers or 1 in connection.resets)
                    belied = fields == [EMPTY]
                    expect(ROW, (path[:20], fields, 200, belied), (path[:20], fields, connection.status(3), connection.resets.get(1) == 1))

with serve("--h2c-port", "0") as server:
    with HTTP2(server.h2c_port) as connection:
        connection.headers(1, request(UPDATES, JSON, ("content-length", str(2**30)), method="POST"), ends=False)
        expect(ROW, (413, True), (connection.status(1), connection.is_open))
    # The beginning of another head, in one read with a request whose body is awaited, says nothing of other connections.
    length = frame(HEADERS, END_HEADERS, 1, request(UPDATES, JSON, FIVE, method="POST"))
    for rest in (frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/healthz"))[:9], frame(HEADERS, END_STREAM, 3, request("/healthz"))):
        with HTTP2(server.h2c_port) as connection:
            connection.send(length + rest)
            expect(ROW, 200, healthy(server))
    # Whatever comes when, the server is there afterwards.
    draw = random.Random(6)
    for _ in range(400):
        with HTTP2(server.h2c_port) as connection:
            fields = [*draw.choice([[], [EMPTY], [FIVE], [FIVE, ("expect", "100-continue")]]), *draw.choice([[], [JSON]])]
            head = request(
                draw.choice([EVENTS, POLL, UPDATES, "/healthz", "/nowhere"]), *fields,
                method=draw.choice(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "OTHER"]))
            parts = [frame(HEADERS, END_HEADERS | draw.choice([0, 0, END_STREAM]), 1, head)]
            for _ in range(draw.randrange(3)):
                parts.append(frame(DATA, draw.choice([0, END_STREAM]), 1, draw.choice([b"", b"12345", b"{}   ", b"x" * 3000])))
            parts += draw.choice([[], [frame(RESET, 0, 1, b"\0\0\0\x08")]])
            if draw.random() < 0.3:
                parts.append(frame(HEADERS, draw.choice([0, END_STREAM, END_HEADERS | END_STREAM]), 3, request("/healthz")))
            if len(parts) > 1 and draw.random() < 0.3:
                parts[-1] = parts[-1][:draw.randrange(len(parts[-1]))]
            if draw.random() < 0.5:
                connection.send(*parts)
            elif connection.send(parts[0]) and connection.is_open:
                connection.send(*parts[1:])
    expect(ROW, 200, healthy(server))
    # A body that waits in libwebsockets for its request's turn, an error that does not end the connection, and one that does:
    # it freed the first stream while it went through what it kept, and read on in that.
    for last in (b"\x80", b"\x40\x84\x1f\xff"):
        with HTTP2(server.h2c_port) as connection:
            connection.send(
                frame(HEADERS, END_HEADERS, 1, request("/healthz")), frame(DATA, 0, 1, b"a" * 5000),
                frame(HEADERS, END_HEADERS, 3, request("/", ("te", "v"))), frame(DATA, 0, 3, b"a" * 23),
                frame(HEADERS, END_HEADERS | END_STREAM, 5, last))
            connection.until(lambda: False)
            expect(ROW, (True, 200), (connection.has_ended, healthy(server)))

with serve("--h2c-port", "0", "--header-deadline", "1s", "--max-http2-streams", "20") as server:
    # A head that stalls, in the middle of its frame or between two.
    head = request("/healthz")
    for data in (frame(HEADERS, END_STREAM, 1, head[:20]), frame(HEADERS, END_STREAM | END_HEADERS, 1, head)[:30]):
        with HTTP2(server.h2c_port) as connection:
            connection.send(data)
            connection.until(lambda: False)
            expect(ROW, True, connection.has_ended)
    # No request at all, whatever other frames come.
    for data in (b"", frame(PING, 0, 0, b"\0" * 8)):
        with HTTP2(server.h2c_port) as connection:
            connection.send(data)
            connection.until(lambda: False)
            expect(ROW, True, connection.has_ended)
    # Each of them ends, whatever its peer goes on to send.
    for data in (b"", b"garbage" * 4):
        with HTTP2(server.h2c_port) as connection:
            connection.send(data)
            began = time.monotonic()
            while not connection.has_ended and time.monotonic() < began + 2 * PATIENCE:
                time.sleep(0.3)
                connection.send(b"\0")
            expect(ROW, True, connection.has_ended)
    # One that is never still has its deadline for each head anew.
    with HTTP2(server.h2c_port) as connection:
        heads = [frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * number, request("/healthz", ("x", "a" * 1000))) for number in range(300)]
        whole = b"".join(heads)
        # Which are acknowledged between two frames.
        connection.until(lambda: connection.settings)
        for start in range(0, len(whole), 10_007):
            connection.send(whole[start:start + 10_007])
            count = len(whole[:start + 10_007]) // len(heads[0])
            connection.until(lambda: sum(answer[2] for answer in connection.answers.values()) >= count)
            time.sleep(0.1)
        expect(ROW, (200, False), (connection.status(599), connection.has_ended))
    # 25 is what SETTINGS_MAX_CONCURRENT_STREAMS says.
    with HTTP2(server.h2c_port) as connection:
        for number in range(26):
            connection.headers(1 + 2 * number, request(EVENTS))
        connection.until(lambda: False)
        expect(ROW, True, connection.has_ended)
    # As many as that, many times over, each of which its client resets at once.
    with HTTP2(server.h2c_port) as connection:
        for number in range(2_000):
            connection.send(
                frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * number, request(EVENTS)), frame(RESET, 0, 1 + 2 * number, b"\0\0\0\x08"))
        connection.headers(1 + 2 * 2_000, request("/healthz"))
        expect(ROW, 200, connection.status(1 + 2 * 2_000))

with serve("--h2c-port", "0", "--body-deadline", "1s") as server:
    # A body that stalls, before its first byte or within, leaves the connection.
    for part in (b"", b"{"):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request(UPDATES, JSON, ("content-length", "50"), method="POST"), ends=False)
            if part:
                connection.data(1, part, ends=False)
            expect(ROW, 408, connection.status(1))
            connection.headers(3, request("/healthz"))
            expect(ROW, 200, connection.status(3))

with serve("--h2c-port", "0", "--header-deadline", "30s") as server:
    # PINGs before a request are few, and of any number behind one each is answered.
    for begins, count, goaway in ((False, 300, 11), (True, 20_000, None)):
        with HTTP2(server.h2c_port) as connection:
            if begins:
                connection.headers(1, request("/healthz"))
                connection.status(1)
            before = connection.pings
            for _ in range(count // 100):
                connection.send(frame(PING, 0, 0, b"\0" * 8) * 100)
            connection.until(lambda: connection.pings - before >= count)
            expect(ROW, (begins, goaway), (begins, connection.goaway and connection.goaway[0]))
    # Who has a stream is told when the server stops, and the stream ends as it does over HTTP/1.1.
    with HTTP2(server.h2c_port) as connection:
        connection.headers(1, request(EVENTS))
        connection.begins(1)
        server.drain()
        connection.status(1)
        expect(ROW, (0, True), (connection.goaway and connection.goaway[0], b"draining" in connection.answers[1][1]))
