#!/usr/bin/python3
"""Rows 14 and sec-8: CONNECT is refused, and a head that does not end is cut by the header deadline."""

from field import *

with serve("--header-deadline", "1s", orders=1) as server, serve("--header-deadline", "60s", orders=1) as patient, Connection(patient.port) as slow:
    slow.send("GET /healthz HTTP/1.1\r\n")
    expect("14, sec-8", ([501], "closed"), ask(server.port, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"))
    for half in ("GET /healthz HTTP/1.1\r\nHost: a\r\n", "CONNECT a:80 HTTP/1.1", "GET /healthz HTTP/1.1\r\nX-Auth: a\r\nHo"):
        with Connection(server.port) as connection:
            connection.send(half)
            expect("14", True, connection.has_ended)
    # The deadline is the option's, and not libwebsockets' own: an earlier head may still be finished where it is longer.
    slow.send("Host: a\r\n\r\n")
    expect("14", 200, slow.answer().status)
