"""`--allow-origin` becomes what browsers send, or is refused with what to write: nothing is taken that no page can match."""

from field import *

# As written, and as a browser sends it.
TAKEN = [
    ("https://app.example/", "https://app.example"), ("HTTPS://Shop.Example", "https://shop.example"),
    ("https://b.example:443", "https://b.example"), ("http://c.example:80", "http://c.example"),
    ("https://d.example:08443", "https://d.example:8443"), ("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
]
# And a word of what is said.
REFUSED = [
    ("c.example", "has no scheme"), ("", "an origin is missing"), ("https://user@app.example", "user information"),
    ("https://app.example/path", "more than scheme, host and port"), ("https://app.example?q", "more than"),
    ("null", "every sandboxed frame"), ("https://*.example", "wildcard"), ("https://a.example,https://b.example", "several"),
    ("wss://app.example", "WebSocket"), ("ftp://app.example", "no page calls"), ("https://", "no host"), ("https://a.example:65536", "port"),
    ("https://bücher.example", "xn--"), ("https://1.2.3", "no host"), (" https://app.example", "space"),
]

options = [option for written, _ in TAKEN for option in ("--allow-origin", written)]
with serve(*options) as server:
    for written, sent in TAKEN:
        with Connection(server.port) as connection:
            connection.send(get(
                "/orders/order-0", server.port, f"Origin: {sent}", "Access-Control-Request-Method: GET", method="OPTIONS"))
            answer = connection.answer()
        expect("18", (204, sent), (answer.status, answer.headers.get("access-control-allow-origin")))

for written, word in REFUSED:
    status, _, error = run("serve", "--port", "0", "--auth", "none", "--allow-origin", written)
    expect("18", (2, True), (status, word in error))
