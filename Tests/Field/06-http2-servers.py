#!/usr/bin/python3
"""Servers over HTTP/2 to the load client: a first SETTINGS frame without an entry (RFC 9113, section 6.5), answers that go on or end oddly."""

import datetime
import itertools
import socket
import ssl
import tempfile
import threading
import time

from field import PATIENCE, certificate, expect, run
from http2_frames import ACK, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, RESET, SETTINGS, block, frame

ROW = "http2-settings"
ENTRY = b"\0\3\0\0\0\x64"
STREAM = b"\x88\x0f\x10\x11text/event-stream"  # :status 200, and content-type (RFC 7541, appendix A)


EVENT = b'data: {"timestamp":"%s"}\n\n'


def event():
    return EVENT % datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()


def serve_one(listener, context, pieces, answer):
    """Takes connections, sends the pieces, and answers each request: a part of an answer is bytes, a call, or seconds to wait."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve_connection, args=(connection, context, pieces, answer), daemon=True).start()


def serve_connection(connection, context, pieces, answer):
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        reader = connection.makefile("rb")
        reader.read(24)
        for piece in pieces:
            connection.sendall(piece)
        while head := reader.read(9):
            reader.read(int.from_bytes(head[:3], "big"))
            if head[3] == SETTINGS and not head[4] & ACK:
                connection.sendall(frame(SETTINGS, ACK, 0))
            elif head[3] == HEADERS:
                for part in answer(int.from_bytes(head[5:], "big")):
                    if isinstance(part, float):
                        time.sleep(part)
                    else:
                        connection.sendall(part)
    except OSError:
        pass


def load(context, authority, pieces, answer):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=serve_one, args=(listener, context, pieces, answer), daemon=True).start()
        target = ("--target-url", f"https://127.0.0.1:{port}/s", "--ca", authority) if context else (
            "--target-url", f"http://127.0.0.1:{port}/s", "--h2c-port", port)
        status, _, said = run(
            "load", *target, "--protocol", "h2", "--publish", "elsewhere", "--connections", 1, "--warmup", "100ms",
            "--seconds", "600ms", "--drain", "100ms")
        return status, said


def streams(stream, *ending):
    """Events for the whole of a run, and what follows them."""
    yield frame(HEADERS, END_HEADERS, stream, STREAM)
    for _ in range(10):
        yield frame(DATA, 0, stream, event())
        yield 0.05
    yield from ending
    for _ in range(10 if not ending else 0):
        yield frame(DATA, 0, stream, event())
        yield 0.05


with tempfile.TemporaryDirectory() as folder:
    authority, key = certificate(folder)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(authority, key)
    tls.set_alpn_protocols(["h2"])
    empty, full = frame(SETTINGS, 0, 0), frame(SETTINGS, 0, 0, ENTRY)
    for context in (None, tls):
        for pieces in ([empty], [bytes([byte]) for byte in empty], [empty[:4], empty[4:]], [empty + full], [full]):
            status, said = load(context, authority, pieces, streams)
            expect(ROW, (bool(context), pieces, 0, ""), (bool(context), pieces, status, "" if status == 0 else said))
    # Amid the measurement, so that a run which does not see it would be sound.
    redirect = b"\x08\x03301\x0f\x1f\x02/x"  # :status and location
    for name, answer, words in (
        ("reset", lambda stream: streams(stream, frame(RESET, 0, stream, b"\0\0\0\x02")), "reset the stream: INTERNAL_ERROR"),
        ("goaway", lambda stream: streams(stream, frame(GOAWAY, 0, 0, b"\0" * 7 + b"\x0bcalm")), "ENHANCE_YOUR_CALM (calm)"),
        ("end", lambda stream: streams(stream, frame(DATA, END_STREAM, stream)), "ended without a word"),
        ("trailers", lambda stream: streams(stream, frame(HEADERS, END_STREAM | END_HEADERS, stream, block(("x", "y")))), "ended without a word"),
        ("redirect", lambda stream: [frame(HEADERS, END_STREAM | END_HEADERS, stream, redirect)], "redirects more than 20 times"),
        ("interim", lambda stream: itertools.chain([frame(HEADERS, END_HEADERS, stream, b"\x08\x03103")], streams(stream)), None),
    ):
        status, said = load(None, None, [full], answer)
        expect("http2-answers", (name, 1 if words else 0, True), (name, status, status == (1 if words else 0) and (words or "") in said or said))
