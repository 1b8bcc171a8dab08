"""HTTP/2 by hand (RFC 9113), as far as the scripts of this folder need it: frames, and header fields as literals (RFC 7541, 6.2.2)."""

import socket
import ssl

from field import PATIENCE

DATA, HEADERS, PRIORITY, RESET, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 2, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK, PADDED = 1, 4, 1, 8
_STATUSES = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _integer(value, prefix):
    limit = (1 << prefix) - 1
    if value < limit:
        return bytes([value])
    value -= limit
    digits = b""
    while value >= 128:
        digits += bytes([value & 127 | 128])
        value >>= 7
    return bytes([limit]) + digits + bytes([value])


def block(*fields):
    """A header block: each field without an index."""
    return b"".join(b"\0" + b"".join(_integer(len(text), 7) + text for text in (
        part.encode() for part in field)) for field in fields)


def request(path, *fields, method="GET", scheme="http", authority="test"):
    """The head of one; a pseudo-header field that is None is left out."""
    pseudo = ((":method", method), (":scheme", scheme), (":authority", authority), (":path", path))
    return block(*(field for field in pseudo if field[1] is not None), *fields)


def _status(payload):
    """Of the block of an answer, whose first field it is."""
    while payload and payload[0] & 0xE0 == 0x20:  # the size of the dynamic table
        payload = payload[1:]
    if payload[0] & 0x80:
        return _STATUSES[payload[0] & 0x7F]
    rest = payload[1:] if payload[0] & 0x3F & (0x3F if payload[0] & 0x40 else 0x0F) else payload[2 + (payload[1] & 0x7F):]
    return int(rest[1:1 + (rest[0] & 0x7F)])


class HTTP2:
    """A connection: `answers` of each stream as [status, body, whether it has ended]; `goaway` is its code and text."""

    def __init__(self, port, certificate=None):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        if certificate:
            context = ssl.create_default_context(cafile=certificate)
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self._kept = b""
        self.pings = 0
        self.answers, self.resets, self.settings, self.goaway, self.has_ended = {}, {}, {}, None, False
        self.credit, self.windows_opened = {}, 0
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0))

    def send(self, *parts):
        """Returns whether the connection took them."""
        try:
            self.socket.sendall(b"".join(parts))
            return True
        except OSError:
            self._end()
            return False

    def headers(self, stream, fields, ends=True):
        """A request's head in as many frames as it takes."""
        parts = [fields[at:at + 16384] for at in range(0, len(fields), 16384)]
        for index, part in enumerate(parts):
            flags = (END_STREAM if ends and index == 0 else 0) | (END_HEADERS if index == len(parts) - 1 else 0)
            if not self.send(frame(CONTINUATION if index else HEADERS, flags, stream, part)):
                return False
        return True

    def data(self, stream, payload, ends=True):
        return self.send(frame(DATA, END_STREAM if ends else 0, stream, payload))

    def body(self, stream, payload, ends=True):
        """A whole body, as the server gives credit for it, or until it has answered."""
        while payload and stream not in self.answers:
            size = min(len(payload), 16384, self.credit.get(0, 0) + 65535, self.credit.get(stream, 0) + 65535)
            if size > 0:
                for name in (0, stream):
                    self.credit[name] = self.credit.get(name, 0) - size
                self.data(stream, payload[:size], ends=ends and size == len(payload))
                payload = payload[size:]
            elif not self.take():
                return

    def _end(self):
        self.has_ended = True

    def take(self):
        """One frame; False at the end of the connection."""
        while len(self._kept) < 9 or len(self._kept) < 9 + int.from_bytes(self._kept[:3], "big"):
            try:
                data = self.socket.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                self._end()
                return False
            self._kept += data
        length, kind, flags = int.from_bytes(self._kept[:3], "big"), self._kept[3], self._kept[4]
        stream, payload = int.from_bytes(self._kept[5:9], "big"), self._kept[9:9 + length]
        self._kept = self._kept[9 + length:]
        if kind == HEADERS:
            self.answers[stream] = [_status(payload), b"", bool(flags & END_STREAM)]
        elif kind == DATA:
            self.answers[stream][1] += payload
            self.answers[stream][2] = bool(flags & END_STREAM)
        elif kind == RESET:
            self.resets[stream] = int.from_bytes(payload, "big")
        elif kind == GOAWAY:
            self.goaway = int.from_bytes(payload[4:8], "big"), payload[8:]
        elif kind == SETTINGS and not flags & ACK:
            self.settings = {
                int.from_bytes(payload[at:at + 2], "big"): int.from_bytes(payload[at + 2:at + 6], "big")
                for at in range(0, len(payload), 6)}
            self.send(frame(SETTINGS, ACK, 0))
        elif kind == WINDOW_UPDATE:
            self.credit[stream] = self.credit.get(stream, 0) + int.from_bytes(payload, "big")
            self.windows_opened += 1
        elif kind == PING and flags & ACK:
            self.pings += 1
        return True

    def until(self, is_enough):
        """Reads until it is, or the connection ends."""
        while not is_enough() and self.take():
            pass

    def status(self, stream):
        """Of a whole answer; `closed` where the connection ended without it."""
        self.until(lambda: stream in self.answers and self.answers[stream][2])
        return self.answers[stream][0] if stream in self.answers else "closed"

    def begins(self, stream):
        """The status of an answer that goes on."""
        self.until(lambda: stream in self.answers)
        return self.answers[stream][0] if stream in self.answers else "closed"

    @property
    def is_open(self):
        """Whether the server answers a PING."""
        before = self.pings
        self.send(frame(PING, 0, 0, b"\0" * 8))
        self.until(lambda: self.pings > before)
        return not self.has_ended

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
