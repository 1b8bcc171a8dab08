"""A server that is not Tandem's: its own paths, payload and times, over Server-Sent Events and WebSocket, and by polling.

Prints its port as a line. It refuses whatever differs from what the test says, so that a load without refusals shows
that every header, method and template has arrived. With `ticks` in the query it publishes by itself, each 10 ms or `ticks=SECONDS`.
Standard library alone.
"""

import asyncio
import base64
import hashlib
import json
import time
import urllib.parse

KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
watchers = {}
# By order: what it published last, where it publishes by itself.
states = {}
tickers = {}


async def head(reader):
    """Method, target and headers of the next request; None at the end of the connection."""
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = lines[0].split(" ")
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    return method, target, {name.lower(): value for name, value in headers.items()}


def answer(writer, status, text=""):
    body = text.encode()
    writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body)


def payload(order, update):
    """As unlike Tandem's as JSON allows: nested, a slash in a name, the number in an array."""
    return json.dumps(
        {"type": "changed", "about": {"order": order}, "sent/at": {"ms": update["when"]}, "no": [0, {"n": update["n"]}]})


def frame(text):
    """A text message of the server (RFC 6455, section 5.2)."""
    body = text.encode()
    length = bytes([len(body)]) if len(body) < 126 else bytes([126]) + len(body).to_bytes(2, "big")
    return b"\x81" + length + body


def publish(writer, method, url, headers, body):
    """Refused unless the template was filled in everywhere."""
    query = urllib.parse.parse_qs(url.query)
    order = url.path.removeprefix("/publish/")
    update = json.loads(body)
    wrong = [
        what
        for what, is_right in [
            ("method", method == "PUT"),
            ("header", headers.get("x-key") == "blue: green"),
            ("type", headers.get("content-type") == "application/vnd.test+json"),
            ("query", query.get("n") == [str(update["n"])] and query.get("at") == [str(update["when"])]),
            ("order", update["for"] == order),
        ]
        if not is_right
    ]
    if wrong:
        return answer(writer, 400, "wrong: " + ", ".join(wrong))
    tell(order, update)
    answer(writer, 204)


def tell(order, update):
    states[order] = update
    for encode, stream in watchers.get(order, []):
        stream.write(encode(payload(order, update)))


async def tick(order, seconds):
    """Publishes by itself, from a number that nobody knows."""
    for number in range(4_711, 1_000_000):
        tell(order, {"when": time.time_ns() // 1_000_000, "n": number})
        await asyncio.sleep(seconds)


def begin_to_tick(order, url):
    if order not in tickers:
        seconds = float(urllib.parse.parse_qs(url.query).get("ticks", ["0.01"])[0])
        tickers[order] = asyncio.get_running_loop().create_task(tick(order, seconds))


async def poll(writer, url):
    order = urllib.parse.parse_qs(url.query)["order"][0]
    begin_to_tick(order, url)
    while order not in states:
        await asyncio.sleep(0)
    answer(writer, 200, payload(order, states[order]))


def watch(writer, url, headers):
    """The beginning of a stream or a socket; whether it is one."""
    order = urllib.parse.parse_qs(url.query).get("order", [""])[0]
    if headers.get("x-tenant") != "a b" or not order:
        answer(writer, 403, "no tenant")
        return False
    if "sec-websocket-key" in headers:
        accept = base64.b64encode(hashlib.sha1(headers["sec-websocket-key"].encode() + KEY).digest())
        writer.write(
            b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        watchers.setdefault(order, []).append((frame, writer))
    else:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n: hello\n\n")
        watchers.setdefault(order, []).append((lambda text: f"event: changed\ndata: {text}\n\n".encode(), writer))
    if "ticks" in url.query:
        begin_to_tick(order, url)
    return True


def forget(writer):
    for order, there in watchers.items():
        watchers[order] = [watcher for watcher in there if watcher[1] is not writer]


async def serve(reader, writer):
    while request := await head(reader):
        method, target, headers = request
        url = urllib.parse.urlsplit(target)
        if url.path.startswith("/publish/"):
            publish(writer, method, url, headers, await reader.readexactly(int(headers.get("content-length", 0))))
        elif url.path == "/stream":
            writer.write(b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n\r\n: hello\n\n")
        elif url.path == "/state":
            await poll(writer, url)
        elif url.path != "/":
            answer(writer, 404)
        elif watch(writer, url, headers):
            # Frames of the client, and its end, are of no interest.
            while await reader.read(4096):
                pass
            forget(writer)
            break
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
