#!/usr/bin/python3
"""What WebSocket servers send: what RFC 6455 allows is read, what it forbids is refused by name."""

import zlib

from field import *
from foreign import *


def measured(*options, head=accepted, frames=lambda body: [frame(body)]):
    with Foreign(head=head, frames=frames) as server:
        return load(server.port, *options, transport="websocket")


def pieces(data):
    return [data[place:place + 1] for place in range(len(data))]


for first in (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"):
    expect("9", (0, "whole"), measured(head=lambda key: accepted(key, first=first)))
long = lambda body: body[:-1] + b',"pad":"' + b"y" * 70_000 + b'"}'
for frames in (
        lambda body: [frame(body[:9], final=False) + frame(body[9:], opcode=0)],
        lambda body: [frame(body[:9], final=False), frame(b"", opcode=0, final=False), frame(body[9:], opcode=0)],
        lambda body: [frame(body[:9], final=False) + frame(b"are you there", opcode=9) + frame(body[9:], opcode=0)],
        lambda body: pieces(frame(body)),
        lambda body: [frame(b"\xc3", final=False), frame(b"\xa9", opcode=0), frame(body)],
        lambda body: [frame(body, length=16)], lambda body: [frame(body, length=64)], lambda body: [frame(long(body))],
        lambda body: [frame(body, opcode=2)], lambda body: [frame(b"", opcode=10) + frame(body)],
        lambda body: [frame(b"", opcode=9) + frame(body)], lambda body: [frame(b"x" * 125, opcode=9) + frame(body)],
        lambda body: [frame(b"[DONE]") + frame(body)]):
    expect("40", (0, "whole"), measured(frames=frames))
expect("40", (0, "whole"), measured(head=lambda key: accepted(key) + frame(b'{"hello":1}')))
expect("40", (0, "whole"), measured(head=lambda key: pieces(accepted(key))))
expect("40", (0, "whole"), measured(head=lambda key: accepted(key, b"A: b", b"Sec: x")))

for frames, words in [
        (lambda body: [frame(body, mask=True)], "a server's frame is masked"),
        (lambda body: [frame(body, rsv=4)], "a reserved bit is set"), (lambda body: [frame(body, rsv=1)], "a reserved bit is set"),
        (lambda body: [frame(body, opcode=3)], "the opcode 3"), (lambda body: [frame(body, opcode=11)], "the opcode 11"),
        (lambda body: [frame(b"x", opcode=9, final=False)], "a control frame that is cut or too long"),
        (lambda body: [frame(b"x" * 126, opcode=9)], "a control frame that is cut or too long"),
        (lambda body: [frame(body, final=False) + frame(body)], "a message within a message"),
        (lambda body: [frame(body, opcode=0)], "a continuation of nothing"),
        (lambda body: [frame(b"\xff\xfe")], "a text that is not UTF-8"),
        (lambda body: [frame(b"\x03", opcode=8)], "a close code of one byte"),
        (lambda body: [frame(b"\x03\xe8\xff", opcode=8)], "a close reason that is not UTF-8"),
        *((lambda body, code=code: [frame(struct.pack(">H", code), opcode=8)], f"the close code {code}")
          for code in (999, 1005, 1006, 5000))]:
    expect("41", (1, (words,)), says(measured("--drain", "100ms", frames=frames), words))
# What a server of its own means by its codes it says itself.
for frames, words in [
        (lambda body: [frame(struct.pack(">H", 4001) + b"go away", opcode=8)], "go away (4001)"),
        (lambda body: [frame(struct.pack(">H", 4002), opcode=8)], "4002, without a reason"),
        (lambda body: [frame(struct.pack(">H", 1013) + b"later", opcode=8)], "later (1013)")]:
    expect("41", (1, (words,)), says(measured("--drain", "100ms", frames=frames), words))
for head, words in [
        (lambda key: accepted(key, accept=b"AAAAAAAAAAAAAAAAAAAAAAAAAAA="), "Sec-WebSocket-Accept does not fit"),
        (lambda key: accepted(key, b"Sec-WebSocket-Extensions: permessage-deflate"), "the extension 'permessage-deflate'"),
        (lambda key: accepted(key, b"Sec-WebSocket-Protocol: mqtt"), "the subprotocol 'mqtt'"),
        (lambda key: accepted(key).replace(b"websocket", b"h2c"), "it upgrades to 'h2c'"),
        (lambda key: accepted(key).replace(b"Connection: Upgrade", b"Connection: close"), "its Connection is 'close'")]:
    expect("41", (1, (words,)), says(measured("--drain", "100ms", head=head), words))

# Compressed messages (RFC 7692), where they were agreed on.
AGREED = b"Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"


def deflated(body):
    compressor = zlib.compressobj(wbits=-15)
    return (compressor.compress(body) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def offering(*options, **server):
    return measured("--compression", "permessage-deflate", *options, **server)


for answer in (AGREED, AGREED + b"; client_no_context_takeover", AGREED + b"; server_max_window_bits=10"):
    expect("40", (0, "whole"), offering(
        head=lambda key, answer=answer: accepted(key, answer), frames=lambda body: [frame(deflated(body), rsv=4)]))
for frames in (lambda body: [frame(body)], lambda body: pieces(frame(deflated(body), rsv=4)),
               lambda body: [frame(deflated(body)[:9], rsv=4, final=False) + frame(b"", opcode=9)
                             + frame(deflated(body)[9:], opcode=0)]):
    expect("40", (0, "whole"), offering(head=lambda key: accepted(key, AGREED), frames=frames))
# No server need take the offer up.
expect("40", (0, "whole"), offering())
for answer in (b"Sec-WebSocket-Extensions: permessage-deflate", AGREED + b"; client_max_window_bits=10",
               AGREED + b"; server_no_context_takeover", AGREED + b"; level=9", AGREED + b", permessage-deflate",
               b"Sec-WebSocket-Extensions: x-webkit-deflate-frame"):
    words = "its Sec-WebSocket-Extensions is"
    expect("41", (1, (words,)), says(offering(
        "--drain", "100ms", head=lambda key, answer=answer: accepted(key, answer)), words))
for frames, words in [
        (lambda body: [frame(deflated(body)[:-5], rsv=4)], "a message whose compression is damaged"),
        (lambda body: [frame(deflated(body)[:9], rsv=4, final=False) + frame(b"x", opcode=0, rsv=4)], "a reserved bit is set"),
        (lambda body: [frame(deflated(b"x" * 20_000_000), rsv=4)], "bytes, expanded")]:
    expect("41", (1, (words,)), says(offering(
        "--drain", "100ms", head=lambda key: accepted(key, AGREED), frames=frames), words))
