"""Checks the bench itself: verdicts, order, and the gates that refuse a comparison. Run by the floor's `make check`."""

import json
import os
import stat
import sys
import tempfile
import unittest
from unittest import mock

from . import report, rows
from .catalog import ROWS
from .processes import Floor, Processes, TrialFailed, private_bytes
from .rows import Bench, Goal, Load, LoopsRow, Outcome, RatioRow, interleaved, run_load

FLOOR = "."


def trial(updates=100.0, size=250.0, sink=0.5, server=1.0, others=0.0):
    return {"updatesPerSecond": updates, "bytesPerUpdate": size, "sinkBusy": sink, "serverBusy": server,
            "othersBusy": others}


class Figures(unittest.TestCase):
    def test_goals(self):
        for goal, value, verdict in (
            (Goal(0.95, at_most=False), 0.95, "met"),
            (Goal(0.95, at_most=False), 0.949, "missed"),
            (Goal(1.2, at_most=True), 1.2, "met"),
            (Goal(1.2, at_most=True), 1.21, "missed"),
        ):
            self.assertEqual(goal.verdict(value), verdict)
        self.assertEqual(str(Goal(18, at_most=True, unit="KB")), "<= 18 KB")

    def test_every_row_has_its_own_name(self):
        self.assertEqual(len({row.name for row in ROWS}), len(ROWS))

    def test_order_is_mirrored(self):
        self.assertEqual("".join(interleaved(4)), "ABBAABBA")

    def run_row(self, pairs, floor, ours):
        """A row whose trials are given, one after the other for each side; returns its outcome."""
        servers = {"floor": iter(floor), "ours": iter(ours)}
        asked = []

        def give(_bench, server, _load):
            asked.append(server)
            return next(servers[server])

        bench = Bench("floor", "ours", "", pairs, False, 2, lambda text: None)
        bench.ours = mock.MagicMock(spec=str)
        bench.ours.name = "ours"
        servers[bench.ours] = servers["ours"]
        row = RatioRow("row", "row", Goal(0.95, at_most=False), Load("sse", 1, 1), "updatesPerSecond", "updates/s")
        with mock.patch.object(rows, "run_load", give):
            outcome = row.run(bench)
        self.assertEqual(["A" if server == "floor" else "B" for server in asked], list("".join(interleaved(pairs))))
        return outcome

    def test_ratio_is_the_median_of_pairs(self):
        # Both sides slow down in the third pair: its ratio is as good as the others.
        outcome = self.run_row(3, [trial(100), trial(100), trial(50)], [trial(96), trial(90), trial(49)])
        self.assertEqual(outcome.ratio, "0.96 (0.90..0.98)")
        self.assertEqual((outcome.verdict, outcome.notes), ("met", []))

    def test_unfair_pairs_give_no_verdict(self):
        other_bytes = self.run_row(1, [trial()], [trial(size=260)])
        self.assertEqual(other_bytes.verdict, "invalid")
        self.assertIn("250.0 and 260.0", other_bytes.notes[0])
        saturated = self.run_row(1, [trial()], [trial(sink=0.99, server=0.7)])
        self.assertEqual(saturated.verdict, "invalid")
        self.assertIn("load client was saturated", saturated.notes[0])

    def run_loops(self, one, two):
        bench = Bench("floor", mock.MagicMock(spec=str), "", 1, False, 2, lambda text: None)
        bench.ours.name = "ours"
        give = lambda _bench, _server, load: one if load.loops == 1 else two
        with mock.patch.object(rows, "run_load", give):
            return LoopsRow("row", "row", Goal(1.5, at_most=False), Load("sse", 1, 1)).run(bench)

    def test_two_loops_are_compared_fairly(self):
        self.assertEqual(self.run_loops(trial(100), trial(160)).verdict, "met")
        self.assertEqual(self.run_loops(trial(100), trial(140)).verdict, "missed")
        self.assertEqual(self.run_loops(trial(100), trial(160, size=260)).verdict, "invalid")
        self.assertEqual(self.run_loops(trial(100, sink=0.99, server=0.7), trial(160)).verdict, "invalid")
        # A client that two loops saturate hides what they could do.
        hidden = self.run_loops(trial(100), trial(140, sink=0.99, server=0.7))
        self.assertEqual(hidden.verdict, "invalid")
        self.assertIn("lower bound", hidden.notes[0])
        self.assertEqual(self.run_loops(trial(100), trial(160, sink=0.99, server=0.7)).verdict, "met")

    def test_disturbance_is_said(self):
        outcome = self.run_row(1, [trial(others=0.8)], [trial(others=0.8)])
        self.assertEqual(outcome.verdict, "met")
        self.assertIn("0.8 of the processors", outcome.notes[0])

    def test_table_shares_notes(self):
        first = Outcome("a", "A", ">= 1", "invalid", notes=["why"])
        second = Outcome("b", "B", ">= 1", "met", ratio="1.00 (1.00..1.00)", notes=["why", "also"])
        lines = report.table([first, second], "ours").splitlines()
        self.assertEqual(lines[2], "| A | >= 1 | - | - | - | invalid [1] |")
        self.assertEqual(lines[3], "| B | >= 1 | 1.00 (1.00..1.00) | - | - | met [1] [2] |")
        self.assertEqual(lines[-2:], ["[1] why", "[2] also"])

    def test_json_file_is_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench.json")
            report.write_json(path, {"pairs": 5}, [Outcome("a", "A", ">= 1", "met")])
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
            self.assertEqual((document["pairs"], document["rows"][0]["verdict"]), (5, "met"))
            self.assertEqual(os.listdir(folder), ["bench.json"])


