#!/usr/bin/python3
"""Rows 19, 43 and 44: experiment files as editors write them, and as nobody should. What is YAML is read; the rest is 2 with line and
column, at once."""

import re
import tempfile

from field import *

WHOLE = (ROOT / "Experiments/smoke.yaml").read_text()
# Without its comments: a byte order mark before one is read by libyaml alone.
BARE = "".join(line for line in WHOLE.splitlines(keepends=True) if not line.startswith("#"))


def read(text):
    """`read` where the file was understood, which the filter that matches no cell says; else `line:column` or what it said."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/experiment.yaml"
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        status, _, error = run("run", path, "--filter", "none-such", "--out", f"{folder}/out")
        if status == 2 and "no cell's id contains" in error:
            return "read"
        place = re.search(r"experiment\.yaml:(\d+):(\d+): ", error)
        return "refused with a place" if status == 2 and place else (status, error[:200])


def with_line(line):
    return BARE.replace("title:", f"{line}\ntitle:", 1)


for text in [BARE, WHOLE, "---\n" + BARE]:
    expect("19", "read", read(b"\xef\xbb\xbf" + text.encode()))

for what, text, expected in [
        ("as it is", WHOLE, "read"),
        ("CRLF", WHOLE.replace("\n", "\r\n"), "read"),
        ("no newline at its end", WHOLE.rstrip("\n"), "read"),
        ("an end marker", WHOLE + "...\n", "read"),
        ("an anchor and its alias", BARE.replace("title:", "title: &a", 1).replace("description:", "description: *a #", 1), "read"),
        ("a key twice", with_line("title: x"), "refused with a place"),
        ("an unknown key", with_line("titel: x"), "refused with a place"),
        ("a tab", with_line("description:\n\tx: y"), "refused with a place"),
        ("two documents", WHOLE + "---\nname: x\n", "refused with a place"),
        ("a recursive alias", with_line("description: &a [*a]"), "refused with a place"),
        ("an alias of nothing", with_line("description: *nothing"), "refused with a place"),
        ("a merge key", with_line("<<: {name: x}"), "refused with a place"),
        ("not a number", with_line("sampleSeconds: .nan"), "refused with a place"),
        ("infinity", with_line("sampleSeconds: .inf"), "refused with a place"),
        ("a number in quotes", with_line('sampleSeconds: "2"'), "refused with a place"),
        ("no for false", with_line("aaPair: no"), "refused with a place"),
        ("a negative number", with_line("maximumSeconds: -1"), "refused with a place"),
        ("a number beyond all", with_line("maximumSeconds: 1e400"), "refused with a place"),
        ("a whole number beyond all", with_line("seed: 99999999999999999999"), "refused with a place"),
        ("a fraction for a whole number", with_line("seed: 1e1"), "refused with a place"),
        ("underscores in a number", with_line("seed: 1_0"), "refused with a place"),
        ("an odd name", BARE.replace("name: smoke", 'name: "../smoke"', 1), "refused with a place"),
        ("a name of dots", BARE.replace("name: smoke", "name: ..", 1), "refused with a place"),
        ("an empty name", BARE.replace("name: smoke", 'name: ""', 1), "refused with a place"),
        ("a list", "- a\n- b\n", "refused with a place"),
        ("a text", "experiment\n", "refused with a place"),
        ("nothing", "", "refused with a place")]:
    expect("43", (what, expected), (what, read(text)))

bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12))
expect("44", ("aliases of aliases", "refused with a place"), ("aliases of aliases", read(bomb)))
expect("44", ("20,000 levels", "refused with a place"), ("20,000 levels", read("name: " + "[" * 20_000)))
expect("44", ("20,000 levels, closed", "refused with a place"), ("20,000 levels, closed", read("name: " + "[" * 20_000 + "]" * 20_000)))
