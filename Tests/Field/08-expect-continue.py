#!/usr/bin/python3
"""Row 8: `Expect: 100-continue` is answered with 100 before the body, or at once with what needs none."""

from field import *

BODY = '{"status":"Activating"}'


def head(path, framing):
    return (
        f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n{framing}\r\n\r\n")


with serve(orders=1) as server:
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
