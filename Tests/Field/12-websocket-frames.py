#!/usr/bin/python3
"""Frames of a WebSocket client (RFC 6455, section 5): what is not masked or not well formed ends the connection with its code."""

from field import UPGRADE, Connection, expect, get, serve, serve_tls

TEXT, BINARY, CLOSE, PING, PONG, FINAL = 1, 2, 8, 9, 10, 0x80
SUBSCRIBE = b'{"type":"subscribe","orderId":"order-0"}'
ODD = b'{"type":"none"}'
# A text, cut within a character.
CUT = '{"type":"subscribe","orderId":"order-0","reason":"é"}'.encode().partition(b"\xc3")
CUT = CUT[0] + CUT[1], CUT[2]


def frame(kind, payload=b"", mask=b"\x12\x34\x56\x78", final=True, reserved=0):
    """`mask` is None for a frame that is not masked, which a client's has to be."""
    length = len(payload)
    head = bytes([kind | (FINAL if final else 0) | reserved])
    size = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2, "big")
    if mask is None:
        return head + size + payload
    return head + bytes([size[0] | 0x80]) + size[1:] + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


class Socket(Connection):
    def __init__(self, port, frames=b"", **connection):
        """`frames` come in one segment with the handshake."""
        super().__init__(port, **connection)
        self.send(get("/socket", port, *UPGRADE).encode() + frames)
        assert self.answer().status == 101

    def frame(self):
        """The next frame of the server: opcode and payload."""
        head = self.read(2)
        length = head[1] if head[1] < 126 else int.from_bytes(self.read(2 if head[1] == 126 else 8), "big")
        return head[0] & 15, self.read(length)

    def outcome(self):
        """What the server says to all that was sent: the types of messages, and how the connection ends."""
        told = []
        while True:
            try:
                kind, payload = self.frame()
            except EOFError:
                return told + ["cut"]
            if kind == CLOSE:
                return told + [int.from_bytes(payload[:2], "big") if payload else "no code"]
            told.append(payload.split(b'"')[3].decode())


def row(name, port, expected, *frames, **connection):
    with Socket(port, **connection) as socket:
        socket.send(b"".join(frames))
        expect(name, expected, socket.outcome())


