#!/usr/bin/python3
"""The commands of README.md's section Use are a script that works: in any folder, line by line, and what a line promises comes."""

import re
import shutil
import tempfile
import threading
import urllib.request

from field import *

README = (ROOT / "README.md").read_text()
EXPORT, *LINES = (line.split(" #")[0].strip() for line in re.search(r"## Use\n\n```sh\n(.*?)```", README, re.S)[1].splitlines())
# Sound, not sound on a noisy machine, and a machine that doctor finds unfit: in each the command did what README says.
ENDINGS = {"doctor": (0, 3), "run": (0, 1), "load": (0, 1)}
# What comes of the lines that watch the demo's order.
WATCHED = {"curl": '"orderId":"order-0"', "/usr/bin/python3": "order.snapshot", "tandem": "deliveries "}


# Where the environment names another command, `tandem` is that one.
OTHER = 'PATH="$PWD/bin:$PATH"; ' if "TANDEM" in os.environ else ""


def shell(line, folder, **options):
    """A line as a reader enters it who has built here and is somewhere else by now."""
    return subprocess.Popen(
        ["bash", "-c", f"{EXPORT}; cd '{folder}'; {OTHER}exec {line}"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, **options)


def start(line, folder, pattern):
    """A command that runs until it is stopped: its process, and what the pattern finds in the lines that it begins with."""
    process = shell(line, folder)
    atexit.register(process.kill)
    for text in process.stdout:
        if found := re.search(pattern, text):
            return process, found
    raise SystemExit(f"`{line}` ended with {process.wait()}")


def line_of(name):
    return next(line for line in LINES if line.startswith(f"tandem {name} "))


with tempfile.TemporaryDirectory() as folder:
    os.mkdir(f"{folder}/bin")
    os.symlink(pathlib.Path(TANDEM).resolve(), f"{folder}/bin/tandem")
    shutil.copytree(ROOT / "Experiments", f"{folder}/Experiments", ignore=shutil.ignore_patterns("Results"))
    demo, relay = line_of("serve"), line_of("proxy")
    stated = re.search(r"curl -N (http://\S+)", README)[1]
    server, said = start(f"{demo} --port 0", folder, r"curl -N (http://\S+:(\d+)/\S+)")
    expect("readme", stated, said[1].replace(f":{said[2]}/", ":8080/"))
    for line in LINES:
        if line in (demo, relay):
            continue
        process = shell(line.replace(":8080", f":{said[2]}"), folder, stderr=subprocess.STDOUT)
        promise = WATCHED[line.split()[0]] if ":8080" in line else ""
        output = ""
        alarm = threading.Timer(10 * PATIENCE, process.kill)
        alarm.start()
        # The client of WebSockets goes on until its input ends.
        while promise not in output and (text := process.stdout.readline()):
            output += text
        output += process.communicate()[0]
        alarm.cancel()
        endings = ENDINGS.get(line.split()[1], (0,))
        is_kept = process.returncode in endings and promise in output
        if not is_kept:
            print(output)
        expect("readme", (line, True), (line, is_kept))

    with urllib.request.urlopen(said[1], timeout=PATIENCE) as stream:
        events = []
        while len(events) < 3:
            text = stream.readline().decode()
            if text.startswith("event: "):
                events.append(text[7:].strip())
    expect("readme", ["order.snapshot", "order.update", "order.update"], events)
    _, listening = start(relay.replace(":8080", f":{said[2]}"), folder, r"passing on \S+:(\d+) ")
    with urllib.request.urlopen(f"http://127.0.0.1:{listening[1]}/orders/order-0", timeout=PATIENCE) as answer:
        expect("readme", 200, answer.status)
    server.terminate()
    expect("readme", 0, server.wait(timeout=PATIENCE))
