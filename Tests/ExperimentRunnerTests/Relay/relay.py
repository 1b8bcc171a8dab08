#!/usr/bin/python3
"""A server that does not deliver what was published: a relay before one that does.

Runs the program that is given with its arguments, stands in its place (its first line names the relay's port), and changes a
word in whatever the program sends, into one of the same length, so that all framing holds.
"""

import json
import signal
import socket
import subprocess
import sys
import threading

WORD, OTHER = b"provisioning", b"PROVISIONING"

program = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
for number in (signal.SIGTERM, signal.SIGUSR1):
    signal.signal(number, lambda number, _: program.send_signal(number))


def copy(source, sink, change):
    while data := source.recv(65536):
        sink.sendall(change(data))
    sink.shutdown(socket.SHUT_WR)


def relay(client, port):
    server = socket.create_connection(("127.0.0.1", port))
    threading.Thread(target=copy, args=(client, server, lambda data: data), daemon=True).start()
    threading.Thread(target=copy, args=(server, client, lambda data: data.replace(WORD, OTHER)), daemon=True).start()


def accept(listener, port):
    while True:
        relay(listener.accept()[0], port)


said = json.loads(program.stdout.readline())
listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
threading.Thread(target=accept, args=(listener, said["port"]), daemon=True).start()
print(json.dumps(said | {"port": listener.getsockname()[1]}), flush=True)
sys.exit(program.wait())
