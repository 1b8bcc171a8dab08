#!/usr/bin/python3
"""Row 54: `If-None-Match` (RFC 9110, 13.1.2): lists, weak tags, `*`, and commas within a tag."""

from field import *

with serve() as server:
    tag = exchange(server.port, get("/orders/order-0", server.port)).headers["etag"]
    for value, status in (
        (tag, 304), (f'"x", {tag}', 304), (f'{tag},"x"', 304), (f"W/{tag}", 304), ("*", 304), (f'"a,b" ,\t{tag}', 304),
        ('"x"', 200), ('"x", "y"', 200), (tag.strip('"'), 200), (tag.replace('-', '-9'), 200),
    ):
        answer = exchange(server.port, get("/orders/order-0", server.port, f"If-None-Match: {value}"))
        expect("54", (value, status, tag), (value, answer.status, answer.headers["etag"]))
