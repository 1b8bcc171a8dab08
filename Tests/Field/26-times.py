#!/usr/bin/python3
"""Row 26: decimals beyond the ninth are cut; a second 60 is taken at 23:59 UTC alone (RFC 3339, 5.6 and 5.7)."""

import json

from field import *

with serve() as server:
    for given, expected in (
        ("2026-11-29T10:00:00.123456789012Z", "2026-11-29T10:00:00.123456789Z"),
        ("2026-11-29T10:00:00.9999999999999Z", "2026-11-29T10:00:00.999999999Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000000Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000000000Z"),
        ("2026-11-29T12:30:60Z", 400), ("2016-12-31T23:59:60+01:00", 400),
    ):
        body = json.dumps({"status": "Activating", "timestamp": given})
        status = exchange(server.port, post("/orders/order-0/updates", server.port, body)).status
        latest = json.loads(exchange(server.port, get("/orders/order-0", server.port)).body)
        expect("26", (given, expected), (given, latest["timestamp"] if status == 202 else status))
