"""The processes of a trial: a server (Tandem's or the floor's), load clients, and what /proc says of them."""

import contextlib
import json
import os
import queue
import resource
import signal
import subprocess
import tempfile
import threading
import time

START_SECONDS = 15
STOP_SECONDS = 20


class TrialFailed(Exception):
    """A trial that gave no figure, and why."""


class Child:
    """A process that prints a JSON line per event."""

    def __init__(self, name, arguments):
        self.name = name
        self.command = [str(argument) for argument in arguments]
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        self.pid = self.process.pid
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def next_object(self, seconds):
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            raise TrialFailed(f"{self.name} printed nothing for {seconds:.0f} s: {self._explanation()}") from None
        if line is None:
            self.lines.put(None)
            raise TrialFailed(f"{self.name} ended early: {self._explanation()}")
        try:
            return json.loads(line)
        except ValueError:
            raise TrialFailed(f"{self.name} printed {line.strip()!r} instead of a JSON line") from None

    def _explanation(self):
        self.errors.seek(0)
        text = self.errors.read().decode(errors="replace").strip()
        return text.splitlines()[-1] if text else " ".join(self.command)

    def send_signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def stop(self):
        """Ends it by SIGTERM, or by SIGKILL if it does not end in time."""
        if self.process.poll() is None:
            self.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.errors.close()


class Processes(contextlib.ExitStack):
    """The children of one trial; however the trial ends, they end with it, the newest first."""

    def start(self, name, arguments):
        child = Child(name, arguments)
        self.callback(child.stop)
        return child


class Server:
    """How to start one of the two servers. A schedule is `orders, rate or flood, burst, seconds, wait`."""

    def __init__(self, name, program, has_tls):
        self.name, self.program, self.has_tls = name, program, has_tls

    def start(self, processes, *, cpu=None, loops=1, schedule=None, certificate=None):
        arguments = [self.program, *self._arguments(loops, schedule, certificate)]
        if cpu is not None:
            arguments += ["--cpu", cpu]
        child = processes.start(self.name, arguments)
        first = child.next_object(START_SECONDS)
        if "port" not in first:
            raise TrialFailed(f"{self.name} began with {first} instead of its port")
        return child, first["port"]


class Floor(Server):
    def __init__(self, folder):
        super().__init__("floor", os.path.join(folder, "floor-server"), has_tls=False)

    def _arguments(self, loops, schedule, certificate):
        assert certificate is None
        arguments = ["--port", 0, "--loops", loops]
        for key, value in (schedule or {}).items():
            arguments += [f"--{key}"] if value is True else [f"--{key}", value]
        return arguments


class Tandem(Server):
    def __init__(self, program):
        super().__init__("tandem", program, has_tls=True)

    def _arguments(self, loops, schedule, certificate):
        # No heartbeats: the floor sends none. No limit that the floor does not have.
        arguments = ["serve", "--json", "--port", 0, "--auth", "none", "--loops", loops, "--orders", 1]
        arguments += ["--heartbeat-kind", "off", "--max-connections-per-owner", 100_000]
        if schedule:
            parts = [key if value is True else f"{key}={value}" for key, value in schedule.items()]
            arguments += ["--publish", ",".join(parts)]
        if certificate:
            arguments += ["--tls-cert", certificate[0], "--tls-key", certificate[1]]
        return arguments


class Sink:
    """The load client."""

    def __init__(self, processes, folder, port, transport, connections, *options, cpu=None):
        arguments = [os.path.join(folder, "floor-sink"), "--port", port, "--transport", transport]
        arguments += ["--connections", connections, *options]
        if cpu is not None:
            arguments += ["--cpu", cpu]
        self.child = processes.start("floor-sink", arguments)
        self.connections = connections

    def await_ready(self):
        return self.child.next_object(START_SECONDS + self.connections / 200)["seconds"]

    def progress(self):
        self.child.send_signal(signal.SIGUSR1)
        return self.child.next_object(STOP_SECONDS)

    def finish(self):
        """Ends it, and returns its report."""
        self.child.send_signal(signal.SIGTERM)
        report = self.child.next_object(STOP_SECONDS)
        self.child.stop()
        return report


def private_bytes(pid):
    """User memory that is this process's alone."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        fields = dict(line.split(":", 1) for line in file.read().splitlines()[1:])
    return sum(int(fields[name].split()[0]) * 1024 for name in ("Private_Clean", "Private_Dirty"))


class ProcessorClock:
    """Processor time that went by, of the machine as a whole and of some of its processes."""

    def __init__(self, pids):
        self.pids = [*pids, os.getpid()]
        self.start = self._read()

    def _read(self):
        tick = os.sysconf("SC_CLK_TCK")
        with open("/proc/stat", encoding="ascii") as file:
            fields = [int(value) for value in file.readline().split()[1:9]]
        idle, waiting = fields[3], fields[4]
        own = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                times = file.read().rsplit(")", 1)[1].split()[11:13]
            own += sum(int(value) for value in times)
        return time.monotonic(), (sum(fields) - idle - waiting) / tick, own / tick

    def others(self):
        """Processors that were busy with something else, stolen time included: 0.5 is half a processor."""
        then, busy, own = self.start
        now, busy_now, own_now = self._read()
        return max(0.0, (busy_now - busy) - (own_now - own)) / (now - then)


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def await_descriptors(pid, at_most, seconds=STOP_SECONDS):
    """Waits until the process holds no more than `at_most`, and returns how many it holds."""
    deadline = time.monotonic() + seconds
    while descriptors(pid) > at_most and time.monotonic() < deadline:
        time.sleep(0.05)
    return descriptors(pid)


def descriptor_limit():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


@contextlib.contextmanager
def self_signed_certificate():
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-subj", "/CN=localhost", "-days", "1", "-keyout", key, "-out", certificate]
        subprocess.run(command, check=True, capture_output=True)
        yield certificate, key
