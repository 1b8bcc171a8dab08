"""HTTP/2 by a client that is not ours (h2, from PyPI): without TLS by prior knowledge, and over TLS by ALPN."""

import contextlib
import json
import os
import socket
import ssl
import subprocess
import tempfile

import h2.config
import h2.connection
import h2.events
import h2.settings

from documents import Failure
from server import Server


class Connection:
    """One connection, of which each stream is read until it has ended or `until` has come."""

    def __init__(self, carrier, authority):
        self._socket, self._authority = carrier, authority
        self._http2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self._http2.initiate_connection()
        self._status, self._body, self._ended = {}, {}, set()
        self.settings = None
        self._flush()
        while self.settings is None:
            self._receive()

    def request(self, path, method="GET", fields=()):
        stream = self._http2.get_next_available_stream_id()
        head = [(":method", method), (":scheme", "http"), (":authority", self._authority), (":path", path), *fields]
        self._http2.send_headers(stream, head, end_stream=method != "CONNECT")
        self._body[stream] = b""
        self._flush()
        return stream

    def read(self, stream, until=None):
        """The status and the body so far."""
        while stream not in self._ended and not (until and until in self._body[stream]):
            self._receive()
        return self._status.get(stream), self._body[stream]

    def _receive(self):
        received = self._socket.recv(65536)
        if not received:
            raise Failure("HTTP/2: the server ended the connection")
        for event in self._http2.receive_data(received):
            match event:
                case h2.events.RemoteSettingsChanged():
                    self.settings = {int(code) for code in event.changed_settings}
                case h2.events.ResponseReceived():
                    self._status[event.stream_id] = int(dict(event.headers)[":status"])
                case h2.events.DataReceived():
                    self._body[event.stream_id] += event.data
                    self._http2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                case h2.events.StreamEnded() | h2.events.StreamReset():
                    self._ended.add(event.stream_id)
        self._flush()

    def _flush(self):
        self._socket.sendall(self._http2.data_to_send())


def _expect(what, actual, wanted):
    if actual != wanted:
        raise Failure(f"HTTP/2: {what}: {actual} in place of {wanted}")


def check_requests(connection):
    """Every transport that is served over HTTP/2, on one connection; returns how many exchanges there were."""
    if h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL in connection.settings:
        raise Failure("HTTP/2: WebSockets are offered (RFC 8441), and a browser would take that up")
    events = connection.request("/orders/order-0/events")
    status, body = connection.read(events, until=b"order.snapshot")
    _expect("an event stream", status, 200)
    status, body = connection.read(connection.request("/orders/order-0"))
    _expect("a poll", (status, json.loads(body)["orderId"]), (200, "order-0"))
    status, body = connection.read(connection.request("/orders/order-0/updates"))
    _expect("a long poll", (status, [message["type"] for message in json.loads(body)]), (200, ["order.snapshot"]))
    _expect("a missing order", connection.read(connection.request("/orders/none"))[0], 404)
    fields = ((":protocol", "websocket"), ("sec-websocket-version", "13"))
    status, _ = connection.read(connection.request("/orders/order-0/socket", "CONNECT", fields))
    _expect("a WebSocket all the same", status, 400)
    connection.read(events, until=b": heartbeat")
    return 6


@contextlib.contextmanager
def self_signed():
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = os.path.join(folder, "server.pem"), os.path.join(folder, "server.key")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
            check=True, capture_output=True)
        yield certificate, key


def shake_hands(server, certificate):
    context = ssl.create_default_context(cafile=certificate)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context.wrap_socket(
        socket.create_connection((server.host, server.port), timeout=10), server_hostname="127.0.0.1")


def run(command):
    options = ("--orders", "1", "--heartbeat-interval", "200ms")
    with Server(command, "--h2c-port", "0", *options) as server:
        with socket.create_connection((server.host, server.h2c_port), timeout=10) as carrier:
            count = check_requests(Connection(carrier, f"{server.host}:{server.h2c_port}"))
    with self_signed() as (certificate, key):
        tls = ("--tls-cert", certificate, "--tls-key", key)
        with Server(command, *tls, *options) as server, shake_hands(server, certificate) as carrier:
            _expect("ALPN", carrier.selected_alpn_protocol(), "h2")
            count += check_requests(Connection(carrier, f"{server.host}:{server.port}"))
        with Server(command, "--no-h2", *tls, *options) as server, shake_hands(server, certificate) as carrier:
            _expect("ALPN with --no-h2", carrier.selected_alpn_protocol(), "http/1.1")
    return count + 2
