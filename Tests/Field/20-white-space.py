#!/usr/bin/python3
"""Row 20: white space after a value is no part of it, and none counts before the parameters of a media type."""

from field import *

BODY = '{"status":"Activating"}'

with serve(orders=1) as server:
    for fields in (
        ("Content-Type: application/json", f"Content-Length: {len(BODY)} \t"),
        ("Content-Type: application/json ", f"Content-Length: {len(BODY)}"),
        ("Content-Type: application/json ;charset=utf-8", f"Content-Length: {len(BODY)}"),
    ):
        data = "\r\n".join(["POST /orders/order-0/updates HTTP/1.1", "Host: a", *fields, "", BODY])
        expect("20", (fields, [202], "open"), (fields, *ask(server.port, data)))
    with Connection(server.port) as connection:
        connection.send(get("/orders/order-0", server.port))
        position = connection.answer().headers["etag"].strip('"')
    with Connection(server.port) as connection:
        connection.send(get("/orders/order-0/events", server.port, f"Last-Event-ID: {position} "))
        status = connection.read_until(b"\r\n\r\n").split(b" ")[1]
        expect("20", b"200", status)
