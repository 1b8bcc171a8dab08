"""Holds the server and the client of tandem to the Autobahn fuzzing suite and their baselines.

Exit status: 0 nothing is worse than the baseline; 1 something is; 2 a wrong command line; 3 it could not be run.
"""
import argparse
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
AGENT = "tandem"

# Cases of each group in autobahntestsuite 25.10.1: a run that lacks any has not passed. 8 and 11 are empty.
GROUPS = {1: 16, 2: 11, 3: 7, 4: 10, 5: 20, 6: 145, 7: 37, 9: 54, 10: 1}
# Compression: kinds of payload, then of offers, each with 18 sizes and fragmentations of a thousand messages. The sizes that are taken here go
# from 16 to 8,192 bytes, and fragments of 256 to 4,096; the others are more of the same, for tens of minutes.
SIZES = [1, 2, 3, 6, 11, 12, 15]
COMPRESSION = {group: [f"{group}.{kind}.{size}" for kind in range(1, kinds + 1) for size in SIZES]
               for group, kinds in ((12, 5), (13, 7))}
GROUPS |= {group: len(cases) for group, cases in COMPRESSION.items()}
EXTENTS = {
    "full": list(GROUPS),
    "core": [1, 2, 3, 4, 5, 6, 7, 10],
    "quick": [1, 2, 3, 4, 5, 10],
}
# Seconds; several times what a loaded machine of two cores takes.
BOUNDS = {"full": 1800, "core": 300, "quick": 180}
# Times a case is run again, alone, that is worse than the baseline among the others. The suite judges some cases by what
# one read of the server finds, and on a busy machine it finds more: a real fault shows alone as well.
RETRIES = 2
# NON-STRICT passes in the suite's own terms, and is told; so is UNIMPLEMENTED, by which it says that an offer of compression was not taken up: one
# that allows a window of less than 2^12 bytes, or none that our client would make.
PASSING = ("OK", "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED")


class CannotRun(Exception):
    """Something other than the conformance of tandem stands in the way."""


class Failed(Exception):
    """The program under test did not last to the end."""


class Child:
    """A program that is stopped when its block is left, whatever happened in it."""

    def __init__(self, name, command, output):
        self.name = name
        self.output = open(output, "wb")
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.output, bufsize=0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.process.stdout.close()
        self.output.close()

    def listening_port(self, seconds=60):
        """The port in the child's first line."""
        deadline = time.monotonic() + seconds
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise CannotRun(f"{self.name} did not listen within {seconds} s")
            byte = self.process.stdout.read(1)
            if not byte:
                raise CannotRun(f"{self.name} ended with {self.process.wait()} before it listened")
            line += byte
        try:
            return json.loads(line)["port"]
        except (ValueError, KeyError, TypeError):
            raise CannotRun(f"{self.name} did not say where it listens, but: {line!r}")

    def stop(self):
        """Returns the exit status; asks first."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


class Suite:
    """One role of the suite, in a folder of its own."""

    def __init__(self, role, extent, folder, cases=None):
        self.folder = folder
        self.groups = EXTENTS[extent]
        self.cases = cases or [case for group in self.groups for case in COMPRESSION.get(group, [f"{group}.*"])]
        self.bound = BOUNDS[extent]
        self.role = role
        folder.mkdir()

    def fuzzer(self, mode, **settings):
        spec = {
            "outdir": str(self.folder / "reports"),
            "log": str(self.folder / "twisted.log"),
            "cases": self.cases,
            "exclude-cases": [],
            "exclude-agent-cases": {},
            **settings,
        }
        path = self.folder / "spec.json"
        path.write_text(json.dumps(spec, indent=1))
        return [sys.executable, str(HERE / "wstest3.py"), "-m", mode, "-s", str(path)]

    def run(self, command, log):
        """Runs a program to its end. Returns its exit status."""
        with open(self.folder / log, "wb") as output:
            try:
                return subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, timeout=self.bound
                ).returncode
            except subprocess.TimeoutExpired:
                raise Failed(f"the cases did not end within {self.bound} s; see {self.folder}")

    def results(self):
        """From each case's number to its outcome, and to that of its close."""
        try:
            index = json.loads((self.folder / "reports" / "index.json").read_text())
        except (OSError, ValueError) as error:
            raise CannotRun(f"the suite wrote no report ({error}); see {self.folder}")
        cases = index.get(AGENT, {})
        return {name: (case["behavior"], case["behaviorClose"]) for name, case in cases.items()}


def run_server(tandem, suite):
    command = [tandem, "serve", "--echo", "--auth", "none", "--port", "0", "--json", "--compression", "permessage-deflate"]
    with Child("tandem serve", command, suite.folder / "server.log") as server:
        port = server.listening_port()
        status = suite.run(
            suite.fuzzer("fuzzingclient", servers=[{"agent": AGENT, "url": f"ws://127.0.0.1:{port}"}]), "suite.log")
        if server.process.poll() is not None:
            raise Failed(f"the server ended with {server.process.returncode} during the cases")
        if status != 0:
            raise CannotRun(f"the suite ended with {status}; see {suite.folder / 'suite.log'}")
        stopped = server.stop()
        if stopped != 0:
            raise Failed(f"the server did not end well when it was asked to: {stopped}; see {suite.folder}")


