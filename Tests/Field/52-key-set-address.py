#!/usr/bin/python3
"""The address of a key set, and what servers answer there: taken, or refused at the start with what came."""

import contextlib
import json
import ssl
import tempfile
import threading

from field import *


KEYS = json.dumps({"keys": [key()]}).encode()


class Publisher:
    """Answers each connection with these bytes, and then closes it, unless it is to hang. Within TLS it says first that it closes,
    unless it is cut."""

    def __init__(self, answer, hangs=False, form="http://127.0.0.1:{}/jwks.json", tls=None, is_cut=False):
        self._answer, self._hangs, self._held, self._tls, self._is_cut = answer, hangs, [], tls, is_cut
        family, host = (socket.AF_INET6, "::1") if "[::1]" in form else (socket.AF_INET, "127.0.0.1")
        self._listener = socket.create_server((host, 0), family=family)
        self.url = form.format(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            connection, _ = self._listener.accept()
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
            connection.recv(65536)
            connection.sendall(self._answer)
            if self._tls and not self._is_cut:
                # Says that nothing follows; the client may have gone by then.
                with contextlib.suppress(ssl.SSLError, OSError):
                    connection.unwrap()
                connection.close()
            elif self._hangs:
                self._held.append(connection)
            else:
                connection.close()


def plain(body, status="200 OK", version="HTTP/1.1", fields=""):
    return (f"{version} {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{fields}\r\n").encode() + body


def chunked(body, extension=""):
    half = len(body) // 2
    pieces = b"".join(f"{len(p):x}{extension}\r\n".encode() + p + b"\r\n" for p in (body[:half], body[half:], b""))
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces


def takes(name, answer, **form):
    with serve("--owner", "alice", auth="bearer", jwks=Publisher(answer, **form).url) as server:
        with Connection(server.port) as connection:
            connection.send(get("/orders/order-0", server.port, f"Authorization: Bearer {token('alice', 'read')}"))
            expect("52", (name, 200), (name, connection.answer().status))


def refuses(name, cause, answer, row="52", **form):
    code, _, error = run("serve", "--port", "0", "--jwks", Publisher(answer, **form).url)
    expect(row, (name, 2, True), (name, code, cause in error or error))


takes("a length", plain(KEYS))
takes("chunks", chunked(KEYS))
takes("chunks with an extension", chunked(KEYS, ";name=value"))
takes("HTTP/1.0", plain(KEYS, version="HTTP/1.0"))
takes("a head of 3,000 bytes", plain(KEYS, fields=f"X-Large: {'x' * 3000}\r\n"))
takes("a byte order mark", plain(b"\xef\xbb\xbf" + KEYS))
takes("a 103 before it", b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n" + plain(KEYS))
takes("an address of IPv6", plain(KEYS), form="http://[::1]:{}/jwks.json")
takes("a scheme in upper case, and a fragment", plain(KEYS), form="HTTP://127.0.0.1:{}/jwks.json#keys")
refuses("a page", "not a JWKS", plain(b"<!doctype html><title>Sign in</title>"))
refuses("a 404", "404", plain(b"{}", status="404 Not Found"))
# Keys decide who is let in: they come from where the operator says, and from nowhere else.
refuses("a redirect", "answered 302", plain(b"", "302 Found", fields=f"Location: {Publisher(plain(KEYS)).url}\r\n"), row="33")
refuses("an answer that is cut", "the connection ended within the answer", plain(KEYS)[:-20])
refuses("no answer", "no answer within 5.0 s", b"", hangs=True)
# An answer that goes to the connection's end is whole where TLS says that it ends (RFC 9112, section 9.8).
with tempfile.TemporaryDirectory() as folder:
    authority, private = certificate(folder)
    os.environ["SSL_CERT_FILE"] = str(authority)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority, private)
    secure = {"form": "https://127.0.0.1:{}/jwks.json", "tls": context}
    to_its_end = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + KEYS
    takes("an answer to the end of TLS", to_its_end, **secure)
    refuses("an answer to a cut of TLS", "the connection ended within the answer", to_its_end, is_cut=True, **secure)
    takes("a length within TLS that is cut behind it", plain(KEYS), is_cut=True, **secure)
