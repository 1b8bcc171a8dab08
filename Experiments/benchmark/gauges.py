"""Rows whose figure is absolute: system calls, memory, and connections held."""

import os
import re
import shutil
import signal
import statistics
import tempfile
import time
from dataclasses import dataclass

from .processes import (
    Processes, Sink, TrialFailed, await_descriptors, descriptor_limit, descriptors, private_bytes,
    self_signed_certificate,
)
from .rows import Goal, Load, Outcome

IDLE_SECONDS = 0.5  # for a server to come to rest after the last connect or close
TRIM_SECONDS = 3  # for it to give memory back: it looks once a second whether its population has come to rest
# An allocator keeps pages that are not wholly free, so of the memory not all comes back; of the rest all does.
MEMORY_RETURNED = 0.75
MEMORY_GROWTH = 1.1  # the second time against the first
RESERVED_DESCRIPTORS = 500


@dataclass
class SystemCallRow:
    """How often a server asks for `call` per delivered update, counted by strace in the steady state."""

    name: str
    title: str
    goal: Goal
    call: str
    load: Load

    def run(self, bench):
        outcome = Outcome(self.name, self.title, str(self.goal))
        if not shutil.which("strace"):
            outcome.verdict, outcome.notes = "skipped", ["strace is not installed: apt-get install strace"]
            return outcome
        seconds = 1 if bench.quick else 3
        figures = {}
        for server in (bench.floor, bench.ours):
            figures[server] = self.count(bench, server, seconds)
            outcome.trials.append({"server": server.name, **figures[server]})
            bench.say(f"{self.name}: {server.name} {figures[server]['calls']} in {figures[server]['updates']} updates")
        ours, floor = (figures[server]["perUpdate"] for server in (bench.ours, bench.floor))
        outcome.floor, outcome.ours = f"{floor:.4f}", f"{ours:.4f}"
        outcome.verdict = self.goal.verdict(ours)
        return outcome

    def count(self, bench, server, seconds):
        # The schedule outlasts what is counted: strace slows the server, and must see no start or end.
        schedule = {"orders": 1, "rate": self.load.rate, "burst": self.load.burst, "seconds": seconds + 30,
                    "wait": self.load.connections}
        with Processes() as processes, tempfile.TemporaryDirectory() as folder:
            child, port = server.start(processes, cpu=bench.server_cpu, schedule=schedule)
            sink = Sink(processes, bench.folder, port, self.load.transport, self.load.connections, cpu=bench.sink_cpu)
            sink.await_ready()
            time.sleep(1)
            table = os.path.join(folder, "calls")
            tracer = processes.start("strace", ["strace", "-f", "-c", "-o", table, "-p", child.pid])
            self.await_tracer(child.pid)
            before = sink.progress()["updates"]
            time.sleep(seconds)
            after = sink.progress()["updates"]
            tracer.send_signal(signal.SIGINT)
            tracer.process.wait(20)
            with open(table, encoding="ascii") as file:
                text = file.read()
        if after == before:
            raise TrialFailed(f"{server.name} delivered nothing while it was traced")
        counts = {name: int(calls) for calls, name in re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$",
                                                                 text, re.MULTILINE) if name != "total"}
        if not counts:
            raise TrialFailed(f"strace counted no system call of {server.name}: may this user trace it?")
        calls = counts.get(self.call, 0)
        return {"updates": after - before, "calls": calls, "perUpdate": calls / (after - before), "allCalls": counts}

    @staticmethod
    def await_tracer(pid):
        """Until every thread of the process is traced."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            states = []
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as file:
                    states.append(re.search(r"^TracerPid:\s*(\d+)", file.read(), re.MULTILINE)[1] != "0")
            if all(states):
                return
            time.sleep(0.01)
        raise TrialFailed("strace could not attach: may this user trace processes (kernel.yama.ptrace_scope)?")


@dataclass
class MemoryRow:
    """User memory per idle connection."""

    name: str
    title: str
    goal: Goal  # in KB of 1,024 bytes
    transport: str
    connections: int
    tls: bool = False
    repetitions: int = 3

    def run(self, bench):
        outcome = Outcome(self.name, self.title, str(self.goal))
        if self.tls and not bench.ours.has_tls:
            outcome.verdict, outcome.notes = "skipped", ["the floor has no TLS"]
            return outcome
        figures = {bench.ours: [], bench.floor: []}
        servers = [server for server in (bench.ours, bench.floor) if not self.tls or server.has_tls]
        for number in range(1 if bench.quick else self.repetitions):
            for server in servers:
                trial = self.measure(bench, server)
                outcome.trials.append(trial)
                figures[server].append(trial["bytesPerConnection"])
                bench.say(f"{self.name} {number + 1}: {server.name} {trial['bytesPerConnection']:,.0f} bytes a "
                          f"connection, {trial['returned']:.0%} of it returned")
        ours = statistics.median(figures[bench.ours])
        outcome.ours = f"{ours / 1024:.2f} KB"
        if figures[bench.floor]:
            outcome.floor = f"{statistics.median(figures[bench.floor]) / 1024:.2f} KB"
        outcome.verdict = self.goal.verdict(ours / 1024)
        return outcome

    def measure(self, bench, server):
        connections = self.connections // 5 if bench.quick else self.connections
        options = ["--hold"] + (["--tls"] if self.tls else [])
        with Processes() as processes:
            certificate = processes.enter_context(self_signed_certificate()) if self.tls else None
            child, port = server.start(processes, cpu=bench.server_cpu, certificate=certificate)
            empty = descriptors(child.pid)

            def hold(count):
                sink = Sink(processes, bench.folder, port, self.transport, count, *options, cpu=bench.sink_cpu)
                sink.await_ready()
                time.sleep(IDLE_SECONDS)
                held = private_bytes(child.pid)
                lost = sink.finish()["lost"]
                if lost:
                    raise TrialFailed(f"{server.name} lost {lost} idle connections")
                left = await_descriptors(child.pid, empty) - empty
                if left > 0:
                    raise TrialFailed(f"{server.name} still holds {left} descriptors after its clients left")
                time.sleep(IDLE_SECONDS)
                return held

            # What a server makes once, on first use, is not a connection's.
            hold(100)
            before = private_bytes(child.pid)
            held = hold(connections)
            after = private_bytes(child.pid)
        return {
            "server": server.name, "connections": connections, "before": before, "held": held, "after": after,
            "bytesPerConnection": (held - before) / connections, "returned": 1 - (after - before) / (held - before),
        }


@dataclass
class HeldRow:
    """Many connections held at once, then closed, twice: descriptors and memory come back, and nothing grows."""

    name: str
    title: str
    connections: int

    def run(self, bench):
        outcome = Outcome(self.name, self.title, f"all, and of the memory >= {MEMORY_RETURNED:.0%}")
        wanted = self.connections // 5 if bench.quick else self.connections
        limit = descriptor_limit() - RESERVED_DESCRIPTORS
        count = -(-wanted // limit)
        shares = [wanted // count + (index < wanted % count) for index in range(count)]
        if count > 1:
            outcome.notes.append(f"a process may hold {descriptor_limit():,} descriptors here: {count} servers and "
                                 f"{count} load processes")
        with Processes() as processes:
            servers = [bench.ours.start(processes) for _ in shares]
            empty = [descriptors(child.pid) for child, _ in servers]
            before = sum(private_bytes(child.pid) for child, _ in servers)
            rounds = []
            for _ in range(2):
                rounds.append(self.hold(bench, processes, servers, shares, empty))
                outcome.trials.append(rounds[-1])
                bench.say(f"{self.name}: {rounds[-1]['held']:,} held, {rounds[-1]['lost']} lost, "
                          f"{rounds[-1]['leftDescriptors']} descriptors left after")
        grown = rounds[0]["heldBytes"] - before
        returned = 1 - (rounds[1]["afterBytes"] - before) / grown
        outcome.ours = (f"{rounds[1]['held']:,} held; returned: descriptors all but {rounds[1]['leftDescriptors']}, "
                        f"{returned:.0%} of {grown / 2**20:.0f} MiB")
        complete = all(one["held"] == wanted and one["lost"] == 0 and one["leftDescriptors"] == 0 for one in rounds)
        steady = rounds[1]["heldBytes"] - before <= MEMORY_GROWTH * grown and returned >= MEMORY_RETURNED
        if not steady:
            steps = [f"{one['heldBytes'] / 2**20:.0f} held, {one['afterBytes'] / 2**20:.0f} after" for one in rounds]
            outcome.notes.append(f"memory in MiB: {before / 2**20:.0f} before, {', '.join(steps)}")
        outcome.verdict = "met" if complete and steady else "missed"
        return outcome

    @staticmethod
    def hold(bench, processes, servers, shares, empty):
        sinks = []
        for index, ((_, port), share) in enumerate(zip(servers, shares)):
            transport = ("sse", "websocket")[index % 2]
            sinks.append(Sink(processes, bench.folder, port, transport, share, "--hold"))
            sinks[-1].await_ready()
        time.sleep(2)
        held_bytes = sum(private_bytes(child.pid) for child, _ in servers)
        held = sum(descriptors(child.pid) - base for (child, _), base in zip(servers, empty))
        lost = sum(sink.finish()["lost"] for sink in sinks)
        left = sum(max(0, await_descriptors(child.pid, base) - base) for (child, _), base in zip(servers, empty))
        time.sleep(TRIM_SECONDS)
        return {"held": held, "lost": lost, "leftDescriptors": left, "heldBytes": held_bytes,
                "afterBytes": sum(private_bytes(child.pid) for child, _ in servers)}
