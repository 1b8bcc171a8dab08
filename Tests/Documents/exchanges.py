"""Every operation of openapi.yaml, with every status that it documents, asked of running servers."""

import http.client
import json
import re
import socket

from documents import Failure
from server import Server, token
from sockets import Closed, WebSocket


class Exchanges:
    def __init__(self, documents):
        self._documents = documents
        self._reached = set()

    def call(self, server, operation, status, *, connection=None, id=None, query="", body=None, type=None, headers={},
             bearer=None, framed=True):
        """One request, whose answer must have `status` and be as the operation says. Returns the body, parsed."""
        method, path, described = self._documents.operations[operation]
        path = path.replace("{id}", id or "")
        headers = dict(headers)
        if bearer:
            headers["authorization"] = f"Bearer {bearer}"
        if type:
            headers["content-type"] = type
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        own = connection or http.client.HTTPConnection(server.host, server.port, timeout=10)
        try:
            if framed:
                own.request(method.upper(), path + query, body=body, headers=headers)
            else:
                # Neither a length nor the chunked coding, one of which `request` would add.
                own.putrequest(method.upper(), path + query)
                for name, value in headers.items():
                    own.putheader(name, value)
                own.endheaders()
            response = own.getresponse()
            what = f"{operation}: {method.upper()} {path}{query}"
            if response.status != status:
                raise Failure(f"{what}: status {response.status} in place of {status}: {response.read(400)!r}")
            is_stream = (response.getheader("content-type") or "").startswith("text/event-stream")
            contents = b"" if is_stream else response.read()
        finally:
            if not connection:
                own.close()
        return self._check(operation, described, response, contents, is_stream, f"{what}: {status}")

    def _check(self, operation, described, response, contents, is_stream, what):
        documented = described["responses"].get(str(response.status))
        if documented is None:
            raise Failure(f"{what} is not documented")
        for name, header in documented.get("headers", {}).items():
            value = response.getheader(name)
            if value is None:
                if header.get("required"):
                    raise Failure(f"{what}: the header {name} is missing")
            else:
                self._documents.check(value, header["schema"], f"{what}: header {name}")
        self._reached.add((operation, str(response.status)))
        media = response.getheader("content-type")
        if "content" not in documented:
            if contents or media:
                raise Failure(f"{what}: has a body, {media}, which is not documented")
            return None
        if media not in documented["content"]:
            raise Failure(f"{what}: content type {media}, not {' or '.join(documented['content'])}")
        self._reached.add((operation, str(response.status), media))
        if is_stream:
            return None
        value = json.loads(contents)
        self._documents.check(value, documented["content"][media]["schema"], what)
        return value

    def refuse_undocumented(self):
        """Fails where the documents promise what was not seen."""
        missing = []
        for name, (_, _, operation) in self._documents.operations.items():
            for status, response in operation["responses"].items():
                contents = response.get("content", {})
                wanted = [(name, status, media) for media in contents] or [(name, status)]
                missing += [" ".join(each) for each in wanted if each not in self._reached]
        if missing:
            raise Failure("documented, but not seen: " + "; ".join(missing))
        return len(self._reached)


UPDATE = {"status": "Activating", "message": "step 1", "stage": "provisioning"}
EVENT = {"specversion": "1.0", "id": "1", "source": "/check", "type": "order", "time": "2026-11-23T05:07:23.5Z", "data": UPDATE}
JSON = "application/json"


