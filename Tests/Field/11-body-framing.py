#!/usr/bin/python3
"""Rows 11, 56 and sec-8: however a body is framed, nothing of it is served as a request."""

from field import *

BODY = '{"status":"Activating"}'
CHUNKS = f"{len(BODY):x};a=b\r\n{BODY}\r\n0\r\nTrailer: x\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"


def post(*fields, body=BODY, path="/orders/order-0/updates", method="POST"):
    lines = [f"{method} {path} HTTP/1.1", "Host: a", "Content-Type: application/json", *fields, "", body]
    return "\r\n".join(lines)


with serve(orders=1) as server:
    second = get("/healthz", server.port)
    length = f"Content-Length: {len(BODY)}"
    for row, expected, data in (
        ("11", ([400], "closed"), post(length, CHUNKED, body=CHUNKS)),
        ("11", ([400], "closed"), post(CHUNKED, length) + second),
        ("11", ([202], "open"), post(CHUNKED, body=CHUNKS)),
        ("11", ([200], "open"), post(CHUNKED, body=CHUNKS, path="/healthz", method="GET")),
        ("sec-8", ([501], "closed"), post("Transfer-Encoding: xchunked")),
        ("sec-8", ([400], "closed"), post(length, "Transfer-Encoding: xchunked")),
        ("sec-8", ([400], "closed"), post("Content-Length: +23")),
        ("sec-8", ([400], "closed"), post("Content-Length: -1")),
        ("sec-8", ([400], "closed"), post("Content-Length: 1, 1") + second),
        ("sec-8", ([400], "closed"), post("Content-Length: 0x17") + second),
        ("sec-8", ([400], "closed"), post("Content-Length: 18446744073709551639") + second),
        ("sec-8", ([400], "closed"), post(length, length) + second),
        ("56", ([400], "closed"), post(CHUNKED, body="zz\r\n") + second),
        ("56", ([200], "open"), post(length, path="/healthz", method="GET")),
        ("56", ([200], "open"), post(length, path="/orders/order-0", method="GET")),
        ("56", ([405], "open"), post(length, path="/orders/order-0", method="DELETE")),
        ("56", ([405], "open"), post(length, path="/orders/order-0", method="PATCH")),
        ("56", ([405], "open"), post(length, path="/orders/order-0", method="PUT")),
        ("56", ([404], "open"), post(length, path="/nowhere")),
    ):
        expect(row, expected, ask(server.port, data))
    expect("56", ([200], "open"), ask(server.port, post(length, path="/healthz", method="HEAD"), head_only=True))
    for name, expected, data in (
        ("no Host", ([400], "closed"), "GET /healthz HTTP/1.1\r\n\r\n"),
        ("two Hosts", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        ("a NUL", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost: x\0y\r\n\r\n"),
        ("get", ([405], "open"), "get /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("absolute-form", ([200], "open"), "GET http://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("an encoded slash", ([404], "open"), "GET /orders/order-0%2fevents HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("dot segments", ([404], "open"), "GET /orders/../healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("obs-fold", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Foo: a\r\n b\r\n\r\n"),
        ("no colon", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost: x\r\nFoo\r\n\r\n"),
        ("bare LF", ([400], "closed"), "GET /healthz HTTP/1.1\nHost: x\n\n"),
        ("CONNECT", ([501], "closed"), "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ):
        expect("sec-8", (name, *expected), (name, *ask(server.port, data)))
