"""Subjects, issuers and audiences that are equal as text, and not byte for byte, are somebody else's (RFC 7519, section 2)."""

import json

from field import *

# Whose order it is, and who else is, to Unicode or to the eye, of that name.
NAMESAKES = [
    ("Kate", ["\u212aate", "kate", "Kate\u200b", "Ka\u200dte"]), ("Å", ["\u212b", "A\u030a"]), ("Ω", ["\u2126"]),
    ("jos\u00e9", ["jose\u0301", "JOS\u00c9"]), ("jose\u0301", ["jos\u00e9"]), ("\uac01", ["\u1100\u1161\u11a8"]),
    ("\u1100\u1161\u11a8", ["\uac01"]), ("q\u0323\u0307", ["q\u0307\u0323"]),
]


ISSUER, AUDIENCE = "Kiss", "Kaud"


def answers(port, **claims):
    """To a read and to a command."""
    bearer = "Authorization: Bearer " + token(claims.pop("sub"), "read", "command", **claims)
    body = json.dumps({"command": "complete"})
    own = "Authorization: Bearer " + token("u", "read", iss=ISSUER, aud=AUDIENCE)
    read = ask(port, get("/orders/order-0", port, bearer), own)[0]
    fields = [bearer, "Content-Type: application/json", f"Content-Length: {len(body)}"]
    command = ask(port, get("/orders/order-0/commands", port, *fields, method="POST") + body, own)[0]
    return read + command


for owner, others in NAMESAKES:
    with serve("--owner", owner, "--issuer", ISSUER, "--audience", AUDIENCE, auth="bearer") as server:
        for other in others:
            expect("sec-2", (ascii(other), [403, 403]), (ascii(other), answers(server.port, sub=other, iss=ISSUER, aud=AUDIENCE)))
        expect("sec-2", (ascii(owner), [200, 202]), (ascii(owner), answers(server.port, sub=owner, iss=ISSUER, aud=AUDIENCE)))

with serve("--owner", "u", "--issuer", ISSUER, "--audience", AUDIENCE, auth="bearer") as server:
    for issuer, audience in (("\u212aiss", AUDIENCE), (ISSUER, "\u212aaud"), ("kiss", AUDIENCE), (ISSUER, ["a", "Kaud\u200b"])):
        expect("sec-2", [401, 401], answers(server.port, sub="u", iss=issuer, aud=audience))
    expect("sec-2", [200, 202], answers(server.port, sub="u", iss=ISSUER, aud=AUDIENCE))