def check_open(call, server):
    """A server without authentication: what a client that makes no mistake sees, and one that does."""
    call(server, "health", 200)
    call(server, "readiness", 200)
    call(server, "createOrder", 201, body={"id": "a"})
    call(server, "createOrder", 201, body={"id": "b", "owner": "bob"})
    call(server, "createOrder", 409, body={"id": "a"})
    for wrong in (b"{", {"id": "a/b"}, {}, {"id": 7}):
        call(server, "createOrder", 400, body=wrong)
    call(server, "commandOrder", 202, id="a", body={"id": "c1", "command": "approve"})
    call(server, "commandOrder", 202, id="a", body={"command": "activate"})
    call(server, "commandOrder", 409, id="a", body={"id": "c2", "command": "approve"})
    call(server, "commandOrder", 400, id="a", body={"command": "nothing"})
    call(server, "commandOrder", 404, id="none", body={"command": "approve"})

    call(server, "ingestUpdates", 202, id="a", type=JSON, body=UPDATE)
    call(server, "ingestUpdates", 202, id="a", type=JSON, body=[UPDATE, UPDATE])
    call(server, "ingestUpdates", 202, id="a", type="application/cloudevents+json", body=EVENT)
    call(server, "ingestUpdates", 202, id="a", type="application/cloudevents-batch+json; charset=utf-8", body=[EVENT])
    call(server, "ingestUpdates", 409, id="a", type=JSON, body={"status": "Created"})
    call(server, "ingestUpdates", 409, id="a", type=JSON, body=[UPDATE, {"status": "Created"}])
    call(server, "ingestUpdates", 404, id="none", type=JSON, body=UPDATE)
    call(server, "ingestUpdates", 415, id="a", type="text/plain", body=UPDATE)
    for wrong in (b"{", [], {}, {"status": "Lost"}, {"status": "Failed"}, {**UPDATE, "timestamp": "yesterday"}):
        call(server, "ingestUpdates", 400, id="a", type=JSON, body=wrong)
    call(server, "ingestUpdates", 400, id="a", type="application/cloudevents+json", body={**EVENT, "specversion": "0.3"})
    for operation, id in (("createOrder", None), ("commandOrder", "a"), ("ingestUpdates", "a")):
        # Refused on the header alone: no body is sent, so that none is in flight when the connection closes.
        call(server, operation, 411, id=id, type=JSON, framed=False)
        call(server, operation, 413, id=id, type=JSON, headers={"content-length": "5000"})

    call(server, "pollOrder", 200, id="a")
    call(server, "pollOrder", 404, id="none")
    [snapshot] = call(server, "longPollOrder", 200, id="a")
    position = snapshot["id"]
    call(server, "pollOrder", 304, id="a", headers={"if-none-match": f'"{position}"'})
    call(server, "longPollOrder", 204, id="a", query=f"?after={position}&wait=0")
    first = re.sub("-.*", "-1", position)
    updates = call(server, "longPollOrder", 200, id="a", query=f"?after={first}")
    if {message["type"] for message in updates} != {"order.update"}:
        raise Failure(f"a long poll from a position that is kept: {updates}")
    lost = call(server, "longPollOrder", 200, id="a", query="?after=0-1")
    if [message["type"] for message in lost] != ["position.lost", "order.snapshot"]:
        raise Failure(f"a long poll from a position that is lost: {lost}")
    call(server, "longPollOrder", 404, id="none")
    call(server, "longPollOrder", 400, id="a", query="?wait=soon")
    call(server, "longPollOrder", 400, id="a", query="?after=here")

    call(server, "streamOrder", 200, id="a")
    call(server, "streamOrder", 404, id="none")
    call(server, "streamOrder", 400, id="a", headers={"last-event-id": "here"})
    call(server, "streamOrders", 200, query="?order=a&order=b")
    call(server, "streamOrders", 404, query="?order=a&order=none")
    call(server, "streamOrders", 400)


# Each operation with a credential, as `call` is told.
GUARDED = {
    "streamOrder": {"id": "a"}, "streamOrders": {"query": "?order=a"}, "pollOrder": {"id": "a"},
    "longPollOrder": {"id": "a"}, "ingestUpdates": {"id": "a", "type": JSON, "body": UPDATE},
    "commandOrder": {"id": "a", "body": {"command": "approve"}}, "createOrder": {"body": {"id": "c"}},
    "issueTicket": {"body": {"transport": "sse", "orders": ["a"]}}, "renewStreams": {"body": {"tokenId": "t"}},
    "revokeCredentials": {"body": {"tokenId": "t"}}, "logIn": {}, "readSession": {}, "logOut": {},
}
ANY_SCOPE = {"logIn", "readSession", "logOut"}
OF_AN_ORDER = {"streamOrder", "streamOrders", "pollOrder", "longPollOrder", "ingestUpdates", "commandOrder"}


def check_credentials(call, server):
    alice, bob = token("alice", "read", "command"), token("bob", "read", "command")
    call(server, "createOrder", 201, body={"id": "a"}, bearer=alice)
    for operation, request in GUARDED.items():
        call(server, operation, 401, **request)
        call(server, operation, 401, bearer=alice[:-2] + ("AA" if alice[-2:] != "AA" else "BB"), **request)
        # Two credentials at once, which are refused whatever they say.
        twice = {**request, "query": request.get("query", "?") + f"&access_token={alice}"}
        call(server, operation, 400, bearer=alice, **twice)
        if operation not in ANY_SCOPE:
            call(server, operation, 403, bearer=token("alice"), **request)
        if operation in OF_AN_ORDER:
            call(server, operation, 403, bearer=bob, **request)
    call(server, "createOrder", 403, body={"id": "d", "owner": "alice"}, bearer=bob)
    call(server, "createOrder", 201, body={"id": "d", "owner": "alice"}, bearer=token("bob", "command", "publish"))
    call(server, "pollOrder", 200, id="a", bearer=alice)
    call(server, "ingestUpdates", 409, id="a", type=JSON, body=UPDATE, bearer=token("system", "publish"))
    for operation in ("issueTicket", "renewStreams", "revokeCredentials"):
        all_scopes = token("alice", "read", "credentials:revoke")
        call(server, operation, 400, body=b"{", bearer=all_scopes)
        call(server, operation, 411, framed=False, bearer=all_scopes)
        call(server, operation, 413, headers={"content-length": "5000"}, bearer=all_scopes)


