#!/usr/bin/python3
"""Rows 21, 22, 23 and sec-8: Host, an empty line before a request, `close` in a list, a version that there is not, and lines of a head
that are none."""

from field import *

with serve(orders=1) as server:
    request = get("/healthz", server.port)
    for row, expected, data in (
        ("21", ([400], "closed"), "GET /healthz HTTP/1.1\r\n\r\n"),
        ("21", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        ("21", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n"),
        ("22", ([200], "open"), "\r\n" + request),
        ("22", ([200, 200], "open"), request + "\r\n" + request),
        ("23", ([200], "closed"), get("/healthz", server.port, "Connection: te, close")),
        ("23", ([505], "closed"), "GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n"),
        ("sec-8", ([405], "open"), "get /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("sec-8", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost: x\0y\r\n\r\n"),
        ("sec-8", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Foo: a\r\n b\r\n\r\n"),
        ("sec-8", ([400], "closed"), "GET /healthz HTTP/1.1\r\nHost: x\r\nFoo\r\n\r\n"),
        ("sec-8", ([400], "closed"), "GET /healthz HTTP/1.1\nHost: x\n\n"),
    ):
        expect(row, (data, *expected), (data, *ask(server.port, data)))
