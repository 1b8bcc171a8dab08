#!/usr/bin/python3
"""Measures Tandem's server beside a bare epoll server that writes the same bytes, and prints the ratios.

Pairs are interleaved (A B B A ...), so that whatever drifts on the machine meets both sides alike. The goals are the
project's; a row that misses one says so, and the exit status stays 0: 1 means that a trial gave no figure.
"""

import argparse
import os
import signal
import subprocess
import sys

from benchmark import report
from benchmark.catalog import ROWS
from benchmark.processes import Floor, Tandem, TrialFailed
from benchmark.rows import Bench, Outcome

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
QUIET_LOAD = 0.5  # load average above which a machine counts as busy


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Examples:\n  bench.py --row fan-out-sse-1 --row fan-out-websocket-1\n  bench.py --quick\n"
               "  bench.py --aa --row fan-out-sse-1    the floor against itself: how much is noise")
    parser.add_argument("--row", action="append", choices=[row.name for row in ROWS], metavar="NAME",
                        help="measure this row only; repeat for more (--list shows them)")
    parser.add_argument("--list", action="store_true", help="show the rows")
    parser.add_argument("--quick", action="store_true", help="two short pairs a row, fewer connections: a smoke test")
    parser.add_argument("--pairs", type=int, metavar="N", help="pairs a row (default 5, with --quick 2)")
    parser.add_argument("--json", metavar="FILE", help="write every trial to this file, after each row")
    parser.add_argument("--tandem", metavar="PATH", default=os.path.join(ROOT, ".build", "release", "tandem"),
                        help="the command under test (default .build/release/tandem)")
    parser.add_argument("--floor", metavar="FOLDER", default=os.path.join(ROOT, ".build", "floor"),
                        help="folder of floor-server and floor-sink; built there if missing (default .build/floor)")
    parser.add_argument("--aa", action="store_true", help="measure the floor against itself instead of Tandem")
    options = parser.parse_args()
    if options.pairs is None:
        options.pairs = 2 if options.quick else 5
    if options.pairs < 1:
        parser.error("--pairs takes at least 1")
    if not options.list and not options.aa and not os.access(options.tandem, os.X_OK):
        parser.error(f"there is no {options.tandem}: run `make build`, or name the command with --tandem")
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


def prepare(options):
    folder = os.path.join(ROOT, "Experiments", "floor")
    make = ["make", "-s", "-C", folder, "all", f"OUT={os.path.abspath(options.floor)}"]
    if subprocess.run(make, check=False).returncode != 0:
        sys.exit("bench.py: the floor does not build; it needs gcc and libssl-dev (`make setup`)")
    floor = Floor(options.floor)
    ours = Floor(options.floor) if options.aa else Tandem(options.tandem)
    if options.aa:
        ours.name = "floor again"
    processors = len(os.sched_getaffinity(0))
    if processors < 2:
        say("one processor only: server and load client share it, so the fan-out rows measure both")
    load = os.getloadavg()[0]
    if load > QUIET_LOAD:
        say(f"the machine is not idle (load average {load:.2f}): the ratios will be noisy")
    return Bench(floor, ours, options.floor, options.pairs, options.quick, processors, say)


def main():
    options = parse()
    if options.list:
        for row in ROWS:
            print(f"{row.name:24}{row.title}")
        return 0
    # So that `kill` ends the children too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    document = {"environment": report.environment(), "quick": options.quick, "pairs": options.pairs}
    bench = prepare(options)
    outcomes, status = [], 0
    try:
        for row in ROWS:
            if options.row and row.name not in options.row:
                continue
            try:
                outcomes.append(row.run(bench))
            except TrialFailed as failure:
                status = 1
                say(f"{row.name}: {failure}")
                outcomes.append(Outcome(row.name, row.title, str(getattr(row, "goal", "all")), "failed",
                                        notes=[str(failure)]))
            if options.json:
                report.write_json(options.json, document, outcomes)
    except KeyboardInterrupt:
        status = 130
        say("interrupted: the rows so far")
    machine = document["environment"]
    print(f"{machine['processor']}, {machine['processors']} processors, Linux {machine['kernel']}, "
          f"revision {machine['revision']}, {machine['time']}, load {machine['loadAtStart']:.2f} at start\n")
    print(report.table(outcomes, bench.ours.name))
    if options.quick:
        print("\nA quick run: short, few pairs, fewer connections. Its verdicts show that the bench works, no more.")
    return status


if __name__ == "__main__":
    sys.exit(main())
