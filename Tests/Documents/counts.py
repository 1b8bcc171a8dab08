"""The counts of code in Authentication.md are those that the command counts."""

import subprocess

from documents import DOCS, ROOT, Failure


def check(command):
    counted = subprocess.run(
        [command, "code-counts", "--sources", str(ROOT / "Sources")], cwd="/", capture_output=True, text=True, timeout=60)
    if counted.returncode:
        raise Failure(f"tandem code-counts ended with {counted.returncode}: {counted.stderr.strip()}")
    lines = counted.stdout.splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    tokens = [line.removeprefix("`tokens`: ").replace(", ", " and ") for line in lines if line.startswith("`tokens`: ")]
    if not rows or not tokens:
        raise Failure("tandem code-counts prints no table, or no counts of tokens")
    text = (DOCS / "Authentication.md").read_text()
    for row in rows + tokens:
        if row not in text:
            raise Failure(f"Authentication.md lacks what `make code-counts` prints: {row}")
    return len(rows)
