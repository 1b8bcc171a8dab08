#!/usr/bin/python3
"""Measures what the code of a page can tell of twelve causes, with native EventSource, WebSocket and fetch, in real browsers.

Writes legibility.json into a folder of results, and prints the signals, which causes look alike, and the information in bits.
A signal that is not the same each time is said, and stands in its row with a bar between. Exit status: 0 measured; 1 a cause
could not be brought about; 2 wrong arguments; 3 something is missing.
"""

import argparse
import asyncio
import contextlib
import json
import math
import pathlib
import sys

import browsers
import information
from causes import CAUSES, Stage, clients
from target import COMMAND, ROOT, Keys, PageServer, SelfSigned, TargetError

WINDOW = 6_000  # milliseconds; what shows nothing for so long counts as never


class MeasurementError(Exception):
    """A cause could not be brought about."""


async def observe(page, situation):
    """The steps that each client saw."""
    found = clients(situation)
    names = json.dumps(list(found))
    for name, (api, parameters) in found.items():
        await page.evaluate(f"observe({json.dumps(name)}, {json.dumps(api)}, {json.dumps(parameters)}, {WINDOW})")
    opened = await page.evaluate(f"opened({names})")
    if situation.opens and not all(opened):
        raise MeasurementError(f"no stream to strike: {await page.evaluate(f'ended({names})')}")
    await situation.strike()
    return dict(zip(found, await page.evaluate(f"ended({names})")))


async def measure(options, say):
    """Signals by browser, client and cause; the first two in the order of reports."""
    found = {}
    with contextlib.closing(Keys()) as keys, contextlib.closing(SelfSigned()) as certificate:
        await certificate.make()
        async with PageServer() as ours, PageServer() as foreign:
            stage = Stage(keys, certificate, ours.origin, foreign.origin, options.command)
            for browser in browsers.installed():
                async with browser() as running:
                    say(f"{running.version}, {options.repetitions} times {len(CAUSES)} causes")
                    signals = found.setdefault(running.version, {})
                    for _ in range(options.repetitions):
                        for cause, make in CAUSES.items():
                            async with make(stage) as situation:
                                page = await running.open(f"{ours.origin}/")
                                for client, steps in (await observe(page, situation)).items():
                                    seen = signals.setdefault(client, {}).setdefault(cause, [])
                                    seen.append(" > ".join(steps))
                                await page.close()
    return found


def document(found):
    rows = [
        {"cause": cause, "client": client, "browser": browser, "signal": " | ".join(sorted(set(seen)))}
        for browser, of_client in found.items() for client, signals in of_client.items()
        for cause, seen in signals.items()
    ]
    by_browser = {
        browser: {client: round(information.bits(signals), 3) for client, signals in of_client.items()}
        for browser, of_client in found.items()
    }
    first = next(iter(found))
    return {
        "rows": rows,
        # Of the first browser; the others beside it.
        "bits": by_browser[first],
        "bitsByBrowser": by_browser,
        "mostBits": round(math.log2(len(CAUSES)), 3),
        "formula": " ".join(information.bits.__doc__.split("\n\n")[1].split()),
        "confusion": {
            browser: {client: information.confusion(signals) for client, signals in of_client.items()}
            for browser, of_client in found.items()
        },
    }


def show(found, result):
    for browser, of_client in found.items():
        for client, signals in of_client.items():
            print(f"\n{browser}, {client}: {result['bitsByBrowser'][browser][client]:.2f} "
                  f"of {result['mostBits']:.2f} bits")
            for group in information.alike(signals):
                for signal in sorted(set(signals[group[0]])):
                    print(f"  {', '.join(group)}\n      {signal}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=ROOT / "Experiments" / "Results" / "latest",
                        help="where legibility.json is written (default Experiments/Results/latest)")
    parser.add_argument("--repetitions", type=int, default=3, metavar="N", help="of each cause (default 3)")
    parser.add_argument("--command", type=pathlib.Path, default=COMMAND, help="the tandem to observe")
    options = parser.parse_args()
    if options.repetitions < 1:
        parser.error("--repetitions takes at least 1")
    if not options.folder.is_dir():
        parser.error(f"there is no folder {options.folder}: name one, or make results first (make matrix)")
    if not options.command.exists():
        parser.error(f"there is no {options.command}: build it (make build), or name another with --command")
    for line in browsers.missing():
        print(line, file=sys.stderr)
    if not browsers.installed():
        print("no browser is installed: make test-browser installs Chromium", file=sys.stderr)
        return 3
    try:
        found = asyncio.run(measure(options, lambda text: print(text, file=sys.stderr, flush=True)))
    except (MeasurementError, TargetError, browsers.BrowserError) as error:
        print(f"measure.py: {error}", file=sys.stderr)
        return 1
    result = document(found)
    show(found, result)
    file = options.folder / "legibility.json"
    file.write_text(json.dumps(result, indent=2) + "\n")
    print(f"\nwritten to {file}")
    for browser, of_client in found.items():
        for client, signals in of_client.items():
            for cause, seen in signals.items():
                if len(set(seen)) > 1:
                    print(f"not the same each time: {browser}, {client}, {cause}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
