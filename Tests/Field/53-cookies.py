"""The session's cookie among others: one session, or a refusal; never another's."""

import json

from field import *

with serve("--owner", "alice", auth="cookie") as server:
    with Connection(server.port) as connection:
        connection.send(get(
            "/session", server.port, "Authorization: Bearer " + token("alice", "read"), "Content-Length: 0", method="POST"))
        login = connection.answer()
    expect("53", (201, True), (login.status, "csrfToken" in json.loads(login.body)))
    name, value = login.headers["set-cookie"].split(";")[0].split("=", 1)
    session = f"{name}={value}"

    def status(*cookies):
        lines = [f"Cookie: {cookie}".encode().decode("latin-1") for cookie in cookies]
        request = get("/orders/order-0", server.port, *lines)
        return ask(server.port, request, "Authorization: Bearer " + token("alice", "read"))[0]

    for cookies in (
        [session], [f"a=1; {session}"], [f"{session}; a=1"], [f"a=ä; {session}; b=\u212a"], [f"a={name}; {session}"],
        [f"x{session}; {session}"], [f"{name}x=1; {session}"], ["a=1", session], [f"{session};a=\u037e"],
    ):
        expect("53", [200], status(*cookies))
    for cookies in ([f"{session}; {session}"], [session, session], [f"{name}=; {session}"], [f"{name}=a;{session}"]):
        expect("53", [400], status(*cookies))
    # A name is compared byte for byte; GREEK QUESTION MARK is no semicolon, though it is canonically equivalent to one.
    for cookies in (
        [session.upper()], [f"\"{session}\""], [f"{name}=\"{value}\""], [f"a=1\u037e{session}"], [f"{name}x={value}"],
        [f"{name}\u0338={value}"], [session[:-1]], [f"{session}x"], [f"{name}={value.lower()}"],
    ):
        expect("53", [401], status(*cookies))
