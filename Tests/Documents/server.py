"""A server of our own, on a free port, that ends with its `with` block."""

import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import tempfile
import time

SECRET = os.urandom(32)
# A check may leave a connection behind that does not end by itself.
DRAIN_SECONDS = 2


def _url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key(kid="check", secret=SECRET):
    """The key that `token` signs with, as a JWKS holds it."""
    return {"kty": "oct", "kid": kid, "alg": "HS256", "use": "sig", "k": _url64(secret)}


def token(subject, *scopes, id=None, lifetime=300, kid="check", secret=SECRET, header=None, **others):
    """An access token that a server with a scheme takes (RFC 7515, HS256), made without code of the server's. `header` and `others`
    are members in place of the usual ones or beside them; None leaves one out."""
    header = {"alg": "HS256", "kid": kid, "typ": "at+jwt", **(header or {})}
    now = int(time.time())
    claims = {
        "sub": subject, "iss": "tandem", "aud": "tandem", "iat": now, "exp": now + lifetime,
        "scope": " ".join(scope if ":" in scope else f"orders:{scope}" for scope in scopes),
    }
    if id:
        claims["jti"] = id
    header, claims = ({k: v for k, v in part.items() if v is not None} for part in (header, {**claims, **others}))
    signed = ".".join(_url64(json.dumps(part).encode()) for part in (header, claims))
    return signed + "." + _url64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())


class Server:
    """`tandem serve` with the schemes `auth`, whose tokens `token` makes."""

    def __init__(self, command, *options, auth="none", jwks=None, log=None):
        """`jwks` is the path of the server's keys; without it they are the one of `token`. `log` is a file for the server's log, which
        goes where this script's errors go without it."""
        self._keys = None
        self._log = log
        self._drains = False
        if jwks:
            options += ("--jwks", jwks)
        elif auth != "none":
            self._keys = tempfile.NamedTemporaryFile("w", suffix=".jwks.json")
            json.dump({"keys": [key()]}, self._keys)
            self._keys.flush()
            options += ("--jwks", self._keys.name)
        options += ("--auth", auth)
        self._arguments = [
            str(command), "serve", "--json", "--port", "0", "--drain-bound", str(DRAIN_SECONDS), *options]

    def __enter__(self):
        self.process = subprocess.Popen(self._arguments, stdout=subprocess.PIPE, stderr=self._log, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start: {' '.join(self._arguments)}")
        announced = json.loads(line)
        self.host, self.port, self.h2c_port = announced["host"], announced["port"], announced["h2cPort"]
        return self

    def drain(self):
        self._drains = True
        self.process.send_signal(signal.SIGTERM)

    def __exit__(self, *_):
        # One signal, if it was not sent yet: a second would end a server that hangs in its drain, and hide that it does.
        try:
            if not self._drains:
                self.drain()
            self.process.wait(timeout=DRAIN_SECONDS + 20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"the server did not end within its bound of {DRAIN_SECONDS} s") from None
        finally:
            self.process.stdout.close()
            if self._keys:
                self._keys.close()
        if self.process.returncode != 0:
            raise RuntimeError(f"the server ended with {self.process.returncode}")
