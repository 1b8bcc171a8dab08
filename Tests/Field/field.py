"""What the scripts of this folder share: a server on a free port, requests to the byte, and one line a result.

Standard library alone. No script sleeps: it waits for an answer, for an end, or for a line that a process prints, and PATIENCE only
bounds a wait for what never comes.
"""

import atexit
import contextlib
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Documents"))

import server  # noqa: E402

TANDEM = os.environ.get("TANDEM", str(ROOT / ".build/release/tandem"))
# Seconds: what has not come by then never comes. No result is a time.
PATIENCE = float(os.environ.get("FIELD_PATIENCE", "20"))
# The fields of a WebSocket's handshake (RFC 6455, section 1.2).
UPGRADE = (
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")
key = server.key
token = server.token
_failures = []
_results = []


def expect(row, expected, observed):
    """Prints `row, expected, observed` for each row (`"12, sec-4"` is two); the script's exit status is 1 where they ever differ."""
    _results.append(row)
    verdict = "ok  " if expected == observed else "FAIL"
    if expected != observed:
        _failures.append(row)
    for each in row.split(", "):
        print(f"{verdict} {each}, {expected}, {observed}", flush=True)


@atexit.register
def _end():
    if _failures or not _results:
        if not _results:
            print(f"FAIL {sys.argv[0]} looked at nothing", flush=True)
        sys.stdout.flush()
        os._exit(1)


def serve(*options, auth="none", orders=1, jwks=None, log=None):
    """`tandem serve` as a context, ready: `port`, `h2c_port`, `process`. `jwks` is the path of its keys, where they are not to be the one
    of `token`; `log` is a file that gets what it writes to standard error."""
    return server.Server(TANDEM, "--orders", str(orders), *options, auth=auth, jwks=jwks, log=log)


def certificate(folder):
    """A certificate of its own for 127.0.0.1, and its key, in files of the folder."""
    paths = pathlib.Path(folder, "certificate.pem"), pathlib.Path(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", paths[1], "-out", paths[0]],
        check=True, stderr=subprocess.DEVNULL)
    return [str(path) for path in paths]


@contextlib.contextmanager
def serve_tls(*options):
    """The same over TLS, with a certificate of its own."""
    with tempfile.TemporaryDirectory() as folder:
        authority, key = certificate(folder)
        with serve("--tls-cert", authority, "--tls-key", key, *options) as server:
            yield server


def run(*arguments, **environment):
    """A command that ends by itself: exit status, standard output and standard error."""
    done = subprocess.run(
        [TANDEM, *map(str, arguments)], capture_output=True, text=True, timeout=6 * PATIENCE, stdin=subprocess.DEVNULL,
        env={**os.environ, **environment})
    return done.returncode, done.stdout, done.stderr


class Answer:
    """One answer over HTTP/1.1: `status`, `headers` with names in lower case, `body`."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def is_problem(self):
        return self.headers.get("content-type", "").startswith("application/problem+json")


class Connection:
    """A connection to a server here, whose bytes are the script's."""

    def __init__(self, port, host="127.0.0.1", tls=False, receives=None):
        """`receives` is the size of the buffer of what was not read."""
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receives:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        self.socket.connect((host, port))
        if tls:
            self.socket = ssl._create_unverified_context().wrap_socket(self.socket)
        self._kept = b""

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def _more(self):
        """False at the end of the connection; a reset is an end."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        self._kept += data
        return bool(data)

    def read(self, count):
        while len(self._kept) < count:
            if not self._more():
                raise EOFError(f"the connection ended after {self._kept!r}")
        data, self._kept = self._kept[:count], self._kept[count:]
        return data

    def read_until(self, end):
        while end not in self._kept:
            if not self._more():
                raise EOFError(f"the connection ended after {self._kept!r}")
        data, self._kept = self._kept.split(end, 1)
        return data + end

    def answer(self, head_only=False):
        """The next answer, 1xx left out."""
        while True:
            lines = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            status = int(lines[0].split(" ")[1])
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
            if 100 <= status < 200 and status != 101:
                continue
            if head_only or status in (101, 204, 304):
                return Answer(status, headers, b"")
            if headers.get("transfer-encoding") == "chunked":
                body = b""
                while size := int(self.read_until(b"\r\n").split(b";")[0], 16):
                    body += self.read(size)
                    self.read(2)
                self.read_until(b"\r\n")
                return Answer(status, headers, body)
            return Answer(status, headers, self.read(int(headers.get("content-length", 0))))

    @property
    def has_ended(self):
        """Waits for the end of the connection; False where more comes or PATIENCE is over."""
        if self._kept:
            return False
        try:
            return not self._more()
        except TimeoutError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def ask(port, data, *fields, head_only=False):
    """Sends the bytes on a connection of their own: (statuses, ending). The ending is `closed`; `open` where the server then answers a
    request for an order that there is not, which is not counted; or `silent`, where neither comes. `fields` are of that request."""
    probe = get("/orders/no-such-order", port, *fields)
    statuses = []
    with Connection(port) as connection:
        try:
            connection.send(data)
            statuses.append(connection.answer(head_only).status)
            connection.send(probe)
            while b"no-such-order" not in (answer := connection.answer()).body:
                statuses.append(answer.status)
            return statuses, "open"
        except (EOFError, ConnectionError):
            return statuses, "closed"
        except TimeoutError:
            return statuses, "silent"


def get(path, port, *fields, method="GET"):
    """A request of HTTP/1.1 as text, without a body."""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n" + "".join(field + "\r\n" for field in fields) + "\r\n"


def post(path, port, body, *fields, type="application/json"):
    """A request of HTTP/1.1 with a body, whose bytes or text go as they are."""
    body = body if isinstance(body, bytes) else body.encode()
    typed = [f"Content-Type: {type}"] if type else []
    return get(path, port, *typed, *fields, f"Content-Length: {len(body)}", method="POST").encode("latin-1") + body


def authorized(port, authorization):
    """The statuses of a request for order-0 with this Authorization; that of the request after it is a good one."""
    request = get("/orders/order-0", port, "Authorization: " + authorization)
    return ask(port, request, "Authorization: Bearer " + token("alice", "read"))[0]


def exchange(port, data):
    """The answer to the bytes, on a connection of their own."""
    with Connection(port) as connection:
        connection.send(data)
        return connection.answer()
