"""A WebSocket client by hand (RFC 6455), so that every byte of a close can be seen, and a close be left without an answer."""

import base64
import os
import socket

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Closed(Exception):
    """The peer has closed: with a code and a reason, or with neither, where the connection ended without a close frame."""

    def __init__(self, code=None, reason=None):
        super().__init__(f"closed with {code} {reason}")
        self.code, self.reason = code, reason


class WebSocket:
    def __init__(self, server, path, subprotocol=None):
        self._socket = socket.create_connection((server.host, server.port), timeout=10)
        self._file = self._socket.makefile("rb")
        offer = f"sec-websocket-protocol: {subprotocol}\r\n" if subprotocol else ""
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nhost: {server.host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n{offer}"
            f"sec-websocket-version: 13\r\nsec-websocket-key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n".encode())
        status = self._file.readline()
        if b" 101 " not in status:
            raise ConnectionError(f"no WebSocket: {status!r}")
        self.subprotocol = None
        while line := self._file.readline().strip().decode():
            name, _, value = line.partition(":")
            if name.lower() == "sec-websocket-protocol":
                self.subprotocol = value.strip()

    def send(self, message):
        self._frame(TEXT if isinstance(message, str) else BINARY, message.encode() if isinstance(message, str) else message)

    def _frame(self, opcode, payload):
        mask = os.urandom(4)
        length = len(payload)
        head = bytes([0x80 | opcode, 0x80 | (length if length < 126 else 126)])
        if length >= 126:
            head += length.to_bytes(2, "big")
        self._socket.sendall(head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload)))

    def receive(self):
        """The next text message. Pings are answered. Raises `Closed` at the end, which it does not answer."""
        while True:
            head = self._file.read(2)
            if len(head) < 2:
                raise Closed()
            length = head[1] & 127
            if length >= 126:
                length = int.from_bytes(self._file.read(2 if length == 126 else 8), "big")
            payload = self._file.read(length)
            match head[0] & 15:
                case 1:
                    return payload.decode()
                case 9:
                    self._frame(PONG, payload)
                case 8:
                    raise Closed(int.from_bytes(payload[:2], "big"), payload[2:].decode())

    def answer_close(self, code):
        """Completes the closing handshake, and returns whether the server then ends the connection without a word."""
        self._frame(CLOSE, code.to_bytes(2, "big"))
        rest = self._file.read()
        self.close()
        return rest == b""

    def close(self):
        self._file.close()
        self._socket.close()
