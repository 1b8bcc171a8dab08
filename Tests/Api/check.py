"""Two servers, one that lets everyone in and one with credentials, and schemathesis on each. Exit status: 0 nothing was found; 1
something was; 3 the command is missing."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "Tests/Documents"))

from server import Server, token  # noqa: E402

# Seconds: a bound on what hangs, not on what is measured.
BOUND = 900


def judge(server, arguments, *options):
    """Runs schemathesis against a server; returns its exit status."""
    address = f"http://{server.host}:{server.port}"
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml"), "run",
        str(ROOT / "Docs/openapi.yaml"), "--url", address, "--seed", str(arguments.seed), "--max-examples", str(arguments.examples),
        "--no-color", *options]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
    # It and hypothesis keep folders of their own where they run.
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, timeout=BOUND).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", type=pathlib.Path, default=ROOT / ".build/release/tandem", help="the tandem to run")
    parser.add_argument("--seed", type=int, default=9, help="of the requests")
    parser.add_argument("--examples", type=int, default=50, help="requests made at random for each operation, in each phase")
    arguments = parser.parse_args()
    if not arguments.command.exists():
        print(f"there is no {arguments.command}: build it (make build)", file=sys.stderr)
        return 3
    statuses = []
    with Server(arguments.command, "--orders", "50") as server:
        statuses.append(judge(server, arguments, "--exclude-tag", "credentials"))
    with Server(arguments.command, "--orders", "50", auth="cookie,query,ticket") as server:
        scopes = ("read", "command", "publish", "credentials:revoke")
        bearer = f"Authorization: Bearer {token('anyone', *scopes, id='own', lifetime=BOUND)}"
        statuses.append(judge(server, arguments, "--header", bearer, "--include-tag", "credentials"))
    return 1 if any(statuses) else 0


if __name__ == "__main__":
    sys.exit(main())
