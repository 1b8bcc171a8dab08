#!/usr/bin/python3
"""A server over HTTP/2 whose first SETTINGS frame has no entry (RFC 9113, section 6.5): the load client sends its request as to any other."""

import socket
import ssl
import tempfile
import threading

from field import PATIENCE, expect, run
from http2_frames import ACK, DATA, END_HEADERS, HEADERS, SETTINGS, certificate, frame

ROW = "http2-settings"
ENTRY = b"\0\3\0\0\0\x64"
STREAM = b"\x88\x0f\x10\x11text/event-stream"  # :status 200, and content-type (RFC 7541, appendix A)


def serve_one(listener, context, pieces, kinds):
    """Takes one connection, sends the pieces, and answers its first request; notes the types of the frames that come."""
    connection, _ = listener.accept()
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if context:
        connection = context.wrap_socket(connection, server_side=True)
    reader = connection.makefile("rb")
    reader.read(24)
    for piece in pieces:
        connection.sendall(piece)
    try:
        while head := reader.read(9):
            reader.read(int.from_bytes(head[:3], "big"))
            kinds.append(head[3])
            if head[3] == SETTINGS and not head[4] & ACK:
                connection.sendall(frame(SETTINGS, ACK, 0))
            elif head[3] == HEADERS:
                stream = int.from_bytes(head[5:], "big")
                connection.sendall(frame(HEADERS, END_HEADERS, stream, STREAM) + frame(DATA, 0, stream, b"data: {}\n\n"))
    except OSError:
        pass


with tempfile.TemporaryDirectory() as folder:
    authority, key = certificate(folder)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(authority, key)
    tls.set_alpn_protocols(["h2"])
    empty, full = frame(SETTINGS, 0, 0), frame(SETTINGS, 0, 0, ENTRY)
    for context in (None, tls):
        for pieces in ([empty], [bytes([byte]) for byte in empty], [empty[:4], empty[4:]], [empty + full], [full]):
            kinds = []
            with socket.create_server(("127.0.0.1", 0)) as listener:
                port = listener.getsockname()[1]
                threading.Thread(target=serve_one, args=(listener, context, pieces, kinds), daemon=True).start()
                target = ("--target-url", f"https://127.0.0.1:{port}/s", "--ca", authority) if context else (
                    "--target-url", f"http://127.0.0.1:{port}/s", "--h2c-port", port)
                _, _, said = run(
                    "load", *target, "--protocol", "h2", "--publish", "elsewhere", "--connections", 1, "--warmup", "100ms",
                    "--seconds", "200ms", "--drain", "100ms")
            expect(ROW, (bool(context), pieces, True), (bool(context), pieces, HEADERS in kinds or said))
