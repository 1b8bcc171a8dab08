"""Peers that fail on the wire, in ways that `tandem serve` does not: bare sockets that behave well until they are told to strike."""

import asyncio
import base64
import hashlib
import socket
import struct

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
UPDATE = '{"orderId":"order-0","status":"Activating"}'


class Peer:
    """Opens the same streams as the server, one snapshot in each. `strike` does to every stream what a subclass says."""

    def __init__(self, origin):
        self._origin = origin
        self._streams = []
        self._all = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.http, self.ws = f"http://127.0.0.1:{self.port}", f"ws://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self._all:
            writer.transport.abort()

    def strike(self):
        for writer, is_socket in self._streams:
            self.fail(writer, is_socket)

    def fail(self, writer, is_socket):
        raise NotImplementedError

    async def _serve(self, reader, writer):
        self._all.append(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
                fields = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in head[1:] if line}
                if not await self._answer(head[0], fields, writer):
                    # What a client sends into a stream is not looked at.
                    while await reader.read(4096):
                        pass
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass

    async def _answer(self, line, fields, writer):
        """Whether another request may follow."""
        allowed = f"access-control-allow-origin: {self._origin}\r\naccess-control-allow-headers: authorization\r\n"
        if line.startswith("OPTIONS"):
            writer.write(f"HTTP/1.1 204 No Content\r\n{allowed}\r\n".encode())
            return True
        if key := fields.get("sec-websocket-key"):
            accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
            message = f'{{"type":"order.snapshot","data":{UPDATE}}}'.encode()
            writer.write(
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                f"sec-websocket-protocol: order-updates.v1\r\nsec-websocket-accept: {accept}\r\n\r\n".encode()
                + bytes([0x81, len(message)]) + message)
            self._streams.append((writer, True))
        else:
            event = f"event: order.snapshot\ndata: {UPDATE}\n\n"
            writer.write(
                f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n{allowed}\r\n"
                f"{len(event):x}\r\n{event}\r\n".encode())
            self._streams.append((writer, False))
        await writer.drain()
        return False


class ProtocolBreaker(Peer):
    """Sends what neither protocol knows: an opcode that is reserved, a chunk whose size is no number."""

    def fail(self, writer, is_socket):
        writer.write(b"\x83\x02no" if is_socket else b"no size\r\nno\r\n")


class Resetter(Peer):
    """Resets the connection (RFC 9293, section 3.5.2), as a rebooted host or an intermediary does."""

    def fail(self, writer, is_socket):
        peer = writer.transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


class BlackHole(Peer):
    """Takes connections and requests, and never answers."""

    async def _answer(self, line, fields, writer):
        return False
