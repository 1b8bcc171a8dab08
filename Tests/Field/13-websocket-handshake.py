#!/usr/bin/python3
"""Rows 13 and sec-9: the opening handshake of a WebSocket is a GET of version 13 with a key of 16 bytes, and has no body."""

from field import *

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
VERSION = "Sec-WebSocket-Version: 13"


def shake(*fields, method="GET", path="/socket", upgrade="websocket", version="1.1"):
    lines = [f"{method} {path} HTTP/{version}", "Host: a", f"Upgrade: {upgrade}", "Connection: Upgrade", *fields, "", ""]
    with Connection(server.port) as connection:
        connection.send("\r\n".join(lines))
        return connection.answer(head_only=True)


with serve(orders=1) as server:
    expect("13, sec-9", 101, shake(VERSION, KEY).status)
    for fields in ((KEY,), (KEY, "Sec-WebSocket-Version: 8"), (KEY, "Sec-WebSocket-Version: 25")):
        answer = shake(*fields)
        expect("13, sec-9", (426, "13"), (answer.status, answer.headers.get("sec-websocket-version")))
    # The connection of a refusal ends, and the answer says so.
    expect("13", "close", shake(VERSION, KEY, path="/orders/none/socket").headers.get("connection"))
    answer = shake(VERSION, KEY, method="POST")
    expect("13, sec-9", (405, "GET"), (answer.status, answer.headers.get("allow")))
    expect("13, sec-9", 400, shake(VERSION, "Sec-WebSocket-Key: YWJj").status)
    expect("13", 101, shake(VERSION, KEY, upgrade="h2c, websocket").status)
    expect("sec-9", 400, shake(VERSION, "Sec-WebSocket-Key: abc").status)
    expect("sec-9", 400, shake(VERSION, KEY, KEY).status)
    expect("sec-9", 405, shake(VERSION, KEY, method="HEAD").status)
    expect("sec-9", 505, shake(VERSION, KEY, version="2.0").status)
    expect("sec-9", 426, shake(VERSION, KEY, version="1.0").status)
    # A GET that asks for no upgrade is told of it.
    for path, status in (("/socket", 426), ("/orders/order-0/socket", 426), ("/orders/order-0/sockets", 404)):
        with Connection(server.port) as connection:
            connection.send(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = connection.answer()
            expect("sec-9", (path, status), (path, answer.status))
            expect("sec-9", "websocket" if status == 426 else None, answer.headers.get("upgrade"))
    expect("sec-9", 400, shake(VERSION, KEY, "Content-Length: 1").status)
