#!/usr/bin/python3
"""Rows 24 and 25: whatever a body is for, the same text is JSON or is none: UTF-16, UTF-32, a byte order mark, `01`, a comma before a
bracket, and a member that stands twice are refused alike in an object, an array, a CloudEvent, a batch, a command, a new order, a ticket,
a renewal and a revocation (RFC 8259)."""

import json

from field import *

DATA = '{"status":"Activating"X}'
EVENT = f'{{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{DATA}}}'
JSON = "application/json"
# Path, media type, a text with a place for one member more, and the status of the sound text.
FORMS = {
    "object": ("/orders/order-0/updates", JSON, DATA, 202),
    "array": ("/orders/order-0/updates", JSON, f"[{DATA}]", 202),
    "CloudEvent": ("/orders/order-0/updates", "application/cloudevents+json", EVENT, 202),
    "batch": ("/orders/order-0/updates", "application/cloudevents-batch+json", f"[{EVENT}]", 202),
    "command": ("/orders/order-0/commands", JSON, '{"command":"retry"X}', 409),
    "order": ("/orders", JSON, '{"id":"new"X}', 201),
    "ticket": ("/tickets", JSON, '{"transport":"sse","orders":["order-0"]X}', 201),
    "renewal": ("/renewals", JSON, '{"tokenId":"none"X}', 404),
    "revocation": ("/revocations", JSON, '{"tokenId":"none"X}', 204),
}
FAULTS = {
    "UTF-16": lambda text: text.replace("X", "").encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.replace("X", "").encode("utf-16-le"),
    "UTF-32": lambda text: text.replace("X", "").encode("utf-32-be"),
    "byte order mark": lambda text: text.replace("X", "").encode("utf-8-sig"),
    "Latin-1": lambda text: text.replace("X", ',"x":"\u00e9"').encode("latin-1"),
    "01": lambda text: text.replace("X", ',"x":01').encode(),
    "comma": lambda text: text.replace("X", ",").encode(),
    "twice": lambda text: text.replace("X", ',"x":1,"\\u0078":2').encode(),
}

with serve(auth="bearer,ticket", orders=1) as server:
    bearer = "Authorization: Bearer " + token("alice", "read", "command", "publish", "credentials:revoke")
    for form, (path, type, text, status) in FORMS.items():
        def ask_for(body):
            return exchange(server.port, post(path, server.port, body, bearer, type=type))

        for fault, spoil in FAULTS.items():
            answer = ask_for(spoil(text))
            detail = json.loads(answer.body).get("detail", "") if answer.is_problem else answer.body
            expect(
                "25" if fault == "twice" else "24", (form, fault, 400, True),
                (form, fault, answer.status, "not JSON as RFC 8259 has it" in detail))
        expect("24", (form, "sound", status), (form, "sound", ask_for(text.replace("X", ',"x":[1.0,"\u00e9"]')).status))

    # A NUL is UTF-8.
    answer = exchange(server.port, post("/orders/order-0/updates", server.port, DATA.replace("X", "") + "\0", bearer))
    expect("24", (400, True), (answer.status, "something follows the value" in json.loads(answer.body)["detail"]))

    twice = '{"status":"Activating","status":"Failed","reason":"x"}'
    answer = exchange(server.port, post("/orders/order-0/updates", server.port, twice, bearer))
    expect("25", (400, True), (answer.status, "stands twice" in json.loads(answer.body)["detail"]))
