#!/usr/bin/python3
"""Rows 1 and sec-1: a field whose name is the beginning of one that libwebsockets knows is ignored, wherever it stands."""

import shutil
import subprocess
import tempfile

from field import *

NAMES = "A X T If Set Last Auth User Proxy Content Cache Author X-Auth X-Real X-Forwarded Sec Accept-Lang X-Other".split()


def haproxy(backend):
    """HAProxy in front of the server, with connections that clients share: the process, its port and its folder."""
    # It is handed a socket that listens already, so that nobody waits for it.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        folder = tempfile.mkdtemp(prefix="field-haproxy-")
        with open(f"{folder}/haproxy.cfg", "w") as file:
            file.write(
                "defaults\n mode http\n timeout client 60s\n timeout server 60s\n timeout connect 10s\n http-reuse always\n"
                f"frontend f\n bind fd@{listener.fileno()}\n default_backend b\n"
                f"backend b\n server s 127.0.0.1:{backend}\n")
        process = subprocess.Popen(
            ["haproxy", "-db", "-f", f"{folder}/haproxy.cfg"], stderr=subprocess.DEVNULL, pass_fds=[listener.fileno()])
        return process, listener.getsockname()[1], folder


with serve(orders=1) as server:
    for name in NAMES:
        expect("1", ([200], "open"), ask(server.port, get("/healthz", server.port, f"{name}: abc")))
        for origin, status in ((f"http://127.0.0.1:{server.port}", 101), ("http://other.example", 403)):
            with Connection(server.port) as connection:
                connection.send(get("/socket", server.port, *UPGRADE, f"{name}: abc", f"Origin: {origin}"))
                expect("1, sec-1", (name, status), (name, connection.answer().status))

with serve("--owner", "alice", auth="bearer", orders=2) as server:
    credential = f"Authorization: Bearer {token('alice', 'read')}"
    hidden = get("/orders/order-1", server.port, credential)
    for name in NAMES:
        before = ask(server.port, get("/orders/order-0", server.port, f"{name}: abc", credential), credential)
        expect("sec-1", ([200], "open"), before)
        length = f"Content-Length: {len(hidden)}"
        body = ask(server.port, get("/healthz", server.port, f"{name}: abc", length) + hidden, credential)
        expect("sec-1", ([200], "open"), body)

    # Another client of a proxy asks for order-0, and must not get the answer to what stands in an attacker's body.
    if shutil.which("haproxy"):
        process, port, folder = haproxy(server.port)
        try:
            for field in ("", "A: b\r\n"):
                hidden = "GET /orders/order-1 HTTP/1.1\r\nHost: x\r\nX-Foo: "
                with Connection(port) as attacker, Connection(port) as victim:
                    attacker.send(f"GET /healthz HTTP/1.1\r\nHost: x\r\n{field}Content-Length: {len(hidden)}\r\n\r\n{hidden}")
                    attacker.answer()
                    victim.send(get("/orders/order-0", port, credential))
                    answer = victim.answer()
                    expect("sec-1", (200, True), (answer.status, b'"order-0"' in answer.body))
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(folder)
