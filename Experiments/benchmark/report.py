"""The table, and the machine it was measured on."""

import datetime
import json
import os
import platform
import subprocess


def environment():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown")
    git = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False,
                         cwd=os.path.dirname(__file__))
    return {
        "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "revision": git.stdout.strip() or None,
        "processor": model,
        "processors": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "loadAtStart": os.getloadavg()[0],
    }


def table(outcomes, ours):
    rows = [["work", "goal", "median ratio (min..max)", "floor", ours, "verdict"]]
    notes = []
    for outcome in outcomes:
        marks = ""
        for note in outcome.notes:
            if note not in notes:
                notes.append(note)
            marks += f" [{notes.index(note) + 1}]"
        rows.append([outcome.title, outcome.goal, outcome.ratio, outcome.floor, outcome.ours, outcome.verdict + marks])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines + ["", *(f"[{number}] {note}" for number, note in enumerate(notes, 1))]).rstrip()


def write_json(path, document, outcomes):
    """Whole or not at all: an interrupted run leaves the rows it had."""
    document = {**document, "rows": [vars(outcome) for outcome in outcomes]}
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
    os.replace(temporary, path)
