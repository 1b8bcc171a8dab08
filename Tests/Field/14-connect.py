#!/usr/bin/python3
"""Rows 14 and sec-8: CONNECT is refused, and a head that does not end is cut by the header deadline."""

from field import *

with serve("--header-deadline", "1s", orders=1) as server:
    expect("14, sec-8", ([501], "closed"), ask(server.port, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"))
    for half in ("GET /healthz HTTP/1.1\r\nHost: a\r\n", "CONNECT a:80 HTTP/1.1", "GET /healthz HTTP/1.1\r\nX-Auth: a\r\nHo"):
        with Connection(server.port) as connection:
            connection.send(half)
            expect("14", True, connection.has_ended)
