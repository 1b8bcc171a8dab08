#!/usr/bin/python3
"""Old cipher suites, floods of small HTTP/2 frames, and a body that trickles."""

import select
import socket
import ssl
import tempfile

from field import Connection, certificate, expect, get, serve
from http2_frames import DATA, HTTP2, PING, PRIORITY, SETTINGS, frame, request

JSON = ("content-type", "application/json")


def agreed(port, authority, ciphers):
    """The suite of TLS 1.2 that the server takes of these; None where it takes none."""
    context = ssl.create_default_context(cafile=authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    try:
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="127.0.0.1") as connection:
            return connection.cipher()[0]
    except (ssl.SSLError, ConnectionError):
        return None


def trickle(carrier, piece):
    """Sends pieces, far more than one in the time between two of the per-piece deadline, until something comes back."""
    while not select.select([carrier], [], [], 0.1)[0]:
        carrier.sendall(piece)


with tempfile.TemporaryDirectory() as folder:
    authority, key = certificate(folder)
    with serve("--tls-cert", authority, "--tls-key", key) as server:
        for suite in ("AES128-SHA", "AES256-SHA", "AES128-SHA256", "AES256-SHA384"):
            expect("sec-12", None, agreed(server.port, authority, f"ECDHE-ECDSA-{suite}:@SECLEVEL=0"))
        for suite in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"):
            expect("sec-12", suite, agreed(server.port, authority, suite))

with serve("--h2c-port", "0", "--body-deadline", "1") as server:
    for count, flood in (
        (5_000, frame(SETTINGS, 0, 0)), (5_000, frame(PING, 0, 0, b"\0" * 8)),
        (20_000, frame(PRIORITY, 0, 3, b"\0\0\0\0\x10")), (20_000, frame(0x77, 0, 0, b"")),
    ):
        with HTTP2(server.h2c_port) as connection:
            connection.headers(1, request("/healthz"))
            connection.status(1)
            for _ in range(10):
                connection.send(flood * (count // 10))
                open_still = connection.is_open
            connection.headers(3, request("/healthz"))
            expect("sec-12", (True, 200), (open_still, connection.status(3)))

    with Connection(server.port) as connection:
        connection.send(
            "POST /orders/order-0/updates HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        trickle(connection.socket, b" ")
        answer = connection.answer()
        expect("sec-12", (408, True), (answer.status, answer.is_problem))
        expect("sec-12", True, connection.has_ended)
    with HTTP2(server.h2c_port) as connection:
        connection.headers(
            1, request("/orders/order-0/updates", JSON, ("content-length", "100000"), method="POST"), ends=False)
        connection.until(lambda: connection.settings)
        while 1 not in connection.answers:
            trickle(connection.socket, frame(DATA, 0, 1, b" "))
            connection.take()
        expect("sec-12", 408, connection.status(1))
