#!/usr/bin/python3
"""A measurement that measured nothing is not sound: nothing arrives, or what arrives cannot be read."""

from field import *
from foreign import *

SHORT = ("--drain", "100ms")

with Foreign(frames=lambda body: []) as server:
    expect("2", (1, ("none of", "--target-url", "--time-pointer", "proxy_buffering")),
           says(load(server.port, *SHORT), "none of", "--target-url", "--time-pointer", "proxy_buffering"))
with Foreign(head=accepted, frames=lambda body: []) as server:
    expect("2", (1, ("none of",)), says(load(server.port, *SHORT, transport="websocket"), "none of"))
with Foreign(head=b"HTTP/1.1 200 OK\r\n" + TYPE + b"Content-Encoding: gzip\r\n\r\n") as server:
    expect("3", (1, ("the answer is gzip",)), says(load(server.port, *SHORT), "the answer is gzip"))
for row, kind in [("27", b"text/event-streamx"), ("sec-11", b"text/event-streamer")]:
    with Foreign(head=b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n") as server:
        words = f"the answer is '{kind.decode()}' and no text/event-stream"
        expect(row, (1, (words,)), says(load(server.port, *SHORT), words))
# Of two connections the first that failed is named, and there is no third of two.
for size in (b"zz", b"-5"):
    with Foreign(frames=lambda body: [size + b"\r\nhello\r\n"]) as server:
        expect("sec-3", (1, ("the chunked coding",)), says(load(server.port, *SHORT), "the chunked coding"))
with Foreign(head=CHUNKED + b"zz\r\n") as server:
    outcome = load(server.port, *SHORT)
    expect("10", (1, ("of 2", "the chunked coding"), False),
           (*says(outcome, "of 2", "the chunked coding"), "connection 3 of 2" in outcome[1]))
# Another transport than the server's.
with Foreign() as server:
    expect("2", (1, ("--transport sse",)), says(load(server.port, transport="websocket"), "--transport sse"))
# Orders that the server has not.
with serve(orders=2) as server:
    status, _, error = run("load", "--url", f"http://127.0.0.1:{server.port}", "--connections", 4, "--orders", 4)
    expect("2", (1, True), (status, "the server has no order-2, order-3 (status 404); start it with --orders 4" in error or error))
# Times that were cut to microseconds are not those that were published; the way out is said, and works.
cut = lambda body: [chunk(event(body.replace(body[body.index(b".") + 7:body.index(b"Z")], b"")))]
with Foreign(frames=cut) as server:
    expect("42", (1, ("--sequence-pointer",)), says(load(server.port, *SHORT), "--sequence-pointer"))
    expect("42", (0, "whole"), load(server.port, "--sequence-pointer", "/n"))
