"""What a row of the table measures, and how its figure comes about."""

import statistics
import time
from dataclasses import dataclass, field
from typing import Callable

from .processes import ProcessorClock, Processes, Sink, TrialFailed

# A load client that is busier than this cannot show what the server could do.
SATURATED = 0.95
# The two servers' bytes per update may differ by no more.
BYTES_TOLERANCE = 0.01
# Processors' worth of other work above which a row says that it was disturbed.
DISTURBED = 0.1


@dataclass
class Bench:
    """What all rows need: the two servers, how long, and on which processors."""

    floor: object
    ours: object
    folder: str
    pairs: int
    quick: bool
    processors: int
    say: Callable[[str], None]

    @property
    def server_cpu(self):
        return 0 if self.processors > 1 else None

    @property
    def sink_cpu(self):
        return 1 if self.processors > 1 else None

    def seconds(self, full):
        return min(full, 1.5) if self.quick else full


@dataclass
class Outcome:
    """A row's result, as it goes into the table and the JSON file."""

    name: str
    title: str
    goal: str
    verdict: str = ""
    ratio: str = "-"
    floor: str = "-"
    ours: str = "-"
    notes: list = field(default_factory=list)
    trials: list = field(default_factory=list)


@dataclass
class Goal:
    """A bound of a figure: a ratio to the floor, or an absolute value."""

    bound: float
    at_most: bool
    unit: str = ""

    def __str__(self):
        return f"{'<=' if self.at_most else '>='} {self.bound:g}{' ' + self.unit if self.unit else ''}"

    def verdict(self, value):
        return "met" if (value <= self.bound if self.at_most else value >= self.bound) else "missed"


def interleaved(pairs):
    """A B B A A B ...: whatever drifts meets both sides alike."""
    return ["AB" if index % 2 == 0 else "BA" for index in range(pairs)]


def spread(values, digits=2):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}..{max(values):.{digits}f})"


@dataclass
class Load:
    transport: str
    connections: int
    seconds: float
    orders: int = 1
    rate: float | None = None  # None floods
    burst: int = 1
    latency: bool = False
    loops: int = 1
    pinned: bool = True

    def schedule(self, bench):
        pace = {"flood": True} if self.rate is None else {"rate": self.rate}
        # A little of the latency's time is warm-up, so even a quick run keeps some.
        seconds = bench.seconds(self.seconds) + (1 if self.latency else 0)
        return {"orders": self.orders, **pace, "burst": self.burst, "seconds": seconds, "wait": self.connections}


def run_load(bench, server, load):
    """One trial: starts server and client, waits for the schedule's end, and checks that nothing was lost."""
    with Processes() as processes:
        schedule = load.schedule(bench)
        child, port = server.start(
            processes, cpu=bench.server_cpu if load.pinned else None, loops=load.loops, schedule=schedule
        )
        options = ["--orders", load.orders] + (["--latency", "--warm-up", 1] if load.latency else [])
        sink = Sink(processes, bench.folder, port, load.transport, load.connections, *options,
                    cpu=bench.sink_cpu if load.pinned else None)
        sink.await_ready()
        # What came before the first update (heads of streams, snapshots) is not part of the updates' bytes.
        time.sleep(0.05)
        opening = sink.progress()
        clock = ProcessorClock([child.pid, sink.child.pid])
        sent = child.next_object(schedule["seconds"] + 30)
        others = clock.others()
        received = sink.finish()
    if received["lost"]:
        raise TrialFailed(f"{server.name} lost {received['lost']} connections")
    if received["updates"] != sent["delivered"]:
        raise TrialFailed(f"{server.name} says it delivered {sent['delivered']}, {received['updates']} arrived")
    expected = sent["published"] * load.connections // load.orders
    if received["updates"] != expected:
        raise TrialFailed(f"{server.name} published {sent['published']}, so {expected} were due, and "
                          f"{received['updates']} arrived")
    updates = received["updates"] - opening["updates"]
    if updates <= 0:
        raise TrialFailed(f"{server.name} published nothing")
    processor = sent["cpuUser"] + sent["cpuSystem"]
    return {
        "server": server.name,
        "updatesPerSecond": sent["delivered"] / sent["seconds"],
        "microsecondsPerUpdate": processor * 1e6 / sent["delivered"],
        "p99Milliseconds": received["latency"]["p99"] / 1e6 if received["latency"] else None,
        "bytesPerUpdate": (received["bytes"] - opening["bytes"]) / updates,
        "serverBusy": processor / sent["seconds"] / load.loops,
        "sinkBusy": received["busy"],
        "othersBusy": others,
        "sent": sent,
        "received": received,
    }


def disturbance(trials):
    """What other programs did to a row, if it matters."""
    others = statistics.median(trial["othersBusy"] for trial in trials)
    if others < DISTURBED:
        return []
    return [f"disturbed: other programs kept {others:.1f} of the processors busy"]


