#!/usr/bin/python3
"""Row 49: preflights (WHATWG Fetch, "CORS-preflight fetch"): lists, spaces, case, unknown methods, `null` and another origin."""

from field import *

APP = "https://app.example"

with serve("--allow-origin", APP) as server:
    def preflight(origin, *fields, path="/orders/order-0/updates"):
        answer = exchange(server.port, get(path, server.port, f"Origin: {origin}", *fields, method="OPTIONS"))
        return answer.status, answer.headers.get("access-control-allow-origin"), answer.headers

    for fields in (
        ("Access-Control-Request-Method: POST",),
        ("Access-Control-Request-Method: DELETE", "Access-Control-Request-Headers: x-csrf-token"),
        ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type"),
        ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers:  Authorization , CONTENT-TYPE "),
        # What is not allowed is not in the answer's lists, and the page's browser refuses it.
        ("Access-Control-Request-Method: PATCH",), ("Access-Control-Request-Method: post",),
        ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-unknown"),
    ):
        status, allowed, headers = preflight(APP, *fields)
        expect("49", (fields, 204, APP), (fields, status, allowed))
        methods = headers["access-control-allow-methods"].split(", ")
        expect("49", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"], methods)
        names = headers["access-control-allow-headers"].lower().split(", ")
        expect("49", ({"authorization", "content-type", "x-csrf-token"}, False), (
            {"authorization", "content-type", "x-csrf-token"} & set(names), "x-unknown" in names))
    post_of = "Access-Control-Request-Method: POST"
    for origin in ("null", "https://evil.example", "https://app.example.evil.example", "http://app.example", "https://app.example:444"):
        expect("49", (origin, 403, None), (origin, *preflight(origin, post_of)[:2]))
    own = f"http://127.0.0.1:{server.port}"
    expect("49", (204, own), preflight(own, post_of)[:2])
