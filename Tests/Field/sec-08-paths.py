#!/usr/bin/python3
"""Row sec-8, its paths: `%2F` is no slash, and dot segments and empty ones are not resolved, so that a path which a proxy guards by its
name is reachable by no other, over HTTP/1.1 and over HTTP/2 (Protocol.md, "Decisions")."""

from field import *


def over_http2(path, port):
    done = subprocess.run(
        ["curl", "--silent", "--http2-prior-knowledge", "--path-as-is", "--noproxy", "*", "--max-time", str(PATIENCE), "--output", os.devnull,
         "--write-out", "%{http_code}", f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True)
    return int(done.stdout)


with serve("--h2c-port", "0") as server:
    for path, status in (
        ("/orders/order-0", 200), ("/orders/order%2D0", 200),
        ("/orders%2Forder-0", 404), ("/orders%2forder-0", 404), ("/x/../orders/order-0", 404),
        ("/orders/./order-0", 404), ("/orders/%2e%2e/orders/order-0", 404), ("//orders//order-0", 404),
    ):
        expect("sec-8", (path, status), (path, exchange(server.port, get(path, server.port)).status))
        expect("sec-8", (path, "HTTP/2", status), (path, "HTTP/2", over_http2(path, server.h2c_port)))