def check_sessions(call, server):
    """A session from its login to its logout, as a page has it."""
    bearer = token("alice", "read")
    session = call(server, "logIn", 201, bearer=bearer)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("POST", "/session", headers={"authorization": f"Bearer {bearer}"})
    response = connection.getresponse()
    session = json.loads(response.read())
    cookie = {"cookie": response.getheader("set-cookie").split(";")[0]}
    connection.close()
    own = {**cookie, "x-csrf-token": session["csrfToken"]}
    if call(server, "readSession", 200, headers=cookie) != session:
        raise Failure("a session that was read again differs from its login")
    call(server, "pollOrder", 200, id="a", headers=cookie)
    for operation in ("readSession", "logOut"):
        call(server, operation, 404, bearer=bearer)
    call(server, "logIn", 403, headers=own)
    call(server, "readSession", 403, headers={**cookie, "origin": "https://elsewhere.example"})
    call(server, "logOut", 403, headers=cookie)
    call(server, "logOut", 204, headers=own)
    call(server, "readSession", 401, headers=cookie)


def check_exchanges(call, server):
    """Tickets, renewals and revocations."""
    alice = token("alice", "read", id="first")
    ticket = call(server, "issueTicket", 201, body={"transport": "polling", "orders": ["a"]}, bearer=alice)["ticket"]
    call(server, "pollOrder", 200, id="a", query=f"?ticket={ticket}")
    call(server, "pollOrder", 401, id="a", query=f"?ticket={ticket}")
    call(server, "renewStreams", 404, body={"tokenId": "first"}, bearer=alice)
    held = http.client.HTTPConnection(server.host, server.port, timeout=10)
    call(server, "streamOrder", 200, id="a", bearer=alice, connection=held)
    later = token("alice", "read", id="second")
    renewed = call(server, "renewStreams", 200, body={"tokenId": "first"}, bearer=later)
    if renewed["streams"] != 1:
        raise Failure(f"a renewal of one stream: {renewed}")
    held.close()
    revoker = token("operator", "credentials:revoke")
    call(server, "revokeCredentials", 204, body={"tokenId": "second"}, bearer=revoker)
    call(server, "pollOrder", 401, id="a", bearer=later)
    call(server, "revokeCredentials", 204, body={"subject": "bob"}, bearer=revoker)
    call(server, "pollOrder", 401, id="a", bearer=token("bob", "read"))
    _exhaust_tickets(server, alice)
    call(server, "issueTicket", 429, body={"transport": "sse", "orders": ["a"]}, bearer=alice)


def _exhaust_tickets(server, bearer):
    """As many tickets as one subject may have: one request after the other on one connection, without a parser."""
    body = b'{"transport":"sse","orders":["a"]}'
    request = (
        f"POST /tickets HTTP/1.1\r\nhost: {server.host}\r\nauthorization: Bearer {bearer}\r\n"
        f"content-length: {len(body)}\r\n\r\n").encode() + body
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        # What is left of an answer that came in parts holds no other status line.
        for _ in range(100_000):
            connection.sendall(request)
            answer = connection.recv(65536)
            while b"}" not in answer:
                answer += connection.recv(65536)
            if b" 429 " in answer.split(b"\r\n")[0]:
                return
    raise Failure("the tickets of one subject have no bound")


def check_draining(call, server):
    """What connections see that were open before a drain, while a WebSocket that never leaves holds it up."""
    held = WebSocket(server, f"/orders/order-0/socket?access_token={token('alice', 'read')}")
    waiting = {operation: http.client.HTTPConnection(server.host, server.port, timeout=10) for operation in GUARDED}
    waiting["readiness"] = http.client.HTTPConnection(server.host, server.port, timeout=10)
    for connection in waiting.values():
        call(server, "health", 200, connection=connection)
    server.drain()
    try:
        while True:
            held.receive()
    except Closed as end:
        if end.code is None:
            raise Failure("a drain ended a WebSocket without a close frame") from None
    for operation, connection in waiting.items():
        request = {**GUARDED.get(operation, {})}
        if "id" in request:
            request["id"] = "order-0"
        call(server, operation, 503, connection=connection, **request)
        connection.close()
    held.close()


def run(documents, command):
    exchanges = Exchanges(documents)
    with Server(command, "--max-body-bytes", "4096", "--max-connections-per-owner", "64") as server:
        check_open(exchanges.call, server)
    with Server(command, "--max-body-bytes", "4096", auth="cookie,query,ticket") as server:
        check_credentials(exchanges.call, server)
        check_sessions(exchanges.call, server)
        check_exchanges(exchanges.call, server)
    with Server(command, "--orders", "1", auth="cookie,query,ticket") as server:
        check_draining(exchanges.call, server)
    return exchanges.refuse_undocumented()
