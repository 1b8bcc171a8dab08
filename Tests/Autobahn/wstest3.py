"""Runs the ported suite: one of Autobahn's two fuzzing roles, on loopback.

`port.py` keeps bytes in `str`; the wrappers here convert where the fuzzing protocol meets autobahn's own, which takes and
gives `bytes`. A fuzzing server listens on a port that the system chooses, and prints it as a JSON line.
"""
import argparse
import json
import sys

from autobahntestsuite import fuzzing
from autobahntestsuite._py3shim import _py3_hex, to_bytes, to_text
from autobahntestsuite.case import case
from twisted.internet import reactor
from twisted.python import log

# What each method of autobahn's protocol takes as bytes.
SENDERS = {
    "sendFrame": ("payload", "mask"),
    "sendMessage": ("payload",),
    "sendPing": ("payload",),
    "sendPong": ("payload",),
    "sendCloseFrame": ("reasonUtf8",),
    "sendMessageFrameData": ("payload",),
    "sendData": ("data",),
}


def bin_log_data(data, maxlen=64):
    data = to_bytes(data)
    ellipsis = " ..."
    return _py3_hex(data[:maxlen]) + ellipsis if len(data) > maxlen - len(ellipsis) else _py3_hex(data)


def ascii_log_data(data, maxlen=64, replace=False):
    data = to_bytes(data)
    ellipsis = " ..."
    errors = "replace" if replace else "strict"
    try:
        if len(data) > maxlen - len(ellipsis):
            return data[:maxlen].decode("utf8", errors) + ellipsis
        return data.decode("utf8", errors)
    except UnicodeDecodeError:
        return "0x" + bin_log_data(data, maxlen)


def sending_bytes(method, names):
    def send(self, *positional, **named):
        length = named.get("payload_len")
        if length is not None:
            # autobahn 0.10.9 repeats a payload up to a length for text only.
            payload = to_bytes(named["payload"])
            named["payload"] = (payload * (length // len(payload) + 1))[:length]
            named["payload_len"] = None
        positional = [to_bytes(value) for value in positional]
        named = {name: to_bytes(value) if name in names else value for name, value in named.items()}
        return method(self, *positional, **named)

    return send


def adapt():
    """Puts the wrappers in place."""
    case.Case.compare = lambda self, a, b: [tuple(x) for x in a] == [tuple(x) for x in b]
    fuzzing.binLogData = bin_log_data
    fuzzing.asciiLogData = ascii_log_data

    protocol = fuzzing.FuzzingProtocol
    log_frame, on_message = protocol.logRxFrame, protocol.onMessage
    protocol.logRxFrame = lambda self, header, payload: log_frame(self, header, [to_text(part) for part in payload])
    protocol.onMessage = lambda self, message, is_binary: on_message(self, to_text(message), is_binary)
    for name in ("onPing", "onPong"):
        if hasattr(protocol, name):
            method = getattr(protocol, name)
            setattr(protocol, name, lambda self, payload, method=method: method(self, to_text(payload)))
    for role in (fuzzing.FuzzingClientProtocol, fuzzing.FuzzingServerProtocol):
        for name, names in SENDERS.items():
            setattr(role, name, sending_bytes(getattr(role, name), names))

    # The JSON alone is read; the HTML of large messages takes minutes.
    factory = fuzzing.FuzzingFactory
    create_reports = factory.createReports
    factory.createReports = lambda self, produceHtml=False, produceJson=True: create_reports(
        self, produceHtml=False, produceJson=True)


def listen(factory, context_factory=None):
    """Listens on loopback, where the suite's own command listens on every interface, at the port of its file."""
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    # The Host field is checked against it.
    factory.externalPort = port.getHost().port
    print(json.dumps({"event": "listening", "port": factory.externalPort}), file=sys.__stdout__, flush=True)
    return port


def main():
    parser = argparse.ArgumentParser(description="Run the ported Autobahn suite.")
    parser.add_argument("-m", "--mode", choices=["fuzzingclient", "fuzzingserver"], required=True)
    parser.add_argument("-s", "--spec", required=True, help="a JSON file: outdir, cases, servers or url, log")
    arguments = parser.parse_args()
    with open(arguments.spec) as file:
        spec = json.load(file)
    adapt()
    # What the suite says of each case: standard output is for the one line that a program reads.
    sys.stdout = sys.stderr
    log.startLogging(open(spec.get("log", "/dev/null"), "w"), setStdout=False)
    if arguments.mode == "fuzzingclient":
        fuzzing.startClient(spec)
    else:
        fuzzing.listenWS = listen
        fuzzing.startServer(spec, None)
    reactor.run()


if __name__ == "__main__":
    main()
