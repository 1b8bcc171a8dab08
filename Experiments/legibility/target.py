"""The server under observation: `tandem serve` with keys of our own, its tokens, and a page that looks at it."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import pathlib
import signal
import tempfile
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COMMAND = ROOT / ".build" / "release" / "tandem"
START_SECONDS = 20
STOP_SECONDS = 15


class TargetError(Exception):
    """The server did not do what the measurement needs of it."""


def _url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Keys:
    """A signing key (RFC 7515, HS256) in a file for the server alone."""

    def __init__(self):
        self._secret = os.urandom(32)
        self._file = tempfile.NamedTemporaryFile("w", suffix=".jwks.json")
        key = {"kty": "oct", "kid": "browser", "alg": "HS256", "use": "sig", "k": _url64(self._secret)}
        json.dump({"keys": [key]}, self._file)
        self._file.flush()
        self.path = self._file.name

    def token(self, subject="alice", scopes=("orders:read",), lifetime=300, identity=None):
        now = int(time.time())
        claims = {
            "sub": subject, "iss": "tandem", "aud": "tandem", "iat": now, "exp": now + lifetime,
            "jti": identity or uuid.uuid4().hex, "scope": " ".join(scopes),
        }
        header = {"alg": "HS256", "kid": "browser", "typ": "at+jwt"}
        signed = ".".join(_url64(json.dumps(part).encode()) for part in (header, claims))
        return signed + "." + _url64(hmac.new(self._secret, signed.encode(), hashlib.sha256).digest())

    def close(self):
        self._file.close()


class Server:
    """`tandem serve` on a free port. Its log is shown only where it does not start."""

    def __init__(self, keys, *options, command=COMMAND, tls=None):
        self._arguments = [
            str(command), "serve", "--json", "--port", "0", "--orders", "1", "--orders-prefix", "order-",
            "--clock-skew", "0s", "--jwks", keys.path, *options]
        if tls:
            self._arguments += ["--tls-cert", tls.certificate, "--tls-key", tls.key]
        self._scheme = "https" if tls else "http"

    async def __aenter__(self):
        self._log = tempfile.TemporaryFile()
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=self._log)
        line = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
        if not line:
            self._log.seek(0)
            raise TargetError(f"the server did not start: {self._log.read().decode(errors='replace').strip()}")
        self.port = json.loads(line)["port"]
        return self

    async def __aexit__(self, *_):
        # The second signal ends a server that is draining.
        while self._process.returncode is None:
            self.drain()
            try:
                await asyncio.wait_for(self._process.wait(), 1)
            except asyncio.TimeoutError:
                continue
        with self._log:
            if self._process.returncode not in (0, 130):
                self._log.seek(0)
                raise TargetError(
                    f"the server ended with status {self._process.returncode}: {self._log.read().decode(errors='replace')}")

    def drain(self):
        try:
            self._process.terminate()
        except ProcessLookupError:
            pass

    @property
    def http(self):
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def ws(self):
        return self.http.replace("http", "ws", 1)

    async def request(self, method, path, token, body=None):
        """The status of a request without TLS, by a client that is no browser."""
        content = json.dumps(body).encode() if body is not None else b""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\nauthorization: Bearer {token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n".encode()
            + content)
        status = await reader.readline()
        writer.close()
        return int(status.split()[1])


class HeldStream:
    """A subscriber that only holds its place."""

    def __init__(self, server, token):
        self._server, self._token = server, token

    async def __aenter__(self):
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        self._writer.write(
            f"GET /orders/order-0/events HTTP/1.1\r\nhost: 127.0.0.1:{self._server.port}\r\n"
            f"authorization: Bearer {self._token}\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise TargetError(f"a stream to hold was refused: {head.splitlines()[0].decode()}")
        return self

    async def __aexit__(self, *_):
        self._writer.close()


class PageServer:
    """One blank page with page.js, on an origin of its own; with TLS where a context is given."""

    def __init__(self, tls=None):
        self._tls = tls

    async def __aenter__(self):
        script = (HERE / "page.js").read_text()
        self._page = f"<!doctype html><meta charset=utf-8><title>observer</title><script>{script}</script>".encode()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        scheme = "https" if self._tls else "http"
        self.origin = f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()

    async def _serve(self, reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n"
                + f"content-length: {len(self._page)}\r\n\r\n".encode() + self._page)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


class SelfSigned:
    """A certificate that no client has a reason to trust."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.certificate = os.path.join(self._folder.name, "certificate.pem")
        self.key = os.path.join(self._folder.name, "key.pem")

    async def make(self):
        process = await asyncio.create_subprocess_exec(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.key, "-out",
            self.certificate, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
        if await process.wait() != 0:
            raise TargetError("openssl made no certificate")
        return self

    def close(self):
        self._folder.cleanup()
