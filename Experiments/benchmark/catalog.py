"""The rows, in the order of the table."""

from .gauges import HeldRow, MemoryRow, SystemCallRow
from .rows import Goal, Load, LoopsRow, RatioRow

NAMES = {"sse": "SSE", "websocket": "WebSocket"}


def at_least(bound, unit=""):
    return Goal(bound, at_most=False, unit=unit)


def at_most(bound, unit=""):
    return Goal(bound, at_most=True, unit=unit)


def for_both(make):
    return [make(transport, NAMES[transport]) for transport in NAMES]


def fan_out(burst):
    together = "one update at a time" if burst == 1 else f"{burst} updates together"
    return for_both(lambda transport, name: RatioRow(
        f"fan-out-{transport}-{burst}", f"fan-out, 1 order x 10,000 subscribers, {together}, {name}: delivered/s",
        at_least(0.95), Load(transport, 10_000, 3, burst=burst), "updatesPerSecond", "updates/s",
    ))


ROWS = [
    *fan_out(1),
    *fan_out(16),
    *for_both(lambda transport, name: RatioRow(
        f"orders-{transport}", f"10,000 orders x 1 subscriber at 10,000 updates/s, {name}: server CPU per update",
        at_most(1.2), Load(transport, 10_000, 3, orders=10_000, rate=10_000), "microsecondsPerUpdate", "us",
    )),
    *for_both(lambda transport, name: RatioRow(
        f"latency-{transport}", f"open loop, 10 updates/s x 1,000 subscribers, {name}: p99",
        at_most(1.25), Load(transport, 1_000, 5, rate=10, latency=True), "p99Milliseconds", "ms",
    )),
    *for_both(lambda transport, name: SystemCallRow(
        f"epoll-ctl-{transport}", f"epoll_ctl per delivered update, steady state, {name}",
        at_most(0.05), "epoll_ctl", Load(transport, 1_000, 0, rate=20),
    )),
    MemoryRow("memory-sse", "user memory per idle connection, SSE", at_most(1.2, "KB"), "sse", 10_000),
    MemoryRow("memory-websocket", "user memory per idle connection, WebSocket", at_most(1.5, "KB"), "websocket",
              10_000),
    *for_both(lambda transport, name: MemoryRow(
        f"memory-tls-{transport}", f"user memory per idle connection over TLS, {name}", at_most(18, "KB"), transport,
        5_000, tls=True,
    )),
    *for_both(lambda transport, name: LoopsRow(
        f"loops-{transport}", f"fan-out, two loops against one, {name}: delivered/s", at_least(1.5),
        Load(transport, 10_000, 3),
    )),
    HeldRow("held", "50,000 connections held and closed, twice", 50_000),
]
