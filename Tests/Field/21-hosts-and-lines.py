#!/usr/bin/python3
"""Rows 21, 22 and 23: Host, an empty line before a request, `close` in a list, a version that there is not."""

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
    ):
        expect(row, (data, *expected), (data, *ask(server.port, data)))
