#!/usr/bin/python3
"""Tries every auth scheme with the native APIs of real browsers, and with curl, and compares with what the sources declare.

Exit status: 0 they agree; 1 they differ; 3 something is missing.
"""

import argparse
import asyncio
import contextlib
import math
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Experiments" / "legibility"))

import browsers
import curl
import information
import native
from certificates import Certificates
from profiles import declared
from target import COMMAND, Keys


class Differences:
    def __init__(self):
        self.count = 0

    def compare(self, client, scheme, works, expected, saw):
        if works == expected:
            print(f"ok    {client}, {scheme}: {'works' if works else 'cannot'}")
        else:
            self.count += 1
            print(f"FAIL  {client}, {scheme}: declared as {'usable' if expected else 'not usable'}, seen: {saw}")


def check_information(differences):
    """The bits of signals that are known without a browser."""
    causes = "abcd"
    for name, signals, expected in (
        ("all alike", {cause: ["x"] for cause in causes}, 0),
        ("all different", {cause: [cause] for cause in causes}, 2),
        ("two pairs", {cause: ["x" if cause < "c" else "y"] for cause in causes}, 1),
        # p(c,s) is 1/8 each, p(s) 1/2 each: the signal tells nothing.
        ("by chance", {cause: ["x", "y"] for cause in causes}, 0),
        ("one of four alone", {cause: ["x" if cause == "a" else "y"] for cause in causes},
         -(math.log2(1 / 4) / 4 + math.log2(3 / 4) * 3 / 4)),
    ):
        found = information.bits(signals)
        differences.compare("bits", name, abs(found - expected) < 1e-9, True, f"{found}, not {expected}")
        rows = [sum(row.values()) for row in information.confusion(signals).values()]
        differences.compare("confusion", name, all(abs(row - 1) < 1e-9 for row in rows), True, f"rows of {rows}")


async def check_reach(differences, command):
    profiles = declared()
    with contextlib.closing(Keys()) as keys, contextlib.closing(Certificates()) as certificates:
        for browser in browsers.installed():
            async with browser(certificates) as running:
                for scheme, clients in profiles.items():
                    # A cookie has another name, and more attributes, over TLS.
                    for tls in {"mtls": [True], "cookie": [False, True]}.get(scheme, [False]):
                        found = await native.reach(running, scheme, keys, certificates, command, tls)
                        for client, (works, saw) in found.items():
                            differences.compare(
                                f"{running.version}, {client}", f"{scheme}{', TLS' if tls else ''}", works,
                                client in clients, saw)
        for scheme, clients in profiles.items():
            works, saw = await curl.reach(scheme, keys, certificates, command)
            differences.compare("curl", scheme, works, "curl" in clients, saw)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", type=pathlib.Path, default=COMMAND, help="the tandem to run")
    arguments = parser.parse_args()
    for what, package in (("curl", "curl"), ("certutil", "libnss3-tools"), ("openssl", "openssl")):
        if not shutil.which(what):
            print(f"there is no {what} (Debian package {package}): make test-browser installs it", file=sys.stderr)
            return 3
    if not arguments.command.exists():
        print(f"there is no {arguments.command}: build it (make build)", file=sys.stderr)
        return 3
    if not browsers.installed():
        print("no browser is installed: make test-browser installs Chromium", file=sys.stderr)
        return 3
    for line in browsers.missing():
        print(f"skip  {line}")
    differences = Differences()
    check_information(differences)
    asyncio.run(check_reach(differences, arguments.command))
    print(f"{differences.count} differences" if differences.count else "all as declared")
    return 1 if differences.count else 0


if __name__ == "__main__":
    sys.exit(main())
