#!/usr/bin/python3
"""Row sec-8, its paths: over HTTP/1.1 `%2F` is no slash, and dot segments and empty ones are not resolved, so that a path which a proxy
guards by its name is reachable by no other. Over HTTP/2 libwebsockets 4.1 decodes and resolves a path before anybody sees it, which is
pinned here (Protocol.md, "Decisions")."""

from field import *


def over_http2(path, port):
    done = subprocess.run(
        ["curl", "--silent", "--http2-prior-knowledge", "--path-as-is", "--noproxy", "*", "--max-time", str(PATIENCE), "--output", os.devnull,
         "--write-out", "%{http_code}", f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True)
    return int(done.stdout)


with serve("--h2c-port", "0") as server:
    for path, own, resolved in (
        ("/orders/order-0", 200, 200), ("/orders/order%2D0", 200, 200),
        ("/orders%2Forder-0", 404, 200), ("/orders%2forder-0", 404, 200), ("/x/../orders/order-0", 404, 200),
        ("/orders/./order-0", 404, 200), ("/orders/%2e%2e/orders/order-0", 404, 200), ("//orders//order-0", 404, 200),
    ):
        expect("sec-8", (path, own), (path, exchange(server.port, get(path, server.port)).status))
        expect("sec-8", (path, "HTTP/2", resolved), (path, "HTTP/2", over_http2(path, server.h2c_port)))
