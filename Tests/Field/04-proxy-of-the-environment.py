#!/usr/bin/python3
"""A proxy that the environment names is not used, which doctor says; one that --proxy names is."""

import json
import tempfile

from field import *
from foreign import *

# Nothing listens there.
NAMED = {"http_proxy": "http://user:secret@127.0.0.1:9", "no_proxy": ""}
with Foreign() as server:
    expect("4", (0, "whole"), load(server.port, **NAMED))
    expect("4", (1, ("no connection to",)), says(load(server.port, "--proxy", "http://127.0.0.1:9"), "no connection to"))
with tempfile.TemporaryDirectory() as folder:
    status, _, error = run("run", ROOT / "Experiments/smoke.yaml", "--filter", "sse", "--out", f"{folder}/out", **NAMED)
    records = [json.loads(line) for line in open(f"{folder}/out/latest/observations.jsonl")]
    # A busy machine makes a trial invalid; one that met the proxy has failed.
    expect("4", (2, True), (len(records) or error, {record["status"] for record in records} <= {"ok", "invalid"}))
_, output, _ = run("doctor", "--json", **NAMED)
finding = next(finding for finding in json.loads(output) if finding["check"] == "proxy")
expect("4", ("warning", True, False), (finding["grade"], "http_proxy" in finding["found"], "secret" in output))


class Proxy:
    """Opens tunnels (RFC 9110, section 9.3.6), and notes to where."""

    def __init__(self):
        self.opened = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        self.opened.append(head.split(b"\r\n")[0].decode())
        server = socket.create_connection(tuple(head.split(b" ")[1].decode().split(":")))
        client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 x\r\n\r\n")
        for source, sink in [(client, server), (server, client)]:
            threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def _carry(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


for transport, head, frames in [("sse", CHUNKED, lambda body: [chunk(event(body))]), ("websocket", accepted, lambda body: [frame(body)])]:
    proxy = Proxy()
    with Foreign(head=head, frames=frames) as server:
        outcome = load(server.port, "--proxy", f"http://127.0.0.1:{proxy.port}", transport=transport)
        expect("4", (0, "whole", {f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"}), (*outcome, set(proxy.opened)))
