#!/usr/bin/python3
"""Rows 17 and 46: `tandem report` on the files of a run that somebody edited, and that a disk, a tool or a merge damaged. It renders
what there is, or ends with 2 and the place; it never traps."""

import json
import pathlib
import random
import re
import shutil
import tempfile

from field import *

WHOLE = ROOT / "Tests/ReportingTests/Fixtures/quick"
# Some of its lines: what a report takes is the time of its cells.
LINES = b"".join((WHOLE / "observations.jsonl").read_bytes().splitlines(keepends=True)[:12])


def report(edit):
    """The exit status of a report on a copy of the folder that `edit` changed, and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "quick"
        shutil.copytree(WHOLE, copy)
        (copy / "observations.jsonl").write_bytes(LINES)
        edit(copy)
        # Without the charts, whose program is a process each.
        status, _, error = run("report", str(copy), PATH="/nonexistent", SWIFT_BACKTRACE="enable=no")
        return status, error


def lines(change):
    def edit(folder):
        (folder / "observations.jsonl").write_bytes(change(LINES))
    return edit


def number(path, value):
    """Sets a number of the first line that was measured."""
    def change(text):
        observations = [json.loads(line) for line in text.splitlines()]
        place = next(line for line in observations if line["status"] == "ok")
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        return "".join(json.dumps(line) + "\n" for line in observations).encode()
    return lines(change)


def member(name, key, value):
    def edit(folder):
        record = json.loads((folder / name).read_text())
        record[key] = value
        (folder / name).write_text(json.dumps(record))
    return edit


def removed(name):
    return lambda folder: (folder / name).unlink()


# 17: numbers, with the file, the line where it has lines, and the field.
for path, value in [
        (["resources", "server", "cpuUserSeconds"], 1e18), (["latency", "corrected", "censored"], 2**63 - 1),
        (["ledger", "expected"], 2**63 - 1), (["ledger", "expected"], -1), (["staleness", "mean"], 2**63 - 1),
        (["latency", "corrected", "count"], 7), (["cell", "load", "connections"], -1), (["measuredSeconds"], 1e300),
        (["block"], 0)]:
    status, error = report(number(path, value))
    field = ".".join(path)
    named = re.search(r"observations\.jsonl:\d+: .*'" + re.escape(field) + "'", error) is not None
    expect("17", (field, 2, True), (field, status, named))
for name, key, value in [("run.json", "equivalenceMargin", -1), ("run.json", "trials", -2**63), ("environment.json", "cores", 2**63 - 1)]:
    status, error = report(member(name, key, value))
    expect("17", (name, key, 2, True), (name, key, status, bool(re.search(rf"{name}:\d+: .*'{key}'", error))))
status, error = report(number(["resources", "server", "cpuUserSeconds"], 1e12))
expect("17", ("cpuUserSeconds 1e12", 0), ("cpuUserSeconds 1e12", status))

# A few dozen of what DamagedFolderTests does 1,200 times, and `make fuzz-folders` 10,200 times, without a process.
draw = random.Random(17)
NUMBERS = ["-1", "0", "1e300", "1e-300", "9223372036854775807", "9223372036854775808", "0.5", "null", '"x"', "[]", "{}"]


def damaged(folder):
    name = draw.choice(["observations.jsonl", "run.json", "environment.json"])
    text = (folder / name).read_text()
    for _ in range(draw.randint(1, 3)):
        found = draw.choice(list(re.finditer(r"(?<=[:,\[ ])-?\d+(\.\d+)?(?=[,\]}\n])", text)))
        text = text[:found.start()] + draw.choice(NUMBERS) + text[found.end():]
    (folder / name).write_text(text)


ends = {report(damaged)[0] for _ in range(24)}
expect("17", True, ends <= {0, 1, 2})

# 46: what editors, disks and tools leave.
whole = LINES.splitlines(keepends=True)
for what, edit, expected in [
        ("untouched", lambda folder: None, 0),
        ("CRLF", lines(lambda text: text.replace(b"\n", b"\r\n")), 0),
        ("reversed", lines(lambda text: b"".join(reversed(whole))), 0),
        ("cut off", lines(lambda text: text[:-20]), 0),
        ("NUL in place of the last line", lines(lambda text: b"".join(whole[:-1]) + b"\0" * 4096), 0),
        ("a byte order mark", lines(lambda text: b"\xef\xbb\xbf" + text), 0),
        ("no experiment.yaml", lambda folder: (folder / "experiment.yaml").unlink(missing_ok=True), 0),
        ("a doubled line", lines(lambda text: whole[0] + text), 0),
        ("no newline within", lines(lambda text: text.replace(b"\n", b"", 1)), 2),
        ("a blank line within", lines(lambda text: whole[0] + b"\n" + b"".join(whole[1:])), 2),
        ("a conflict marker", lines(lambda text: whole[0] + b"<<<<<<< HEAD\n" + b"".join(whole[1:])), 2),
        ("empty", lines(lambda text: b""), 2),
        ("the only line cut off", lines(lambda text: whole[0][:-20]), 2),
        ("no environment.json", removed("environment.json"), 0),
        ("no run.json", removed("run.json"), 0),
        ("no observations.jsonl", removed("observations.jsonl"), 2),
        ("a folder that is none", lambda folder: shutil.rmtree(folder), 2)]:
    status, error = report(edit)
    word = "line 1 was cut off" if what == "the only line cut off" else "quick"
    expect("46", (what, expected, True), (what, status, status == 0 or word in error))
