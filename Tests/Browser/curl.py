"""Which schemes the command curl can use, tried with it."""

import asyncio
import json
import tempfile

from target import Server

SECONDS = 3  # a stream has no end: curl is stopped, and what came until then counts


async def _curl(*arguments, sends=None):
    """What curl wrote, and its complaint."""
    process = await asyncio.create_subprocess_exec(
        "curl", "--silent", "--show-error", "--no-buffer", "--max-time", str(SECONDS), *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    output, errors = await process.communicate(sends)
    return output, errors.decode(errors="replace").strip()


# The header fields of an opening handshake (RFC 6455, section 4.1), with the key of its section 1.3.
UPGRADE = ("--http1.1", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13",
           "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")


async def reach(scheme, keys, certificates, command):
    """Whether curl got the order's snapshot, and what it saw."""
    tls = scheme == "mtls"
    options = ["--auth", scheme] + (["--client-ca", certificates.authority] if tls else [])
    async with Server(keys, *options, command=command, tls=certificates if tls else None) as server:
        events = f"{server.http}/orders/order-0/events"
        token = keys.token()
        bearer = ("-H", f"Authorization: Bearer {token}")
        with tempfile.NamedTemporaryFile() as jar:
            match scheme:
                case "none":
                    output, errors = await _curl(events)
                case "bearer":
                    output, errors = await _curl(*bearer, events)
                case "query":
                    output, errors = await _curl(f"{events}?access_token={token}")
                case "cookie":
                    await _curl("-X", "POST", *bearer, "-c", jar.name, f"{server.http}/session")
                    output, errors = await _curl("-b", jar.name, events)
                case "ticket":
                    wanted = json.dumps({"transport": "sse", "orders": ["order-0"]})
                    answer, errors = await _curl(
                        *bearer, "-H", "Content-Type: application/json", "-d", wanted, f"{server.http}/tickets")
                    output, errors = await _curl(f"{events}?ticket={json.loads(answer)['ticket']}")
                case "mtls":
                    output, errors = await _curl(
                        "--cacert", certificates.authority, "--cert", certificates.client, "--key",
                        certificates.client_key, events)
                case "subprotocol":
                    output, errors = await _curl(
                        *UPGRADE, "-H", f"Sec-WebSocket-Protocol: order-updates.v1, bearer.{token}",
                        f"{server.http}/orders/order-0/socket")
                case "message":
                    # A message is a masked frame: only a curl that speaks WebSocket itself could send one.
                    message = json.dumps({"type": "authenticate", "token": token})
                    output, errors = await _curl(
                        "-T", "-", f"{server.ws}/orders/order-0/socket", sends=message.encode())
                case _:
                    raise RuntimeError(f"there is no attempt for the scheme {scheme}: write one")
    return b"order.snapshot" in output, errors or output[:80].decode(errors="replace")
