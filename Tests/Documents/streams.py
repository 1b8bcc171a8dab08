"""Every event and message of asyncapi.yaml, seen on the streams of running servers."""

import http.client
import json
import re

import sources
from documents import Failure
from server import Server, token
from sockets import Closed, WebSocket

POSITION = r"[0-9a-f]{1,16}-[0-9]+"


class Streams:
    def __init__(self, documents):
        self._documents = documents
        self._seen = set()
        self._reasons = sources.close_reasons()

    def event(self, channel, name, data, id):
        """Checks one SSE event."""
        message = self._documents.messages(channel, "send").get(name)
        if message is None:
            raise Failure(f"{channel}: the event {name} is not documented")
        self._documents.check(json.loads(data), message["payload"], f"{channel}: {name}")
        # Of the snapshots of a stream of many orders, only the last carries the position.
        is_optional = (channel, name) == ("events", "order.snapshot") and id is None
        if not is_optional and message["x-sse-id"] != (id is not None) or (id and not re.fullmatch(POSITION, id)):
            raise Failure(f"{channel}: {name} has the id {id}")
        self._seen.add((channel, "send", name))
        if name == "close":
            self.close(json.loads(data))

    def message(self, channel, text):
        """Checks one WebSocket message of the server, and returns it."""
        message = json.loads(text)
        documented = self._documents.messages(channel, "send").get(message.get("type"))
        if documented is None:
            raise Failure(f"{channel}: the message {text} is not documented")
        self._documents.check(message, documented["payload"], f"{channel}: {message['type']}")
        self._seen.add((channel, "send", message["type"]))
        return message

    def send(self, socket, channel, **message):
        """Sends one message of a client, which must be as documented."""
        documented = self._documents.messages(channel, "receive")[message["type"]]
        self._documents.check(message, documented["payload"], f"{channel}: {message['type']}")
        self._seen.add((channel, "receive", message["type"]))
        socket.send(json.dumps(message))

    def close(self, notice, code=None):
        """Checks a close against its schema and against the table of reasons in the sources."""
        self._documents.check(notice, self._documents.openapi["components"]["schemas"]["CloseNotice"], "a close")
        known = self._reasons.get(notice["reason"])
        if known is None or known[:2] != (notice["code"], notice["reconnect"]) or code not in (None, notice["code"]):
            raise Failure(f"a close is {notice}, with the code {code}; the sources have {known}")

    def read_events(self, channel, response, until):
        """Reads SSE up to the event `until` (WHATWG HTML, section 9.2.6, as much as the server uses)."""
        fields = {}
        while True:
            line = response.readline().decode()
            if not line:
                raise Failure(f"{channel}: the stream ended before {until}")
            line = line.rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                if name not in ("event", "id", "data", "retry"):
                    raise Failure(f"{channel}: the line {line!r} is not documented")
                fields[name] = value
                continue
            if "event" in fields:
                self.event(channel, fields["event"], fields["data"], fields.get("id"))
                if fields["event"] == until:
                    return fields
            fields = {}

    def read_messages(self, channel, socket, until):
        while True:
            message = self.message(channel, socket.receive())
            if message["type"] == until:
                return message

    def expect_close(self, channel, socket):
        try:
            while True:
                self.message(channel, socket.receive())
        except Closed as end:
            if end.code is None:
                raise Failure(f"{channel}: the connection ended without a close frame") from None
            self.close(json.loads(end.reason), end.code)
            if not socket.answer_close(end.code):
                raise Failure(f"{channel}: something follows the closing handshake") from None
            return json.loads(end.reason)["reason"]

    def refuse_undocumented(self):
        wanted = {
            (channel, action, name)
            for channel in self._documents.asyncapi["channels"] for action in ("send", "receive")
            for name in self._documents.messages(channel, action)
        }
        if wanted - self._seen:
            raise Failure("documented, but not seen: " + "; ".join(" ".join(each) for each in sorted(wanted - self._seen)))
        return len(self._seen)


