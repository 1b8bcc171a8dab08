#!/usr/bin/python3
"""Rows 15 and 16: targets in absolute form and `*`, methods that are not served."""

from field import *

with serve(orders=1) as server:
    host = f"127.0.0.1:{server.port}"
    for row, expected, line in (
        ("15, sec-8", (200, False), f"GET http://{host}/healthz"),
        ("15", (200, False), "OPTIONS *"),
        ("15", (400, True), "GET healthz"),
        ("16", (405, True), "TRACE /healthz"),
        ("16", (405, True), "FOO /healthz"),
    ):
        with Connection(server.port) as connection:
            connection.send(f"{line} HTTP/1.1\r\nHost: {host}\r\n\r\n")
            answer = connection.answer()
            expect(row, (line, *expected), (line, answer.status, answer.is_problem))
