#!/usr/bin/python3
"""What servers send before, in and around an event stream over HTTP/1.1: all of it is read, and each update arrives once."""

from field import *
from foreign import *


def whole(row, *options, **server):
    with Foreign(**server) as foreign:
        expect(row, (0, "whole"), load(foreign.port, *options))


def redirected(status):
    """A stream that has moved within its server."""
    heads = iter([b"HTTP/1.1 %d Moved\r\nLocation: /t\r\nContent-Length: 0\r\n\r\n" % status] * 2)
    return lambda key: next(heads, CHUNKED)


for first in (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"):
    whole("9", head=first + CHUNKED)
    whole("sec-11", head=[first, CHUNKED])
for extension in (b";a", b';note="x;y"', b" ; a=b"):
    whole("10", frames=lambda body: [chunk(event(body), extension)])
    whole("sec-3", frames=lambda body: [chunk(event(body), extension)])
for status in (301, 302, 303, 307, 308):
    whole("33", head=redirected(status))
    whole("sec-11", head=redirected(status))
whole("28", frames=lambda body: [chunk(event(body.replace(b'"at"', b'"\\u0061t"')))])
# A pointer looks no further than the first of two.
whole("25", frames=lambda body: [chunk(event(body[:-1] + b',"at":"2020-01-01T00:00:00Z"}'))])

# 34: a header of 9,000 bytes is read, and one that is longer than the limit names it.
whole("34", head=CHUNKED.replace(TYPE, TYPE + b"X-Long: " + b"y" * 9000 + b"\r\n"))
with Foreign(head=b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 70000) as server:
    expect("34", (1, ("65536 bytes",)), says(load(server.port), "65536 bytes"))

# sec-1: a name that begins the names of others.
for name in (b"A", b"Content", b"Transfer", b"X", b"Set", b"Cache"):
    whole("sec-1", head=CHUNKED.replace(b"OK\r\n", b"OK\r\n" + name + b": b\r\n"))

# 35: line ends, and every byte in a chunk of its own.
for end in (b"\r", b"\r\n"):
    whole("35", frames=lambda body: [chunk(event(body, end))])
whole("35", frames=lambda body: [chunk(b": a\rid: 1\r\ndata: " + body + b"\n\r\n")])
whole("35", frames=lambda body: [chunk(bytes([byte])) for byte in event(body)])
# 36: a byte order mark.
for first in (b"\xef\xbb\xbfdata: x\n\n", b"\xef\xbb\xbfretry: 500\n\n"):
    whole("36", head=CHUNKED + chunk(first))
# 37: what parsers stumble over.
half = lambda body: body.split(b",", 1)
for frames in (
        lambda body: b"data: " + half(body)[0] + b",\ndata:" + half(body)[1] + b"\n\n",
        lambda body: b": a comment\n:\n" + event(body),
        lambda body: b"retry: soon\nretry\nretry: 99999999999999999999\nretry: -1\n" + event(body),
        lambda body: b"data:\n\ndata\n\n" + event(body),
        lambda body: b"unknown: 1\nfoo\n" + event(body),
        lambda body: b"id: a\0b\n" + event(body),
        lambda body: b"data: [DONE]\n\n" + event(body),
        lambda body: b":" + b"x" * 300_000 + b"\n" + event(body),
        lambda body: event(b'{"pad":"' + b"y" * 200_000 + b'",' + body[1:]),
        lambda body: b"data: \xff\xfe\xc3\n\n" + event(body),
        lambda body: b"event: update\nid: 7\n" + event(body),
        lambda body: event(b" " + body)):
    whole("37", frames=lambda body: [chunk(frames(body))])
# 38: types.
for kind in (b"text/event-stream;charset=utf-8", b"Text/Event-Stream", b'text/event-stream; charset="utf-8"', b"text/event-stream ; x=y"):
    whole("38", head=CHUNKED.replace(TYPE, b"Content-Type: " + kind + b"\r\n"))
for kind in (b"", b"Content-Type: text/html\r\n"):
    with Foreign(head=CHUNKED.replace(TYPE, kind)) as server:
        expect("38", (1, ("no text/event-stream",)), says(load(server.port), "no text/event-stream"))
# 39: heads, and ends of bodies.
plain = dict(frames=lambda body: [event(body)])
whole("39", head=CHUNKED.replace(b" OK", b""))
whole("39", head=b"HTTP/1.0 200 OK\r\n" + TYPE + b"\r\n", **plain)
whole("39", head=b"HTTP/1.1 200 OK\n" + TYPE.replace(b"\r", b"") + b"\n", **plain)
whole("39", head=[CHUNKED[place:place + 1] for place in range(len(CHUNKED))])
whole("39", head=CHUNKED.replace(TYPE, b"X: a\r\n  b\r\n\tc\r\n" + TYPE))
whole("39", head=CHUNKED.replace(TYPE, b"".join(b"X-%d: y\r\n" % number for number in range(120)) + TYPE))
whole("39", head=CHUNKED.replace(b"chunked", b"Chunked"))

# 57: addresses and names.
for scheme, host in [("http", "localhost"), ("http", "127.1"), ("HTTP", "127.0.0.1"), ("http", "LocalHost")]:
    with Foreign() as server:
        expect("57", (0, "whole"), load(server.port, scheme=scheme, host=host))
if socket.has_ipv6:
    with Foreign(host="::1") as server:
        expect("57", (0, "whole"), load(server.port, host="[::1]"))
expect("57", (2, ("Authorization",)), says(load(80, host="user:pw@127.0.0.1"), "Authorization"))