def publish(server):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    body = json.dumps({"status": "Activating", "message": 'quotes " and \\ and \u2028'})
    connection.request("POST", "/orders/order-0/updates", body=body, headers={"content-type": "application/json"})
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 202:
        raise Failure(f"an update was refused: {response.status}")


def check_events(streams, server, channel, path):
    """One event stream from its snapshot on, and one from a lost position; returns the first, still open."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    streams.read_events(channel, response, "order.snapshot")
    publish(server)
    streams.read_events(channel, response, "order.update")
    streams.read_events(channel, response, "heartbeat")
    lost = http.client.HTTPConnection(server.host, server.port, timeout=10)
    lost.request("GET", path, headers={"last-event-id": "0-1"})
    late = lost.getresponse()
    fields = streams.read_events(channel, late, "position.lost")
    if json.loads(fields["data"])["position"] != "0-1":
        raise Failure(f"{channel}: position.lost names another position: {fields}")
    streams.read_events(channel, late, "order.snapshot")
    lost.close()
    return response


def check_socket(streams, server, channel, path):
    """Every message of one kind of socket; returns the socket, still open."""
    socket = WebSocket(server, path, subprotocol="order-updates.v1")
    if socket.subprotocol != "order-updates.v1":
        raise Failure(f"{channel}: the subprotocol is {socket.subprotocol}")
    own = path != "/socket"
    if own:
        streams.read_messages(channel, socket, "order.snapshot")
        streams.send(socket, channel, type="unsubscribe", orderId="order-0")
        streams.read_messages(channel, socket, "unsubscribed")
    streams.send(socket, channel, type="subscribe", orderId="order-0", resume="0-1")
    streams.read_messages(channel, socket, "subscribed")
    streams.read_messages(channel, socket, "position.lost")
    streams.read_messages(channel, socket, "order.snapshot")
    publish(server)
    streams.read_messages(channel, socket, "order.update")
    streams.read_messages(channel, socket, "heartbeat")
    for order, status in (("none", 404), ("order-0", 409)):
        streams.send(socket, channel, type="subscribe", orderId=order)
        error = streams.read_messages(channel, socket, "error")
        if error["status"] != status:
            raise Failure(f"{channel}: {error} in place of {status}")
    for order, accepted in (("order-1", True), ("none", False)):
        streams.send(socket, channel, type="command", id="c", orderId=order, command="complete")
        result = streams.read_messages(channel, socket, "command.result")
        if (result["id"], result["accepted"]) != ("c", accepted if not own else False):
            raise Failure(f"{channel}: a command of {order}: {result}")
    if not own:
        streams.send(socket, channel, type="unsubscribe", orderId="order-0")
        streams.read_messages(channel, socket, "unsubscribed")
    return socket


def check_credentials(streams, server, channel, path):
    """A socket that presents its credential in its first message, renews it, and has it revoked."""
    socket = WebSocket(server, path, subprotocol="order-updates.v1")
    streams.send(socket, channel, type="authenticate", token=token("alice", "read", id=f"{channel}-1"))
    streams.read_messages(channel, socket, "authenticated")
    for refused, status in ((token("bob", "read"), 403), ("x.y.z", 401)):
        streams.send(socket, channel, type="refresh", token=refused)
        error = streams.read_messages(channel, socket, "error")
        if (error["status"], error["orderId"]) != (status, ""):
            raise Failure(f"{channel}: {error} in place of {status}")
    streams.send(socket, channel, type="refresh", token=token("alice", "read", id=f"{channel}-2"))
    streams.read_messages(channel, socket, "refreshed")
    revoke(server, f"{channel}-1")
    revoke(server, f"{channel}-2")
    if (reason := streams.expect_close(channel, socket)) != "credential-revoked":
        raise Failure(f"{channel}: a revocation ended with {reason}")


def revoke(server, id):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    headers = {"authorization": f"Bearer {token('operator', 'credentials:revoke')}"}
    connection.request("POST", "/revocations", body=json.dumps({"tokenId": id}), headers=headers)
    if (status := connection.getresponse().status) != 204:
        raise Failure(f"a revocation: {status}")
    connection.close()


def check_first_messages(streams, server):
    """What ends a socket that has presented no credential, or one that does not do."""
    good = token("alice", "read")
    for path, text, reason in (
        ("/socket", '{"type":"authenticate","token":"x.y.z"}', "unauthorized"),
        ("/socket", '{"type":"subscribe","orderId":"order-0"}', "unauthorized"),
        ("/orders/order-0/socket", json.dumps({"type": "authenticate", "token": token("bob", "read")}), "forbidden"),
        ("/socket", json.dumps({"type": "authenticate", "token": token("alice")}), "forbidden"),
        ("/orders/none/socket", json.dumps({"type": "authenticate", "token": good}), "unknown-order"),
        ("/socket", "{", "policy-violation"), ("/socket", b"{}", "policy-violation"), ("/socket", " " * 2000, "message-too-big"),
        ("/socket", None, "timeout"),
    ):
        socket = WebSocket(server, path)
        if text is not None:
            socket.send(text)
        if (ended := streams.expect_close("socket", socket)) != reason:
            raise Failure(f"the first message {text!r} ended with {ended}, not {reason}")


def check_ends(streams, server):
    """An event stream whose credential is revoked, and one whose credential expires."""
    for bearer, end in (
        (token("alice", "read", id="events"), lambda: revoke(server, "events")),
        # Past its end, and taken for a second of skew.
        (token("alice", "read", lifetime=1), lambda: None),
    ):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
        connection.request("GET", "/orders/order-0/events", headers={"authorization": f"Bearer {bearer}"})
        response = connection.getresponse()
        streams.read_events("orderEvents", response, "order.snapshot")
        end()
        notice = json.loads(streams.read_events("orderEvents", response, "close")["data"])
        if not notice["reason"].startswith("credential-"):
            raise Failure(f"the end of a credential ended a stream with {notice}")
        connection.close()


def run(documents, command):
    streams = Streams(documents)
    options = ("--orders", "2", "--heartbeat-kind", "visible", "--heartbeat-interval", "50ms", "--max-message-bytes", "1000")
    with Server(command, *options) as server:
        socket = check_socket(streams, server, "socket", "/socket")
        own = check_socket(streams, server, "orderSocket", "/orders/order-0/socket")
        for text, reason in (("{", "policy-violation"), (b"{}", "policy-violation"), (" " * 2000, "message-too-big")):
            other = WebSocket(server, "/socket")
            other.send(text)
            ended = streams.expect_close("socket", other)
            if ended != reason:
                raise Failure(f"{text[:4]!r}... ended with {ended}, not {reason}")
        events = [
            (channel, check_events(streams, server, channel, path))
            for channel, path in (("orderEvents", "/orders/order-0/events"), ("events", "/events?order=order-0&order=order-1"))
        ]
        server.drain()
        for channel, response in events:
            streams.read_events(channel, response, "close")
            if response.readline():
                raise Failure(f"{channel}: something follows the close")
        for channel, open_socket in (("socket", socket), ("orderSocket", own)):
            if streams.expect_close(channel, open_socket) != "draining":
                raise Failure(f"{channel}: another reason than draining")
    options = ("--orders", "1", "--max-first-message-bytes", "1000", "--first-message-deadline", "1s", "--clock-skew", "1s")
    with Server(command, *options, auth="message") as server:
        check_credentials(streams, server, "socket", "/socket")
        check_credentials(streams, server, "orderSocket", "/orders/order-0/socket")
        check_first_messages(streams, server)
        check_ends(streams, server)
    return streams.refuse_undocumented()
