#!/usr/bin/python3
"""Rows 11, 56 and sec-8: however a body is framed, nothing of it is served as a request."""

from field import *

BODY = '{"status":"Activating"}'
CHUNKS = f"{len(BODY):x};a=b\r\n{BODY}\r\n0\r\nTrailer: x\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"


def update(*fields, body=BODY, path="/orders/order-0/updates", method="POST"):
    lines = [f"{method} {path} HTTP/1.1", "Host: a", "Content-Type: application/json", *fields, "", body]
    return "\r\n".join(lines)


with serve(orders=1) as server:
    second = get("/healthz", server.port)
    length = f"Content-Length: {len(BODY)}"
    for row, expected, data in (
        ("11", ([400], "closed"), update(length, CHUNKED, body=CHUNKS)),
        ("11", ([400], "closed"), update(CHUNKED, length) + second),
        ("11", ([202], "open"), update(CHUNKED, body=CHUNKS)),
        ("11", ([200], "open"), update(CHUNKED, body=CHUNKS, path="/healthz", method="GET")),
        ("sec-8", ([501], "closed"), update("Transfer-Encoding: xchunked")),
        ("sec-8", ([400], "closed"), update(length, "Transfer-Encoding: xchunked")),
        ("sec-8", ([400], "closed"), update("Content-Length: +23")),
        ("sec-8", ([400], "closed"), update("Content-Length: -1")),
        ("sec-8", ([400], "closed"), update("Content-Length: 1, 1") + second),
        ("sec-8", ([400], "closed"), update("Content-Length: 0x17") + second),
        ("sec-8", ([400], "closed"), update("Content-Length: 18446744073709551639") + second),
        ("sec-8", ([400], "closed"), update(length, length) + second),
        ("56", ([400], "closed"), update(CHUNKED, body="zz\r\n") + second),
        ("56", ([400], "closed"), update(CHUNKED, body=CHUNKS.replace(";a=b", ";a=\"b")) + second),
        ("56", ([202], "open"), update(CHUNKED, body=CHUNKS.replace(";a=b", " ; a = \"b;\"; c"))),
        ("56", ([200], "open"), update(length, path="/healthz", method="GET")),
        ("56", ([200], "open"), update(length, path="/orders/order-0", method="GET")),
        ("56", ([405], "open"), update(length, path="/orders/order-0", method="DELETE")),
        ("56", ([405], "open"), update(length, path="/orders/order-0", method="PATCH")),
        ("56", ([405], "open"), update(length, path="/orders/order-0", method="PUT")),
        ("56", ([404], "open"), update(length, path="/nowhere")),
        ("56", ([405], "open"), update(length, path="/orders/order-0", method="OPTIONS")),
    ):
        expect(row, expected, ask(server.port, data))
    # Extensions and trailers are dropped, and have to be well formed.
    size = f"{len(BODY):x}"
    for extension, trailer in (
        ("", "X : y\r\n"), ("", "X: y\r\n folded\r\n"), ("", "X: a\0b\r\n"), ("", "no colon\r\n"), ("", ": y\r\n"),
        (";a\0b", ""), (";a\x7f", ""), (" \rb", ""), (" ", ""), ("\t", ""),
    ):
        body = f"{size}{extension}\r\n{BODY}\r\n0\r\n{trailer}\r\n"
        expect("trailers", ([400], "closed"), ask(server.port, update(CHUNKED, body=body) + second))
    for extension, trailer in ((" ;a", ""), (";a=b;c", "A: b\r\nB:\r\n"), (';a="\tb"', "A:\tb\r\n")):
        body = f"{size}{extension}\r\n{BODY}\r\n0\r\n{trailer}\r\n"
        expect("trailers", ([202], "open"), ask(server.port, update(CHUNKED, body=body)))
    expect("56", ([200], "open"), ask(server.port, update(length, path="/healthz", method="HEAD"), head_only=True))
