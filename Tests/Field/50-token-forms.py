"""Headers and claims that issuers write: taken as RFC 7519, 9068 and 6750 have them, or refused."""

from field import *

with serve("--owner", "alice", auth="bearer") as server:
    good = token("alice", "read")
    for value in (
        f"Bearer {good}", f"BEARER {good}", f"bearer   {good}", f"Bearer {good} ",
        *(f"Bearer {token('alice', 'read', header={'typ': typ})}" for typ in ("JWT", "at+jwt", "application/at+jwt", "AT+JWT", None)),
        f"Bearer {token('alice', aud=['other', 'tandem'], scope='openid  orders:read ')}",
        f"Bearer {token('alice', 'read', exp=8999999999.5, unknown=[1, {'sub': 'bob'}])}",
    ):
        expect("50", [200], authorized(server.port, value))
    for value in (
        f"Bearer {good}=", f"Bearer{good}", f"Basic {good}", f"Bearer {good} {good}",
        *(f"Bearer {token('alice', 'read', header=header)}" for header in (
            {"typ": "logout+jwt"}, {"typ": "dpop+jwt"}, {"crit": ["b64"], "b64": False}, {"crit": []}, {"alg": "none"}, {"alg": "HS512"},
            {"kid": "other"}, {"kid": "Check"})),
        *(f"Bearer {token('alice', 'read', **claims)}" for claims in (
            {"aud": ["other"]}, {"aud": []}, {"aud": None}, {"iss": None}, {"iss": ["tandem"]}, {"sub": None}, {"sub": ""}, {"sub": 7},
            {"exp": None}, {"exp": True})),
    ):
        expect("50", [401], authorized(server.port, value))
    expect("50", [403], authorized(server.port, f"Bearer {token('alice', scope='orders:READ')}"))
