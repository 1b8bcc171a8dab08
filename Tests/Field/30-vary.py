#!/usr/bin/python3
"""Row 30: every answer says `Vary: Origin`, also one to a request without an origin, which a cache would hand to a page otherwise."""

from field import *

APP = "https://app.example"

with serve("--allow-origin", APP) as server:
    for path, *fields in (
        ("/healthz",), ("/orders/order-0",), ("/orders/none",), ("/nothing",), ("/orders/order-0/updates",),
        ("/orders/order-0", f"Origin: {APP}"), ("/orders/order-0", "Origin: https://other.example"),
        ("/orders/order-0", "If-None-Match: *"), ("/orders/order-0/events",), ("/orders/order-0/socket",),
        ("/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
         "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==", "Origin: https://other.example"),
    ):
        with Connection(server.port) as connection:
            connection.send(get(path, server.port, *fields))
            answer = connection.answer(head_only=path.endswith("/events"))
        allowed = answer.headers.get("access-control-allow-origin")
        expect(
            "30", (path, fields, "Origin", APP if f"Origin: {APP}" in fields else None),
            (path, fields, answer.headers.get("vary"), allowed))
    # What is refused before anything serves it, and the server as a whole.
    for request, status in (("GET /healthz HTTP/1.1\r\n\r\n", 400), (get("*", server.port, method="OPTIONS"), 200)):
        answer = exchange(server.port, request)
        expect("30", (request, status, "Origin"), (request, answer.status, answer.headers.get("vary")))
    answer = exchange(server.port, post("/orders/order-0/updates", server.port, '{"status":"Activating"}'))
    expect("30", (202, "Origin"), (answer.status, answer.headers.get("vary")))
