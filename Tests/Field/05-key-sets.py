#!/usr/bin/python3
"""A key set with keys that cannot be used: it is used for the rest, at the start and when it is replaced."""

import json
import tempfile

from field import *

folder = tempfile.TemporaryDirectory()
path = folder.name + "/keys.jwks"
new_secret = os.urandom(32)
UNUSABLE = [
    {"kty": "AKP", "alg": "ML-DSA-65", "kid": "pq", "pub": "AAAA"},
    {"kty": "EC", "crv": "P-384", "kid": "large", "x": "AAAA", "y": "AAAA"},
    {"kty": "OKP", "crv": "X25519", "kid": "agreement", "x": "AAAA"},
    {"kty": "oct", "alg": "HS512", "kid": "long", "k": "AAAA"},
]


def put(*keys):
    """Replaces the file whole, as its owner alone may read it."""
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"keys": keys}, file)
    os.rename(path + ".new", path)


def status(port, text):
    with Connection(port) as connection:
        connection.send(get("/orders/order-0", port, f"Authorization: Bearer {text}"))
        return connection.answer().status


put(*UNUSABLE)
code, _, error = run("serve", "--jwks", path, "--port", "0")
expect("5", (2, True, True), (code, "has no key that can be used" in error, '"AKP" is not supported' in error))

put(*UNUSABLE, key())
reader, writer = os.pipe()
with os.fdopen(reader) as log, os.fdopen(writer, "w") as output:
    with serve("--owner", "alice", auth="bearer", jwks=path, log=output) as server:
        output.close()
        lines = []

        def named(kid):
            """Waits for the line that names an ignored key, which is written once the set that it is of counts."""
            while not any("ignored" in line and f'"{kid}"' in line for line in lines):
                line = log.readline()
                if not line:
                    return False
                lines.append(line)
            return True

        old, new = token("alice", "read"), token("alice", "read", kid="new", secret=new_secret)
        expect("5", [True] * 4, [named(unusable["kid"]) for unusable in UNUSABLE])
        expect("5", (200, 401), (status(server.port, old), status(server.port, new)))
        put(*UNUSABLE, key(), key("new", new_secret), {"kty": "AKP", "kid": "later"})
        expect("5", True, named("later"))
        expect("5", (200, 200), (status(server.port, old), status(server.port, new)))
        put(*UNUSABLE, key("new", new_secret), {"kty": "AKP", "kid": "last"})
        expect("5", True, named("last"))
        expect("5", (401, 200), (status(server.port, old), status(server.port, new)))
    lines += log
    # Each once, however often the set is read.
    kids = [unusable["kid"] for unusable in UNUSABLE] + ["later", "last"]
    expect("5", [1] * 6, [sum("ignored" in line and f'"{kid}"' in line for line in lines) for kid in kids])
