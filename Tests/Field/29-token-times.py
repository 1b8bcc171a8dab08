"""NumericDates with a fraction (RFC 7519, section 2): `exp` is rounded down, `nbf` up; `iat` may be ahead by the clock skew alone."""

import time

from field import *

SKEW = 5

with serve("--owner", "alice", "--clock-skew", f"{SKEW}s", auth="bearer") as server:
    now = int(time.time())
    for claims in (
        {"exp": now + 600}, {"exp": now + 600.0}, {"exp": now + 600.5}, {"exp": 8999999999.5}, {"nbf": now - 10.5}, {"nbf": 0.5},
        {"iat": now - 10.25}, {"iat": 0.25}, {"iat": now + SKEW - 1}, {"iat": None},
    ):
        expect("29, sec-7", [200], authorized(server.port, "Bearer " + token("alice", "read", **claims)))
    for claims in (
        {"exp": now - 600.5}, {"exp": -0.5}, {"exp": 9000000000.5}, {"exp": 1e300}, {"exp": 10**20}, {"exp": "1.5"}, {"nbf": now + 600.5},
        {"nbf": -0.5}, {"nbf": 1e300},
    ):
        expect("29, sec-7", [401], authorized(server.port, "Bearer " + token("alice", "read", **claims)))
    for ahead in (3600, 86400, 86400.5):
        expect("sec-12", [401], authorized(server.port, "Bearer " + token("alice", "read", iat=now + ahead)))
