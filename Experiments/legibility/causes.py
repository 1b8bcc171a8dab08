"""The twelve causes, and how each is brought about. A cause is a place to connect to, and what happens once streams are open."""

import contextlib
import dataclasses
import uuid

from peers import BlackHole, ProtocolBreaker, Resetter
from target import HeldStream, Server, TargetError


async def nothing():
    """Refused or failed by itself."""


@dataclasses.dataclass
class Situation:
    """What the clients of a cause are given."""
    http: str
    ws: str
    token: str
    order: str = "order-0"
    #: What goes wrong, once every client has its snapshot.
    strike: object = nothing
    #: Whether there are streams at all before it.
    opens: bool = False


class Stage:
    """What causes are made of: keys, an untrusted certificate, and the origins of two pages."""

    def __init__(self, keys, certificate, origin, foreign, command):
        self.keys, self.certificate, self.origin, self.foreign = keys, certificate, origin, foreign
        self._command = command

    def server(self, *options, tls=None, origin=None):
        return Server(
            self.keys, "--auth", "query,message", "--allow-origin", origin or self.origin, *options,
            command=self._command, tls=tls)


def _from(server, token, **members):
    return Situation(server.http, server.ws, token, **members)


def _ends(peer):
    async def strike():
        peer.strike()
    return strike


@contextlib.asynccontextmanager
async def bad_token(stage):
    async with stage.server() as server:
        token = stage.keys.token()
        # The first letter of a signature: the last may hold bits that do not count.
        head, _, signature = token.rpartition(".")
        yield _from(server, f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}")


@contextlib.asynccontextmanager
async def expired(stage):
    async with stage.server() as server:
        yield _from(server, stage.keys.token(lifetime=3), opens=True)


@contextlib.asynccontextmanager
async def revoked(stage):
    async with stage.server() as server:
        identity = uuid.uuid4().hex

        async def strike():
            operator = stage.keys.token("operator", ["credentials:revoke"])
            status = await server.request("POST", "/revocations", operator, {"tokenId": identity})
            if status != 204:
                raise TargetError(f"the revocation was answered {status}")

        yield _from(server, stage.keys.token(identity=identity), strike=strike, opens=True)


@contextlib.asynccontextmanager
async def forbidden(stage):
    async with stage.server() as server:
        yield _from(server, stage.keys.token("mallory"))


@contextlib.asynccontextmanager
async def not_found(stage):
    async with stage.server() as server:
        yield _from(server, stage.keys.token(), order="order-404")


@contextlib.asynccontextmanager
async def overloaded(stage):
    async with stage.server("--max-connections-per-owner", "1") as server:
        async with HeldStream(server, stage.keys.token()):
            yield _from(server, stage.keys.token())


@contextlib.asynccontextmanager
async def draining(stage):
    async with stage.server() as server:
        async def strike():
            server.drain()
        yield _from(server, stage.keys.token(), strike=strike, opens=True)


@contextlib.asynccontextmanager
async def wrong_origin(stage):
    async with stage.server(origin=stage.foreign) as server:
        yield _from(server, stage.keys.token())


@contextlib.asynccontextmanager
async def protocol_error(stage):
    async with ProtocolBreaker(stage.origin) as peer:
        yield _from(peer, stage.keys.token(), strike=_ends(peer), opens=True)


@contextlib.asynccontextmanager
async def network_reset(stage):
    async with Resetter(stage.origin) as peer:
        yield _from(peer, stage.keys.token(), strike=_ends(peer), opens=True)


@contextlib.asynccontextmanager
async def timeout(stage):
    async with BlackHole(stage.origin) as peer:
        yield _from(peer, stage.keys.token())


@contextlib.asynccontextmanager
async def tls(stage):
    async with stage.server(tls=stage.certificate) as server:
        yield _from(server, stage.keys.token())


CAUSES = {
    "bad token": bad_token, "expired": expired, "revoked": revoked, "forbidden": forbidden, "not found": not_found,
    "overloaded": overloaded, "draining": draining, "wrong origin": wrong_origin, "protocol error": protocol_error,
    "network reset": network_reset, "timeout": timeout, "TLS": tls,
}


def clients(situation):
    """Each native client, with the credential where it can carry one. A fetch reads the stream as it arrives."""
    path, token = f"/orders/{situation.order}", situation.token
    events = f"{situation.http}{path}/events"
    return {
        "EventSource": ("EventSource", {"url": f"{events}?access_token={token}"}),
        # A query of its own, by which its timing is found.
        "EventSource, Resource Timing": ("EventSource", {"url": f"{events}?access_token={token}&of=timed", "timed": True}),
        "WebSocket": ("WebSocket", {"url": f"{situation.ws}{path}/socket?access_token={token}"}),
        "WebSocket, first message": ("WebSocket", {
            "url": f"{situation.ws}{path}/socket", "first": {"type": "authenticate", "token": token}}),
        "fetch": ("fetch", {
            "url": events, "init": {"headers": {"Authorization": f"Bearer {token}"}}}),
    }
