#!/usr/bin/python3
"""Rows 31 and 32: a CloudEvent in binary mode has its source and time in the update, or is refused, and never loses them in silence;
`data_base64` and an `orderId` of another order than the path's are refused; `subject` is the producer's own."""

import json

from field import *

UPDATE = '{"status":"Activating"}'
EVENT = {"specversion": "1.0", "id": "1", "source": "/sor", "type": "t"}
BINARY = ("ce-specversion: 1.0", "ce-id: 1", "ce-source: /s%C3%A9", "ce-type: t")

with serve("--h2c-port", "0") as server:
    def ingest(body, *fields, type="application/json"):
        body = body if isinstance(body, str) else json.dumps(body)
        status = exchange(server.port, post("/orders/order-0/updates", server.port, body, *fields, type=type)).status
        latest = json.loads(exchange(server.port, get("/orders/order-0", server.port)).body)
        return (status, latest["source"], latest["timestamp"]) if status == 202 else status

    at = "2020-01-02T03:04:05.500000000Z"
    expect("31", (202, "/s\u00e9", at), ingest(UPDATE, *BINARY, "ce-time: 2020-01-02T03:04:05.5Z"))
    expect("31", (202, "own"), ingest('{"status":"Activating","source":"own"}', *BINARY)[:2])
    for lacking in range(4):
        expect("31", 400, ingest(UPDATE, *BINARY[:lacking], *BINARY[lacking + 1:]))
    for fields in (("ce-time: 2020-01-02T03:04:05Z",), ("ce-source: /s",), ("ce-specversion: 0.1", *BINARY[1:])):
        expect("31", (fields, 400), (fields, ingest(UPDATE, *fields)))
    expect("31", 400, ingest(UPDATE, *BINARY, "ce-time: yesterday"))
    expect("31", 400, ingest(f"[{UPDATE}]", *BINARY))
    structured = "application/cloudevents+json"
    whole = {**EVENT, "data": json.loads(UPDATE)}
    # Structured mode may repeat attributes in fields, and says there what the event says.
    expect("31", (202, "/sor"), ingest(whole, *(f"ce-{name}: {value}" for name, value in EVENT.items()), type=structured)[:2])
    for field in ("ce-id: 2", "ce-source: /s", "ce-type: u", "ce-time: 2020-01-02T03:04:05Z", "ce-specversion: 0.3"):
        expect("31", (field, 400), (field, ingest(whole, field, type=structured)))
    for field in ("ce-id: 2", "CE-Id: 1", "ce-time: 2020-01-02T03:04:05Z", "ce-subject: a"):
        twice = (*BINARY, field, field) if field[3:7] in ("time", "subj") else (*BINARY, field)
        expect("31", (field, 400), (field, ingest(UPDATE, *twice)))
    expect("31", 400, ingest({**EVENT, "data_base64": "eyJzdGF0dXMiOiJBY3RpdmF0aW5nIn0="}, type=structured))
    # Over HTTP/2 as over HTTP/1.1.
    fields = [argument for field in (*BINARY, "ce-time: 2020-01-02T03:04:05Z") for argument in ("--header", field)]
    subprocess.run(
        ["curl", "--silent", "--fail", "--http2-prior-knowledge", "--noproxy", "*", "--max-time", str(PATIENCE), "--output", os.devnull,
         "--header", "content-type: application/json", *fields, "--data", '{"status":"Activating","message":"over HTTP/2"}',
         f"http://127.0.0.1:{server.h2c_port}/orders/order-0/updates"], check=True)
    latest = json.loads(exchange(server.port, get("/orders/order-0", server.port)).body)
    expect("31", ("over HTTP/2", "/s\u00e9", True), (latest["message"], latest["source"], latest["timestamp"].startswith("2020")))
    # The server goes on as before, with plain updates.
    expect("31", (202, "ingest"), ingest(UPDATE)[:2])

    for body, type, expected in (
        ({"status": "Activating", "orderId": "order-0"}, "application/json", 202),
        ({"status": "Activating", "orderId": "order-1"}, "application/json", 400),
        ([{"status": "Activating"}, {"status": "Activating", "orderId": "order-1"}], "application/json", 400),
        ({**EVENT, "data": {"status": "Activating", "orderId": "order-1"}}, structured, 400),
        ({**EVENT, "subject": "order-1", "data": {"status": "Activating"}}, structured, 202),
    ):
        outcome = ingest(body, type=type)
        expect("32", (body, expected), (body, outcome if isinstance(outcome, int) else outcome[0]))