def run_client(tandem, suite):
    # The port in the URL is a placeholder: wstest3.py lets the system choose.
    fuzzer = suite.fuzzer("fuzzingserver", url="ws://127.0.0.1:9001")
    with Child("the fuzzing server", fuzzer, suite.folder / "suite.log") as server:
        port = server.listening_port()
        command = [tandem, "echo-client", "--url", f"ws://127.0.0.1:{port}", "--agent", AGENT]
        status = suite.run(command, "client.log")
        if status != 0:
            said = (suite.folder / "client.log").read_text(errors="replace").strip()
            raise Failed(f"the client ended with {status}: {said[:400]}")


ROLES = {
    "server": (run_server, "libwebsockets-baseline.json"),
    "client": (run_client, None),
}


def case_order(name):
    return [int(part) for part in name.split(".")]


def missing(results, groups):
    """What the report lacks or has too much of, group by group."""
    found = Counter(int(name.split(".")[0]) for name in results)
    return [
        f"group {group}: {found[group]} cases were run instead of {GROUPS[group]}"
        for group in groups if found[group] != GROUPS[group]
    ]


def judge(results, baseline):
    """Splits what is not simply OK into what is worse than the baseline, and what is not. Better is always well."""
    worse, known = [], []
    for name in sorted(results, key=case_order):
        outcome = results[name]
        if all(part in ("OK", "INFORMATIONAL") for part in outcome):
            continue
        allowed = baseline.get(name, ["OK", "OK"])
        fails = any(part not in PASSING and part != accepted for part, accepted in zip(outcome, allowed))
        (worse if fails else known).append(f"{name}: {outcome[0]}, close {outcome[1]}")
    return worse, known


def conformance(role, tandem, extent, folder):
    """Runs one role. Returns whether nothing is worse than the baseline."""
    drive, baseline_file = ROLES[role]
    suite = Suite(role, extent, folder / role)
    start = time.monotonic()
    drive(tandem, suite)
    results = suite.results()
    baseline = json.loads((HERE / baseline_file).read_text())["not_ok"] if baseline_file else {}
    worse, known = judge(results, baseline)
    again = []
    for attempt in range(1, RETRIES + 1):
        if not worse:
            break
        names = [line.split(":")[0] for line in worse]
        again += [line for line in worse if line not in again]
        alone = Suite(role, extent, folder / f"{role}-again-{attempt}", names)
        drive(tandem, alone)
        results |= alone.results()
        worse, known = judge(results, baseline)
    lacking = missing(results, suite.groups)
    groups = ", ".join(str(group) for group in suite.groups)
    print(
        f"{role}: {len(results)} cases (groups {groups}) in {time.monotonic() - start:.0f} s: "
        f"{len(results) - len(known) - len(worse)} OK, {len(known)} within the baseline or not strict, "
        f"{len(worse)} worse")
    for line in known:
        print(f"  known  {line}")
    for line in again:
        print(f"  again  {line}, and run again alone")
    for line in lacking + worse:
        print(f"  WORSE  {line}")
    sys.stdout.flush()
    return not lacking and not worse


def find_tandem(given):
    candidates = [Path(given)] if given else [ROOT / ".build" / build / "tandem" for build in ("release", "debug")]
    for path in candidates:
        if path.is_file() and os.access(path, os.X_OK):
            return str(path.resolve())
    raise CannotRun(f"{' and '.join(map(str, candidates))}: no such program. Build it with 'make build', or give --tandem")


def main():
    parser = argparse.ArgumentParser(
        prog="Tests/Autobahn/run", description="Run the Autobahn fuzzing suite against tandem's server and client.",
        epilog="Exit status: 0 nothing is worse than the baseline; 1 something is; 2 a wrong command line; 3 it could "
        "not be run.")
    parser.add_argument("--server", action="store_true", help="the server only (both roles without either option)")
    parser.add_argument("--client", action="store_true", help="the client only")
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--core", dest="extent", action="store_const", const="core", default="full",
        help="without group 9, the large messages, and 12 and 13, compression")
    extent.add_argument(
        "--quick", dest="extent", action="store_const", const="quick",
        help="groups 1 to 5 and 10 only: without UTF-8 and closing")
    parser.add_argument("--tandem", metavar="FILE", help="the program; .build/release/tandem, or that of debug")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the reports and logs here")
    arguments = parser.parse_args()
    roles = [role for role in ROLES if getattr(arguments, role)] or list(ROLES)

    folder = Path(tempfile.mkdtemp(prefix="tandem-autobahn-"))
    passed = False
    try:
        tandem = find_tandem(arguments.tandem)
        outcomes = []
        for role in roles:
            try:
                outcomes.append(conformance(role, tandem, arguments.extent, folder))
            except Failed as failure:
                print(f"{role}: FAILED: {failure}")
                outcomes.append(False)
        passed = all(outcomes)
    except CannotRun as reason:
        print(f"conformance: {reason}", file=sys.stderr)
        return 3
    finally:
        if arguments.keep:
            shutil.copytree(folder, arguments.keep, dirs_exist_ok=True)
        if passed or arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"The reports and logs are in {folder}", file=sys.stderr)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