SATURATION = "the load client was saturated before the server"


def saturated(trial, load):
    """Whether a flood's figure is the load client's, not the server's."""
    return load.rate is None and trial["sinkBusy"] > max(SATURATED, trial["serverBusy"])


def unequal(one, other):
    """How the updates of two trials differ in size, or None."""
    if abs(other["bytesPerUpdate"] / one["bytesPerUpdate"] - 1) > BYTES_TOLERANCE:
        return f"bytes per update differ: {one['bytesPerUpdate']:.1f} and {other['bytesPerUpdate']:.1f}"
    return None


def unfair(floor, ours, load):
    """Why a pair cannot be compared, or None."""
    return unequal(floor, ours) or (SATURATION if saturated(floor, load) or saturated(ours, load) else None)


@dataclass
class RatioRow:
    """Ours against the floor, in interleaved pairs."""

    name: str
    title: str
    goal: Goal
    load: Load
    figure: str  # a key of what run_load returns
    unit: str

    def run(self, bench):
        outcome = Outcome(self.name, self.title, f"{self.goal} x floor")
        ratios, floors, ours, reasons = [], [], [], set()
        for number, order in enumerate(interleaved(bench.pairs), 1):
            sides = {side: run_load(bench, bench.floor if side == "A" else bench.ours, self.load) for side in order}
            floors.append(sides["A"][self.figure])
            ours.append(sides["B"][self.figure])
            ratios.append(ours[-1] / floors[-1])
            reason = unfair(sides["A"], sides["B"], self.load)
            if reason:
                reasons.add(reason)
            outcome.trials.append({"order": order, "floor": sides["A"], "ours": sides["B"], "ratio": ratios[-1]})
            bench.say(f"{self.name} {number}/{bench.pairs}: floor {floors[-1]:,.1f}, {bench.ours.name} {ours[-1]:,.1f} "
                      f"{self.unit}, ratio {ratios[-1]:.3f}")
        outcome.ratio = spread(ratios)
        outcome.floor = f"{statistics.median(floors):,.1f} {self.unit}"
        outcome.ours = f"{statistics.median(ours):,.1f} {self.unit}"
        outcome.verdict = "invalid" if reasons else self.goal.verdict(statistics.median(ratios))
        outcome.notes = sorted(reasons) + disturbance(
            [trial[side] for trial in outcome.trials for side in ("floor", "ours")])
        return outcome


@dataclass
class LoopsRow:
    """Two loops against one, of the same server; the floor's own ratio stands beside it."""

    name: str
    title: str
    goal: Goal
    load: Load

    def run(self, bench):
        outcome = Outcome(self.name, self.title, str(self.goal))
        if bench.processors < 2:
            outcome.verdict, outcome.notes = "skipped", ["two loops need two processors"]
            return outcome
        ratios = {bench.ours: [], bench.floor: []}
        flaws, capped = set(), False
        one, two = (Load(**{**vars(self.load), "loops": loops, "pinned": False}) for loops in (1, 2))
        for number, order in enumerate(interleaved(bench.pairs), 1):
            pair = {"order": order}
            for server in (bench.ours, bench.floor) if order == "AB" else (bench.floor, bench.ours):
                sides = {side: run_load(bench, server, one if side == "A" else two) for side in order}
                ratios[server].append(sides["B"]["updatesPerSecond"] / sides["A"]["updatesPerSecond"])
                flaws.add(unfair(sides["A"], sides["A"], one) or unequal(sides["A"], sides["B"]))
                capped |= saturated(sides["B"], two)
                pair["floor" if server is bench.floor else "ours"] = sides
            outcome.trials.append(pair)
            bench.say(f"{self.name} {number}/{bench.pairs}: two loops against one: floor "
                      f"{ratios[bench.floor][-1]:.2f}, {bench.ours.name} {ratios[bench.ours][-1]:.2f}")
        outcome.ratio = spread(ratios[bench.ours])
        outcome.floor = f"its own: {spread(ratios[bench.floor])}"
        rate = statistics.median(trial["ours"]["B"]["updatesPerSecond"] for trial in outcome.trials)
        outcome.ours = f"{rate:,.0f} updates/s on two"
        outcome.verdict = self.goal.verdict(statistics.median(ratios[bench.ours]))
        flaws.discard(None)
        if capped:
            outcome.notes.append(f"with two loops {SATURATION}: the ratio is a lower bound")
        # What the client could not take makes two loops look worse, never better.
        if flaws or (capped and outcome.verdict == "missed"):
            outcome.verdict = "invalid"
        outcome.notes += sorted(flaws) + disturbance(
            [trial["ours"][side] for trial in outcome.trials for side in "AB"])
        return outcome
