#!/usr/bin/python3
"""Heads over HTTP/2 (RFC 9113, section 8): what is refused, and the server's own origin."""

from field import expect, serve
from http2_frames import HTTP2, request


def head(*fields, path="/healthz", **pseudo):
    return request(path, *fields, **pseudo)


with serve("--h2c-port", "0") as server:
    def row(expected, fields):
        """The status of a request, and whether the connection then serves another."""
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, fields)
            connection.headers(3, head())
            status = connection.status(1)
            expect("http2-heads", (expected, expected if expected == "closed" else 200), (status, connection.status(3)))

    for fields in (
        head(("host", "test"), authority=None), head(("host", "TEST")), head(authority="[::1]:80"),
        head(scheme="HTTPS"), head(("content-length", "0")), head(("user-agent", "a\tb")), head(path="/healthz?a%09b"),
        head(("cookie", "a=1"), ("cookie", "b=2")), head(("te", "trailers")),
    ):
        row(200, fields)
    for fields in (
        head(authority=None), head(authority=""), head(("host", ""), authority=None), head(authority="u@test"), head(authority="a b"), head((":authority", "test")), head(("host", "other")),
        head(("host", "test"), ("host", "test")), head(scheme="ftp"), head(scheme=None), head(path=None), head(method=None),
        head(("content-length", "5")), head(("content-length", "0"), ("content-length", "0")),
        head(("user-agent", "a\r\nb: c")), head(("user-agent", "a\nb")), head(("user-agent", "a\0b")), head(("accept", "a\rb")),
        head(("x-unknown", "a\r\nb: c")), head(("a b", "c")), head(("Upper", "c")), head(("", "c")), head(("accept", " a")), head(("accept", "a ")),
        head(("connection", "close")), head(("keep-alive", "1")), head(("proxy-connection", "close")), head(("te", "gzip")),
        head((":protocol", "websocket")), head((":status", "200")), head(("accept", "a"), (":method", "GET")),
        head(path="/healthz?a\nb"), head(path="/healthz?a%0Ab"), head(path="/healthz%0D"), head(path="/healthz%00"), head(path="/healthz#a"),
        head(path=""), head(path="/a%zz"), head(path="/healthz?%zz"), head(method="G T"), head(method=""),
    ):
        row(400, fields)
    row(501, head(method="CONNECT"))
    # A page of the server's own origin may call over HTTP/2 too, where its host is the authority.
    for origin, expected in (("http://test", 204), ("http://other", 403)):
        row(expected, head(("origin", origin), ("access-control-request-method", "POST"),
                           method="OPTIONS", path="/orders/order-0/updates"))