with serve() as server:
    last = frame(CLOSE, b"\x03\xe8")
    row("12, sec-4", server.port, [1002], frame(TEXT, SUBSCRIBE, mask=None))
    # After masked frames as before them, in one read with them, in fragments and as a control frame.
    row("12", server.port, ["subscribed", "order.snapshot", 1002], frame(TEXT, SUBSCRIBE), frame(TEXT, ODD, mask=None))
    row("12", server.port, [1002], frame(TEXT, SUBSCRIBE[:9], final=False), frame(0, SUBSCRIBE[9:], mask=None))
    row("12", server.port, [1002], frame(TEXT, SUBSCRIBE + b" " * 400, mask=None))
    row("12", server.port, [1002], frame(PONG, b"odd", mask=None))
    row("12", server.port, [1002], frame(CLOSE, b"\x03\xe8", mask=None))
    # A key of zeros is a mask.
    row("12", server.port, ["subscribed", "order.snapshot", 1000], frame(TEXT, SUBSCRIBE, mask=b"\0" * 4), last)
    # A close frame has no payload, or a code.
    row("sec-9", server.port, [1002], frame(CLOSE, b"\x03"))
    row("sec-9", server.port, [1000], last)
    row("sec-9", server.port, ["no code"], frame(CLOSE))
    with Socket(server.port) as socket:
        socket.send(frame(PING, b"abc"))
        expect("58", (PONG, b"abc"), socket.frame())
    for expected, frames in (
        (["subscribed", "order.snapshot", 1000], [frame(TEXT, SUBSCRIBE[:9], final=False), frame(0, SUBSCRIBE[9:]), last]),
        ([1000], [frame(PONG), last]),
        ([1008], [frame(BINARY, SUBSCRIBE)]),
        ([1008], [frame(TEXT, b"")]),
        ([1008], [frame(TEXT, ODD)]),
        ([1007], [frame(TEXT, b"\xff\xfe")]),
        ([1009], [frame(TEXT, b" " * 65_000, final=False), frame(0, b" " * 60_000)]),
        ([1002], [frame(3, b"")]),
        ([1002], [frame(11, b"")]),
        ([1002], [frame(0, SUBSCRIBE)]),
        ([1002], [frame(TEXT, SUBSCRIBE[:9], final=False), frame(TEXT, SUBSCRIBE)]),
        ([1002], [frame(PING, b"abc", final=False)]),
        ([1002], [frame(TEXT, SUBSCRIBE, reserved=0x40)]),
        ([1002], [frame(TEXT, SUBSCRIBE, reserved=0x10)]),
        ([1002], [frame(CLOSE, b"\x03\xe7")]),
        ([1002], [frame(CLOSE, b"\x03\xed")]),
        ([4000], [frame(CLOSE, b"\x0f\xa0bye")]),
        ([4999], [frame(CLOSE, b"\x13\x87")]),
        ([1002], [frame(CLOSE, b"\x13\x88")]),
        ([1002], [frame(CLOSE, b"\xff\xff")]),
        # Texts and close reasons are UTF-8 (5.6, 5.5.1), wherever a frame ends; a pong is not a text.
        (["subscribed", "order.snapshot", 1000], [frame(TEXT, CUT[0], final=False), frame(0, CUT[1]), last]),
        ([1007], [frame(TEXT, CUT[0])]),
        ([1007], [frame(TEXT, CUT[0], final=False), frame(0, b"\"}")]),
        ([1007], [frame(TEXT, SUBSCRIBE[:9] + b"\xff", final=False)]),
        ([1007], [frame(CLOSE, b"\x03\xe8\xff")]),
        ([1007], [frame(CLOSE, b"\x03\xe8\xc3")]),
        ([1000], [frame(CLOSE, b"\x03\xe8\xc3\xa9")]),
        (["subscribed", "order.snapshot", 1000], [frame(TEXT, SUBSCRIBE), frame(PONG, b"\xff"), frame(PONG, b"\xc3"), last]),
        (["subscribed", "order.snapshot", 1000],
            [frame(TEXT, CUT[0], final=False), frame(PONG, b"\xff"), frame(0, CUT[1]), last]),
        # libwebsockets 4.1 ends these without a close frame.
        (["cut"], [frame(PING, b"a" * 126)]),
        (["cut"], [frame(CLOSE, b"\x03\xe8" + b"a" * 124)]),
        (["cut"], [bytes([TEXT | FINAL, 0xFF, 0x80]) + b"\0" * 11]),
    ):
        row("58", server.port, expected, *frames)
    # Behind its own close frame the server answers pings, as 5.5.2 asks. libwebsockets 4.1 answers what breaks the protocol too.
    for expected, data in (((PONG, b"abc"), frame(PING, b"abc")), ((CLOSE, 1002), frame(3))):
        with Socket(server.port) as socket:
            socket.send(frame(TEXT, ODD))
            expect("58", CLOSE, socket.frame()[0])
            socket.send(data)
            kind, payload = socket.frame()
            expect("58", expected, (kind, payload if kind == PONG else int.from_bytes(payload[:2], "big")))
    # In one read with the handshake.
    for expected, frames in (
        ([1002], [frame(3, b"")]),
        ([1002], [frame(TEXT, SUBSCRIBE, mask=None)]),
        (["subscribed", "order.snapshot", 1000], [frame(TEXT, SUBSCRIBE), last]),
    ):
        with Socket(server.port, b"".join(frames)) as socket:
            expect("58", expected, socket.outcome())


def behind(port, **connection):
    """What follows a frame that breaks the protocol, in one read with it, neither takes its close frame away nor changes it."""
    cut = frame(TEXT, b"\xff" + b"a" * 4_999, final=False)
    for code, frames in (
        (1007, [cut, frame(PING, b"\x0b\xb8another reason")]),
        (1007, [frame(TEXT, b"\xff"), frame(CLOSE, b"\x03\xe8")]),
        (1007, [cut, frame(0, b"a" * 20_000)]),
        (1002, [frame(3, b"a" * 15_000), frame(PING, b"abc")]),
        (1002, [frame(TEXT, ODD + b" " * 5_000, mask=None), frame(TEXT, SUBSCRIBE)]),
    ):
        row("58", port, [code], *frames, **connection)


def stalled(port, tls):
    """A subscriber that stops reading and then breaks the protocol holds nobody up."""
    body = '{"status":"Activating","message":"' + "m" * 60_000 + '"}'
    publish = f"POST /orders/order-0/updates HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with Socket(port, frame(TEXT, SUBSCRIBE), tls=tls, receives=4_096) as stalled, Connection(port, tls=tls) as publisher:
        # More than the kernel takes for a reader.
        for _ in range(150):
            publisher.send(publish + body)
            publisher.answer()
        stalled.send(frame(3, b"a" * 5_000))
        row("58", port, [1000], last, tls=tls)
        publisher.send(get("/healthz", port))
        expect("58", 200, publisher.answer().status)


with serve() as server:
    behind(server.port)
    stalled(server.port, tls=False)
with serve_tls() as server:
    behind(server.port, tls=True)
    stalled(server.port, tls=True)
