#!/usr/bin/python3
"""Row 20: a media type is compared without case, with white space around its semicolons (RFC 9110, 5.6.6 and 8.3.1); a charset that is not
UTF-8 is refused. And white space behind a value is no part of it (5.5): Content-Length, Last-Event-ID."""

from field import *

UPDATE = '{"status":"Activating"}'

with serve() as server:
    for type, status in (
        ("application/json", 202), ("application/json ;charset=utf-8", 202), ("application/json\t;\tcharset=UTF-8", 202),
        ('Application/JSON; Charset="utf-8"', 202), ("application/json;", 202), ("application/json ", 202), (None, 202),
        ("application/json; charset=utf-16", 415), ("application/json; charset=iso-8859-1", 415), ("application/jsonx", 415),
        ("text/plain", 415),
    ):
        answer = exchange(server.port, post("/orders/order-0/updates", server.port, UPDATE, type=type))
        expect("20", (type, status, status == 415), (type, answer.status, answer.is_problem))

    request = post("/orders/order-0/updates", server.port, UPDATE)
    length = f"Content-Length: {len(UPDATE)}"
    expect("20", 202, exchange(server.port, request.replace(length.encode(), f"{length} \t".encode())).status)

    position = exchange(server.port, get("/orders/order-0", server.port)).headers["etag"].strip('"')
    with Connection(server.port) as stream:
        stream.send(get("/orders/order-0/events", server.port, f"Last-Event-ID: {position} "))
        expect("20", 200, int(stream.read_until(b"\r\n\r\n").split(b" ")[1]))
        # Resumed behind the latest update: the next is the first that comes.
        exchange(server.port, post("/orders/order-0/updates", server.port, '{"status":"Activating","message":"next"}'))
        begun = stream.read_until(b'"message":"next"')
        expect("20", (1, 0), (begun.count(b"event: order.update"), begun.count(b"event: order.snapshot")))
