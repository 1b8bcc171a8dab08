#!/usr/bin/python3
"""Checks Docs/ against the sources, and against running servers.

Needs Python 3.11 with Debian's python3-yaml and python3-jsonschema. Tests/Documents/run starts it with validators and an
HTTP/2 client from PyPI as well.

Exit status: 0 they agree; 1 they differ; 3 something is missing: the command, or the validators with --specifications.
"""

import argparse
import pathlib
import sys

import claims
import counts
import exchanges
import names
import sources
import specifications
import streams
import words
from documents import ROOT, Documents, Failure


def over_http2(command):
    import http2

    return http2.run(command)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--command", type=pathlib.Path, default=ROOT / ".build/release/tandem", help="the tandem to run")
    parser.add_argument("--static", action="store_true", help="only what needs no command")
    parser.add_argument("--specifications", action="store_true", help="fail where the validators are missing")
    arguments = parser.parse_args()
    if not arguments.static and not arguments.command.exists():
        print(f"there is no {arguments.command}: build it (make build), or check with --static", file=sys.stderr)
        return 3
    try:
        documents = Documents()
    except Failure as failure:
        print(f"FAIL  references: {failure}")
        return 1
    absent = specifications.missing()
    if absent and arguments.specifications:
        print(f"missing: {', '.join(absent)}; Tests/Documents/run installs them", file=sys.stderr)
        return 3
    steps = [("references resolve, schemas are schemas", documents.check_forms)]
    if not absent:
        steps.append(("OpenAPI 3.1 and AsyncAPI 3.0", lambda: specifications.check(documents)))
    steps += [
        ("tables, routes and enumerations agree with the sources", lambda: sources.check(documents)),
        ("words that are gone stay gone", words.check),
        ("tests have display names", names.check),
        ("numbers, importers, targets and files of the documents are those of the project", claims.check),
    ]
    if not arguments.static:
        steps += [
            ("counts of code agree with the sources", lambda: counts.check(arguments.command)),
            ("commands of the documents are commands, and take as long", lambda: claims.check_commands(arguments.command)),
            ("every operation answers as documented", lambda: exchanges.run(documents, arguments.command)),
            ("every event and message is as documented", lambda: streams.run(documents, arguments.command)),
        ]
        if "h2" not in absent:
            steps.append(("HTTP/2 serves what is documented", lambda: over_http2(arguments.command)))
    failed = False
    for name, step in steps:
        try:
            count = step()
            print(f"ok    {name}" + (f": {count} checked" if count else ""))
        except Exception as failure:
            # The validators and a broken connection have exceptions of their own.
            failed = True
            print(f"FAIL  {name}: {failure if isinstance(failure, Failure) else repr(failure)}")
    if absent:
        print(f"note  not all was checked: without {', '.join(absent)} (see Tests/Documents/run)")
    if arguments.static:
        print("note  not checked: the command, and a running server (--static)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
