#!/usr/bin/python3
"""Times that a server says in what sessions receive: one that no clock shows is not measured, and traps nowhere."""

import contextlib
import json
import struct
import subprocess
import tempfile
import time

from field import *
from foreign import CHUNKED, Foreign, chunk


def seconds(count):
    """As Swift's `Duration` is coded: two halves of a number of attoseconds."""
    return [0, int(count * 10**18)]


def specification(port, acknowledgements):
    backoff = {"initial": seconds(0.05), "maximum": seconds(0.2), "multiplier": 2, "jitter": "none"}
    policy = {
        "model": "fetch", "recovery": "replay-or-snapshot", "backoff": backoff, "honoursRetryAfter": False,
        "honoursCloseDelay": False, "stopsWhenRefused": False, "resetAfter": seconds(0.1)}
    return {
        "transport": "sse", "protocolVersion": "h1", "target": {"host": "127.0.0.1", "port": port, "tls": False}, "scheme": "bearer",
        "policy": policy, "sessions": 1, "bystanders": 0, "orders": 1, "orderPrefix": "order-", "connectsInFlight": 1,
        "connectPatience": PATIENCE, "startsAnyway": True, "headers": {}, "acknowledgements": acknowledgements, "seed": 1}


def measured(timestamp):
    """How many times of arrival `tandem sessions` has for one update of this time, and its exit status."""
    payload = f'{{"timestamp":"{timestamp}"}}'
    events = f"event: order.snapshot\nid: 1-1\ndata: {payload}\n\nevent: order.update\nid: 1-2\ndata: {payload}\n\n"
    with tempfile.NamedTemporaryFile() as acknowledgements, Foreign(head=[CHUNKED, chunk(events.encode())]) as server:
        process = subprocess.Popen(
            [TANDEM, "sessions", "--spec", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
        print(json.dumps(specification(server.port, acknowledgements.name)), file=process.stdin, flush=True)
        process.stdout.readline()
        # The update is acknowledged, and the sessions are quiescent once they have it.
        acknowledgements.write(struct.pack("=5Q", 0, 1, 2, time.monotonic_ns(), 0))
        acknowledgements.flush()
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps({"command": "quiesce", "seconds": PATIENCE}), file=process.stdin, flush=True)
            process.stdout.readline()
            print('{"command":"finish"}', file=process.stdin, flush=True)
        results = [line for line in process.stdout if '"event":"result"' in line]
        process.stdin.close()
        return results and json.loads(results[0])["result"]["before"]["count"], process.wait()


for said, expected in (("1678-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", 0), ("2026-01-01T00:00:00Z", 1), ("2261-12-31T00:00:00Z", 0)):
    expect("26", (said, expected, 0), (said, *measured(said)))