class Trials(unittest.TestCase):
    """Against the real floor, and against one whose report lies."""

    def setUp(self):
        self.bench = Bench(Floor(FLOOR), Floor(FLOOR), FLOOR, 1, False, 1, lambda text: None)

    def lying(self, edit):
        """A floor server behind a program that edits the lines it prints."""
        program = os.path.abspath(os.path.join(FLOOR, "floor-server"))
        file = tempfile.NamedTemporaryFile("w", suffix=".py", delete=False)
        self.addCleanup(os.unlink, file.name)
        with file:
            file.write(
                f"#!{sys.executable}\n"
                "import json, signal, subprocess, sys\n"
                f"server = subprocess.Popen([{program!r}, *sys.argv[1:]],\n"
                "                          stdout=subprocess.PIPE, text=True)\n"
                "signal.signal(signal.SIGTERM, lambda *_: server.terminate())\n"
                "for line in server.stdout:\n"
                "    event = json.loads(line)\n"
                "    if 'published' in event:\n"
                f"        {edit}\n"
                "    print(json.dumps(event), flush=True)\n"
            )
        os.chmod(file.name, os.stat(file.name).st_mode | stat.S_IXUSR)
        server = Floor(FLOOR)
        server.program = file.name
        return server

    def test_trial(self):
        for transport in ("sse", "websocket"):
            load = Load(transport, 50, 0.3, orders=5, rate=500, burst=2, latency=True)
            figures = run_load(self.bench, self.bench.floor, load)
            self.assertEqual(figures["sent"]["published"], 650)  # the second of warm-up included
            self.assertEqual(figures["received"]["updates"], 6500)
            self.assertGreater(figures["microsecondsPerUpdate"], 0)
            self.assertGreater(figures["p99Milliseconds"], 0)
            self.assertLess(200, figures["bytesPerUpdate"])
            self.assertLess(figures["bytesPerUpdate"], 300)

    def test_reports_that_disagree_are_refused(self):
        load = Load("sse", 10, 0.2, rate=100)
        run_load(self.bench, self.lying("pass"), load)
        for edit, reason in (("event['delivered'] += 1", "arrived"), ("event['published'] += 1", "were due")):
            with self.subTest(edit=edit), self.assertRaisesRegex(TrialFailed, reason):
                run_load(self.bench, self.lying(edit), load)

    def test_a_server_that_does_not_start_is_explained(self):
        server = Floor(FLOOR)
        with self.assertRaisesRegex(TrialFailed, "--burst takes a whole number"), Processes() as processes:
            server.start(processes, schedule={"burst": "x"})

    def test_children_end_with_their_trial(self):
        with Processes() as processes:
            child, _ = self.bench.floor.start(processes)
            self.assertGreater(private_bytes(child.pid), 0)
        self.assertEqual(child.process.returncode, 0)


if __name__ == "__main__":
    if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]):
        FLOOR = sys.argv.pop(1)
    unittest.main()
