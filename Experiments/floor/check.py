#!/usr/bin/python3
"""Checks floor-server and floor-sink over real sockets, each against a peer that shares no code with it.

Run it as `make check`. The argument is the folder of the two programs.
"""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from datetime import datetime, timezone

PROGRAMS = "."
DEADLINE = 20  # seconds after which anything counts as hung

JSON = (
    r'\{"orderId":"order-(?P<order>\d+)","status":"Activating","activationStatus":"Activating",'
    r'"stage":"provisioning","message":"step (?P<step>\d+)","reason":null,"source":"bench",'
    r'"timestamp":"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)"\}'
)
POSITION = r"(?P<epoch>[0-9a-f]{16})-(?P<offset>\d+)"
SSE_EVENT = re.compile(rf"event: order\.update\nid: {POSITION}\ndata: (?P<json>{JSON})\n\n")
WEBSOCKET_MESSAGE = re.compile(rf'\{{"type":"order\.update","id":"{POSITION}","data":(?P<json>{JSON})\}}')


@contextlib.contextmanager
def program(name, *options):
    """Starts one of the two programs, and ends it by SIGTERM unless it has ended."""
    process = subprocess.Popen(
        [os.path.join(PROGRAMS, name), *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    timer = threading.Timer(DEADLINE, process.kill)
    timer.start()
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()
        timer.cancel()


def next_line(process):
    line = process.stdout.readline()
    if not line:
        raise AssertionError(f"{process.args[0]} ended: {process.stderr.read()}")
    return json.loads(line)


def exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def head_of(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += exactly(connection, 1)
    return head.decode()


def open_socket(connection, order):
    """Opens a WebSocket by hand and checks the answer as RFC 6455, section 4.1, asks."""
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET /orders/order-{order}/socket HTTP/1.1\r\nHost: localhost\r\nupgrade: WebSocket\r\n"
        f"connection: keep-alive, Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key:{key} \r\n"
        "sec-websocket-protocol: other, order-updates.v1\r\n\r\n".encode()
    )
    head = head_of(connection)
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    assert head.startswith("HTTP/1.1 101 "), head
    assert f"Sec-WebSocket-Accept: {accept}\r\n" in head, head
    assert "Sec-WebSocket-Protocol: order-updates.v1\r\n" in head, head


def read_message(connection):
    first, length = exactly(connection, 2)
    assert first == 0x81, hex(first)
    if length == 126:
        (length,) = struct.unpack("!H", exactly(connection, 2))
        assert length >= 126, "a length is to be written in the shortest form"
    assert length != 127 and length < 65536
    return exactly(connection, length).decode()


class Server(unittest.TestCase):
    def connect(self, port, receive_buffer=None):
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.settimeout(DEADLINE)
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect(("127.0.0.1", port))
        return connection

    def test_wire(self):
        """Both transports carry the same JSON, whole, in order, one event a chunk or frame."""
        options = ("--orders", 2, "--rate", 300, "--burst", 3, "--seconds", 0.2, "--wait", 2)
        with program("floor-server", *options) as server:
            port = next_line(server)["port"]
            stream = self.connect(port)
            stream.sendall(b"GET /orders/order-1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head = head_of(stream)
            self.assertTrue(head.startswith("HTTP/1.1 200 "))
            for field in ("Content-Type: text/event-stream", "Cache-Control: no-store", "X-Accel-Buffering: no",
                          "Transfer-Encoding: chunked"):
                self.assertIn(field + "\r\n", head)
            before = time.time_ns()
            web = self.connect(port)
            open_socket(web, 1)
            events, messages = [], []
            for _ in range(30):  # 60 updates over two orders
                size = b""
                while not size.endswith(b"\r\n"):
                    size += exactly(stream, 1)
                chunk = exactly(stream, int(size, 16) + 2).decode()
                self.assertTrue(chunk.endswith("\r\n"))
                events.append(SSE_EVENT.fullmatch(chunk[:-2]))
                messages.append(WEBSOCKET_MESSAGE.fullmatch(read_message(web)))
            report = next_line(server)
            after = time.time_ns()
        self.assertNotIn(None, events)
        self.assertNotIn(None, messages)
        self.assertEqual([event["json"] for event in events], [message["json"] for message in messages])
        self.assertEqual([event["offset"] for event in events], [str(number) for number in range(1, 31)])
        self.assertEqual([event["step"] for event in events], [event["offset"] for event in events])
        self.assertEqual({event["order"] for event in events}, {"1"})
        self.assertEqual({match["epoch"] for match in events + messages}, {events[0]["epoch"]})
        times = [self.nanoseconds(event["time"]) for event in events]
        self.assertTrue(before < times[0] and times[-1] < after)
        # Bursts of three of this order, 20 ms apart since every other burst is of the other order.
        self.assertEqual([later - earlier for earlier, later in zip(times, times[1:])],
                         ([0, 0, 20_000_000] * 10)[:29])
        self.assertEqual((report["published"], report["delivered"], report["settled"]), (60, 60, True))
        self.assertAlmostEqual(report["seconds"], 0.19, delta=0.1)

    @staticmethod
    def nanoseconds(text):
        second = datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
        return int(second.timestamp()) * 10**9 + int(text[20:29])

    def test_refusals(self):
        with program("floor-server", "--orders", 2) as server:
            port = next_line(server)["port"]
            for method, path, headers, status in (
                ("GET", "/orders/order-2/events", {}, 404),
                ("GET", "/orders/order-1/event", {}, 404),
                ("GET", "/orders/order-1/events/", {}, 404),
                ("POST", "/orders/order-1/events", {}, 404),
                ("GET", "/", {}, 404),
                ("GET", "/" + "x" * 200, {}, 414),
                ("GET", "/orders/order-1/events", {"X": "x" * 9000}, 431),
                ("GET", "/orders/order-1/socket", {}, 400),
                ("GET", "/orders/order-1/socket", {"Upgrade": "websocket", "Connection": "Upgrade",
                                                   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                                                   "Sec-WebSocket-Version": "8"}, 400),
            ):
                with self.subTest(path=path[:30], method=method):
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
                    connection.request(method, path, headers=headers)
                    self.assertEqual(connection.getresponse().status, status)
                    connection.close()

    def test_request_in_pieces(self):
        with program("floor-server") as server:
            connection = self.connect(next_line(server)["port"])
            for byte in b"GET /orders/order-0/events HTTP/1.1\r\n\r\n":
                connection.sendall(bytes([byte]))
                time.sleep(0.001)
            self.assertTrue(head_of(connection).startswith("HTTP/1.1 200 "))

    def stalled_reader(self, updates):
        """A subscriber that reads only once the schedule has ended; returns what it got, and the report."""
        options = ("--rate", 200000, "--seconds", updates / 200000, "--wait", 1, "--burst", 100, "--send-buffer", 8192)
        with program("floor-server", *options) as server:
            port = next_line(server)["port"]
            slow = self.connect(port, receive_buffer=4096)
            slow.sendall(b"GET /orders/order-0/events HTTP/1.1\r\n\r\n")
            head_of(slow)
            time.sleep(updates / 200000 + 0.5)
            data = b""
            with contextlib.suppress(EOFError, ConnectionError):
                while data.count(b"order.update") < updates or not data.endswith(b"\n\n\r\n"):
                    piece = slow.recv(65536)
                    if not piece:
                        break
                    data += piece
            return data, next_line(server)

    def test_backlog_leaves_whole(self):
        """What the socket did not take is kept, and leaves in order: bytes are neither lost nor doubled."""
        updates = 3000
        data, report = self.stalled_reader(updates)
        payload, start = b"", 0
        while start < len(data):
            size_end = data.index(b"\r\n", start)
            start = size_end + 2 + int(data[start:size_end], 16) + 2
            payload += data[size_end + 2 : start - 2]
        offsets = [int(event["offset"]) for event in SSE_EVENT.finditer(payload.decode())]
        self.assertEqual(offsets, list(range(1, updates + 1)))
        self.assertEqual((report["delivered"], report["dropped"], report["settled"]), (updates, 0, True))
        self.assertGreater(report["blocked"], 0)

    def test_laggard_is_cut(self):
        """Memory for a subscriber that never reads is bounded: it is cut, and counted."""
        data, report = self.stalled_reader(9000)
        self.assertLess(data.count(b"order.update"), 9000)
        self.assertEqual((report["dropped"], report["subscribers"]), (1, 0))
        self.assertLess(report["delivered"], 9000)

    def test_departure_is_noticed(self):
        with program("floor-server", "--rate", 100, "--seconds", 0.3, "--wait", 4, "--settle", 1000) as server:
            port = next_line(server)["port"]
            stay, go, talk, reset = (self.connect(port) for _ in range(4))
            for connection in (stay, go, talk, reset):
                connection.sendall(b"GET /orders/order-0/events HTTP/1.1\r\n\r\n")
                head_of(connection)
            server.send_signal(signal.SIGSTOP)  # so that the last bytes and the FIN come in one event
            go.close()
            talk.sendall(b"bye")
            talk.close()
            reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            reset.close()
            server.send_signal(signal.SIGCONT)
            report = next_line(server)
            self.assertEqual((report["subscribers"], report["published"], report["delivered"]), (1, 30, 30))

    def test_start_on_signal(self):
        with program("floor-server", "--rate", 100, "--seconds", 0.1) as server:
            next_line(server)
            server.send_signal(signal.SIGUSR1)
            self.assertEqual(next_line(server)["published"], 10)

    def test_ends_in_the_middle_of_a_schedule(self):
        with program("floor-server", "--rate", 0.1, "--seconds", 1000) as server:
            next_line(server)
            server.send_signal(signal.SIGUSR1)
            time.sleep(0.4)
            server.terminate()
            _, error = server.communicate(timeout=DEADLINE)
            self.assertEqual(server.returncode, 0, error)


class Peer:
    """A server that answers every connection with `serve(connection, head)` in a thread of its own."""

    def __init__(self, serve, tls=None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.serve, self.tls = serve, tls
        self.failures = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        try:
            connection.settimeout(DEADLINE)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self.serve(connection, head_of(connection))
        except Exception as failure:  # a thread's failure is the test's
            self.failures.append(failure)
        finally:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def timestamp(nanoseconds):
    date = datetime.fromtimestamp(nanoseconds // 10**9, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{date}.{nanoseconds % 10**9:09}Z"


def payload(order, offset, intended):
    return json.dumps({"orderId": order, "status": "Activating", "message": f"v1.2 step {offset}", "reason": None,
                       "timestamp": timestamp(intended)}, separators=(",", ":"))


SSE_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"


class Sink(unittest.TestCase):
    def run_sink(self, peer, *options, status=0):
        with program("floor-sink", "--port", peer.port, *options) as sink:
            output, error = sink.communicate(timeout=DEADLINE)
        self.assertEqual(sink.returncode, status, error)
        self.assertEqual(peer.failures, [])
        return [json.loads(line) for line in output.splitlines()], error

    def events(self, updates, age):
        now = time.time_ns()
        text = f"retry: 100\n\nevent: order.snapshot\nid: 1-0\ndata: {payload('a', 0, now - 10**13)}\n\n: heartbeat\n\n"
        for offset in range(1, updates + 1):
            text += f"event: order.update\nid: 1-{offset}\ndata: {payload('a', offset, now - age)}\n\n"
        return text

    def check_report(self, lines, connections, updates, age):
        ready, report = lines
        self.assertEqual(ready["ready"], connections)
        self.assertEqual((report["connections"], report["updates"]), (connections, connections * updates))
        self.assertEqual((report["fewest"], report["most"]), (updates, updates))
        latency = report["latency"]
        self.assertEqual((latency["count"], latency["ahead"]), (connections * updates, 0))
        for name in ("min", "p50", "p99", "max"):
            self.assertTrue(age <= latency[name] < age + 10**9, latency)

    def test_sse_in_odd_chunks(self):
        requests = []

        def serve(connection, head):
            requests.append(head)
            connection.sendall((SSE_HEAD + "transfer-encoding: Chunked\r\n\r\n").encode())
            data, size = self.events(20, 3 * 10**9).encode(), 0
            while data:
                size = size % 700 + 13
                connection.sendall(b"%X;a=b\r\n%s\r\n" % (len(data[:size]), data[:size]))
                data = data[size:]
            connection.recv(1)  # until the sink leaves

        with Peer(serve) as peer:
            lines, _ = self.run_sink(peer, "--connections", 5, "--orders", 2, "--latency", "--expect", 100,
                                     "--header", "authorization: Bearer abc", "--header", "x: y")
        self.check_report(lines, 5, 20, 3 * 10**9)
        self.assertEqual(lines[1]["lost"], 0)
        self.assertEqual(sorted(head.split(" ")[1] for head in requests),
                         ["/orders/order-0/events"] * 3 + ["/orders/order-1/events"] * 2)
        for head in requests:
            self.assertIn("\r\nauthorization: Bearer abc\r\n", head)
            self.assertIn("\r\nx: y\r\n", head)

    def test_stream_that_ends(self):
        """A response that ends with the connection is read too, and its end is a lost connection."""

        def serve(connection, _):
            connection.sendall((SSE_HEAD + "\r\n" + self.events(4, 0)).encode())
            connection.close()

        with Peer(serve) as peer:
            lines, _ = self.run_sink(peer, "--latency")
        self.check_report(lines, 1, 4, 0)
        self.assertEqual(lines[1]["lost"], 1)

    @staticmethod
    def accept_websocket(connection, head):
        key = re.search(r"\r\nSec-WebSocket-Key: (\S+)\r\n", head)[1]
        accept = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                           b"sec-websocket-accept: " + base64.b64encode(accept) + b"\r\n\r\n")

    @staticmethod
    def frame(opcode, data, last=True):
        head = bytes([opcode | (0x80 if last else 0)])
        if len(data) < 126:
            return head + bytes([len(data)]) + data
        return head + b"\x7e" + struct.pack("!H", len(data)) + data

    def test_websocket(self):
        """Fragments, pings between them, and a close: each ping is answered by a masked pong with its payload."""

        def answer(connection, opcode, data):
            first, length = exactly(connection, 2)
            assert first == 0x80 | opcode and length == 0x80 | len(data), (first, length)
            mask, masked = exactly(connection, 4), exactly(connection, len(data))
            assert bytes(byte ^ mask[index % 4] for index, byte in enumerate(masked)) == data

        def serve(connection, head):
            self.accept_websocket(connection, head)
            now = time.time_ns()
            for offset in range(1, 11):
                kind = "order.snapshot" if offset == 1 else "order.update"
                text = f'{{"type":"{kind}","id":"1-{offset}","data":{payload("a", offset, now - 10**9)}}}'.encode()
                cut = offset * 15
                for data in (self.frame(1, text[:cut], False), self.frame(9, b"p" * offset), self.frame(0, text[cut:])):
                    for byte in range(0, len(data), 7):
                        connection.sendall(data[byte : byte + 7])
                answer(connection, 10, b"p" * offset)
            connection.sendall(self.frame(10, b"unasked") + self.frame(8, b"\x03\xe9bye"))
            answer(connection, 8, b"\x03\xe9bye")
            connection.close()

        with Peer(serve) as peer:
            lines, _ = self.run_sink(peer, "--transport", "websocket", "--connections", 3, "--latency")
        self.check_report(lines, 3, 9, 10**9)
        self.assertEqual(lines[1]["lost"], 3)

    def test_broken_framing_is_said(self):
        def serve(connection, head):
            self.accept_websocket(connection, head)
            time.sleep(0.1)  # after the sink is ready
            connection.sendall(b"\x81\x84mask....")
            connection.recv(1)

        with Peer(serve) as peer:
            lines, error = self.run_sink(peer, "--transport", "websocket")
        self.assertEqual(lines[1]["lost"], 1)
        self.assertIn("broke the framing", error)

    def test_refusals_say_what_to_do(self):
        for answer, options, hint in (
            ("HTTP/1.1 401 Unauthorized\r\n\r\n", (), "--header"),
            ("HTTP/1.1 404 Not Found\r\n\r\n", (), "--orders"),
            ("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n", (), "Content-Type"),
            ("HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: x\r\n\r\n", ("--transport", "websocket"),
             "Sec-WebSocket-Accept"),
            ("SSH-2.0-x\r\n\r\n", (), "SSH-2.0-x"),
            ("", (), "without an answer"),
        ):
            def serve(connection, _, answer=answer):
                connection.sendall(answer.encode())
                connection.close()

            with self.subTest(answer=answer), Peer(serve) as peer:
                lines, error = self.run_sink(peer, *options, status=1)
                self.assertEqual(lines, [])
                self.assertIn(hint, error)

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with program("floor-sink", "--port", port) as sink:
            _, error = sink.communicate(timeout=DEADLINE)
        self.assertEqual(sink.returncode, 1)
        self.assertIn("Connection refused", error)

    def test_hold_source_addresses_and_progress(self):
        addresses = []

        def serve(connection, _):
            addresses.append(connection.getpeername()[0])
            connection.sendall((SSE_HEAD + "\r\n" + self.events(2, 0)).encode())
            connection.recv(1)

        with Peer(serve) as peer:
            options = ("--connections", 5, "--hold", "--source", "127.0.0.7", "--per-address", 2, "--rate", 100)
            with program("floor-sink", "--port", peer.port, *options) as sink:
                self.assertEqual(next_line(sink)["ready"], 5)
                progress = {"updates": 0}
                while progress["updates"] < 10:
                    sink.send_signal(signal.SIGUSR1)
                    progress = next_line(sink)
                self.assertEqual(progress["lost"], 0)
                sink.terminate()
                report = next_line(sink)
        self.assertEqual((report["updates"], report["lost"], report["latency"]), (10, 0, None))
        self.assertEqual(sorted(addresses), ["127.0.0.7"] * 2 + ["127.0.0.8"] * 2 + ["127.0.0.9"])

    def test_tls(self):
        protocols = []

        def serve(connection, _):
            protocols.append((connection.version(), connection.selected_alpn_protocol()))
            connection.sendall((SSE_HEAD + "\r\n" + self.events(500, 0)).encode())  # more than one TLS record
            connection.recv(1)

        with tempfile.TemporaryDirectory() as folder:
            certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-subj", "/CN=localhost", "-days", "1", "-keyout", key, "-out", certificate],
                           check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            context.set_alpn_protocols(["h2", "http/1.1"])
        with Peer(serve, context) as peer:
            lines, _ = self.run_sink(peer, "--tls", "--connections", 4, "--latency", "--expect", 2000)
        self.check_report(lines, 4, 500, 0)
        self.assertEqual(protocols, [("TLSv1.3", "http/1.1")] * 4)


class Both(unittest.TestCase):
    def test_every_update_arrives(self):
        for transport in ("sse", "websocket"):
            for schedule in (("--rate", 2000, "--burst", 4), ("--flood", "--burst", 16)):
                options = ("--orders", 3, "--loops", 2, "--wait", 300, "--seconds", 0.3, *schedule)
                with self.subTest(transport=transport, schedule=schedule), program("floor-server", *options) as server:
                    port = next_line(server)["port"]
                    options = ("--port", port, "--transport", transport, "--connections", 300, "--orders", 3)
                    with program("floor-sink", *options, "--latency") as sink:
                        self.assertEqual(next_line(sink)["ready"], 300)
                        sent = next_line(server)
                        sink.terminate()
                        received = next_line(sink)
                self.assertEqual(sent["delivered"], sent["published"] * 100)
                self.assertEqual(received["updates"], sent["delivered"])
                self.assertEqual(received["latency"]["count"], sent["delivered"])
                self.assertEqual((received["lost"], sent["dropped"], sent["settled"]), (0, 0, True))
                self.assertGreater(sent["cpuUser"] + sent["cpuSystem"], 0)


if __name__ == "__main__":
    if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]):
        PROGRAMS = sys.argv.pop(1)
    unittest.main()
