#!/usr/bin/python3
"""Row 8: `Expect: 100-continue` is answered with 100 before the body, or at once with what needs none."""

from field import *
from http2_frames import HTTP2, request

BODY = '{"status":"Activating"}'


def head(path, framing):
    return (
        f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n{framing}\r\n\r\n")


with serve("--h2c-port", "0", orders=1) as server:
    for framing, body in (
        (f"Content-Length: {len(BODY)}", BODY),
        ("Transfer-Encoding: chunked", f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n"),
    ):
        with Connection(server.port) as connection:
            connection.send(head("/orders/order-0/updates", framing))
            expect("8", b"HTTP/1.1 100 Continue\r\n\r\n", connection.read_until(b"\r\n\r\n"))
            connection.send(body)
            expect("8", 202, connection.answer().status)
    with Connection(server.port) as connection:
        connection.send(head("/nowhere", "Content-Length: 5"))
        expect("8", b"HTTP/1.1 404 Not Found", connection.read_until(b"\r\n").strip())
    # Over HTTP/2 the 100 is a head of its own, before that of the answer.
    for expectation, path, length, expected in (
        ("100-continue", "/orders/order-0/updates", len(BODY), [100, 202]), ("100-continue", "/nowhere", len(BODY), [404]),
        ("something", "/orders/order-0/updates", len(BODY), [417]), ("100-continue", "/orders/order-0/updates", 0, [400]),
        ("100-continue", "/orders/order-0/updates", None, [100, 202]),
    ):
        with HTTP2(server.h2c_port) as connection:
            fields = [("expect", expectation), ("content-type", "application/json")]
            if length is not None:
                fields.append(("content-length", str(length)))
            connection.headers(1, request(path, *fields, method="POST"), ends=False)
            statuses = [connection.begins(1)]
            if statuses == [100]:
                connection.data(1, BODY.encode())
                statuses.append(connection.status(1))
            expect("8", (expected, True), (statuses, connection.is_open))
