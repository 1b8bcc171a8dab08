"""A server that is not Tandem's, to the byte: what it answers a stream's or a socket's request with, and how it frames an update."""

import base64
import hashlib
import json
import socket
import struct
import threading

from field import run

KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
TYPE = b"Content-Type: text/event-stream\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\n" + TYPE + b"Transfer-Encoding: chunked\r\n\r\n"


def chunk(data, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def event(body, end=b"\n"):
    return b"data: " + body + end + end


def frame(payload, opcode=1, final=True, rsv=0, mask=False, length=None):
    """A frame of a server (RFC 6455, section 5.2); `length` is 7, 16 or 64 bits where the shortest form is not wanted."""
    count = len(payload)
    length = length or (7 if count < 126 else 16 if count < 65536 else 64)
    head = bytes([(0x80 if final else 0) | rsv << 4 | opcode])
    bit = 0x80 if mask else 0
    head += {7: lambda: bytes([bit | count]), 16: lambda: bytes([bit | 126]) + struct.pack(">H", count),
             64: lambda: bytes([bit | 127]) + struct.pack(">Q", count)}[length]()
    return head + (bytes(4) if mask else b"") + payload


def accepted(key, *fields, accept=None, first=b""):
    """The answer to a WebSocket's handshake."""
    accept = accept or base64.b64encode(hashlib.sha1(key + KEY).digest())
    return (first + b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + accept + b"\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n")


class Foreign:
    """`head` answers a subscription: bytes, pieces of them, or a function of a WebSocket's key. `frames` makes pieces of a publication's body, each sent
    by a call of its own. `POST` publishes."""

    def __init__(self, head=CHUNKED, frames=lambda body: [chunk(event(body))], host="127.0.0.1"):
        self.head, self.frames = head, frames
        self.watchers, self.lock = [], threading.Lock()
        self.targets = []
        self.listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        reader = connection.makefile("rb")
        try:
            while request := reader.readline():
                fields = {}
                while (line := reader.readline()) not in (b"\r\n", b"\n", b""):
                    name, _, value = line.partition(b":")
                    fields[name.lower()] = value.strip()
                self.targets.append(request.split(b" ")[1].decode())
                if request.startswith(b"POST"):
                    self._publish(reader.read(int(fields.get(b"content-length", 0))))
                    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                    continue
                head = self.head(fields.get(b"sec-websocket-key", b"")) if callable(self.head) else self.head
                pieces = head if isinstance(head, list) else [head]
                for piece in pieces:
                    connection.sendall(piece)
                if not any(status in b"".join(pieces) for status in (b" 200", b" 101")):
                    continue
                with self.lock:
                    self.watchers.append(connection)
                # Frames of the client, and its end, are of no interest.
                while reader.read1(65536):
                    pass
        except OSError:
            pass

    def _publish(self, body):
        with self.lock:
            for watcher in self.watchers:
                try:
                    for piece in self.frames(body):
                        watcher.sendall(piece)
                except OSError:
                    pass


def load(port, *options, transport="sse", host="127.0.0.1", scheme="http", **environment):
    """`tandem load` on such a server: its exit status, and what became of it: `whole` where all that was owed arrived, once and in order,
    else what it says. Whether the machine was too busy to measure does not count."""
    status, output, error = run(
        "load", "--json", "--transport", transport, "--target-url", f"{scheme}://{host}:{port}/s", "--publish-url",
        f"{scheme}://{host}:{port}/p", "--publish-body", '{"at":"{timestamp}","n":{sequence}}', "--time-pointer", "/at",
        "--connections", 2, "--rate", 50, "--warmup", "100ms", "--seconds", "200ms",
        *(() if "--drain" in options else ("--drain", "10s")), *options, **environment)
    lines = output.splitlines()
    if not lines:
        return status, error.strip()
    last = json.loads(lines[-1])
    ledger = last.get("result", {}).get("ledger")
    if ledger and ledger["expected"] == ledger["delivered"] > 0 and not (ledger["duplicated"] or ledger["reordered"]):
        return 0, "whole"
    return status, last.get("message", "")


def says(outcome, *words):
    """Whether a load was not sound, and said so: the words as they should be, or all that it said."""
    status, text = outcome
    return (status, words) if all(word in text for word in words) else outcome
