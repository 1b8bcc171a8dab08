"""What README.md, Makefile and Docs/*.md say of commands, files, numbers and times is so."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile

import yaml

from documents import DOCS, ROOT, Failure
from server import Server

SOURCES = ROOT / "Sources"

# A number of a document, and the source that has it.
NUMBERS = [
    ("Docs/Simulation.md", r"`make test` runs ([\d,]+) schedules", "Tests/SimulationTests/ScheduleTests.swift", r"count: ([\d_]+)\)"),
    ("Docs/Persistence.md", r"kills the command ([\d,]+) times", "Tests/CommandTests/Kill/KillTests.swift", r"kills: ([\d_]+)\)"),
    ("Docs/Methodology.md", r"99th percentile above ([\d]+) ms", "Sources/LoadGeneration/SaturationRule.swift", r"latenessLimitNanoseconds: Int64 = ([\d_]+)_000_000"),
]

# The modules by which the packages of the table are imported.
MODULES = {
    "swift-argument-parser": ["ArgumentParser"], "swift-log": ["Logging"],
    "hdrhistogram-swift": ["Histogram"], "Yams": ["Yams"], "GRDB": ["GRDB"], "swift-subprocess": ["Subprocess"],
    "swift-nio": ["NIOCore", "NIOPosix", "NIOHTTP1"], "swift-mustache": ["Mustache"],
}

# A fence of these begins a block of commands.
SHELLS = ("", "sh", "console", "bash")

# How far an expectation that is written down may be from what the plan says.
TOLERANCE = 0.3


def texts():
    """Every document for people, by its path from the root."""
    paths = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def check():
    return _numbers() + _importers() + _lengths() + _targets() + _table_of_targets() + _links() + _experiments_of_the_matrix() + _reach()


def _blocks(text):
    """The blocks of commands: those whose fence names a shell, or nothing."""
    language, lines = None, []
    for line in text.splitlines():
        fence = re.match(r" *```(\S*)", line)
        if not fence:
            lines.append(line)
        elif language is None:
            language, lines = fence[1], []
        else:
            if language in SHELLS:
                yield "\n".join(lines) + "\n"
            language = None


def _number(text):
    return int(re.sub(r"[_,]", "", text))


def _numbers():
    for document, said, source, written in NUMBERS:
        claim = re.search(said, (ROOT / document).read_text())
        actual = re.search(written, (ROOT / source).read_text())
        if not claim or not actual:
            raise Failure(f"{document if not claim else source}: this check looks for {said if not claim else written!r}")
        if _number(claim[1]) != _number(actual[1]):
            raise Failure(f"{document}: says {claim[0]!r}, and {source} has {actual[0]!r}")
    return len(NUMBERS)


def _imports(names):
    """The modules of ours with a file that imports one of these."""
    pattern = re.compile(rf"^(?:@\S+ )*(?:(?:public|package|internal|private) )?import (?:\w+ )?(?:{'|'.join(names)})\b", re.M)
    return {
        folder.name for folder in SOURCES.iterdir()
        if any(pattern.search(file.read_text()) for file in folder.rglob("*.swift"))
    }


def _importers():
    """Architecture.md's table of dependencies has each package, and who imports it."""
    section = (DOCS / "Architecture.md").read_text().split("## Dependencies\n", 1)[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| ")][1:]
    table = {row[0]: set(re.findall(r"`(\w+)`", row[2])) for row in rows}
    packages = re.findall(r"package: \"([\w.-]+)\"\)", (ROOT / "Package.swift").read_text())
    for package in {package.removesuffix(".swift") for package in packages}:
        listed = [who for name, who in table.items() if name.split(",")[0].split(" ")[0] == package]
        if len(listed) != 1 or package not in MODULES:
            raise Failure(f"Architecture.md, Dependencies: {len(listed)} rows for {package}; Tests/Documents/claims.py knows its modules")
        actual = _imports(MODULES[package])
        if listed[0] != actual:
            raise Failure(f"Architecture.md, Dependencies: {package} is imported by {sorted(actual)}, not {sorted(listed[0])}")
    libraries = {path.parent.name for path in SOURCES.glob("*/module.modulemap")}
    sentence = re.search(r"Only ([^.]*?) imports? a C module", (DOCS / "Architecture.md").read_text().replace("\n", " "))
    said, actual = set(re.findall(r"`(\w+)`", sentence[1])) if sentence else set(), _imports(libraries)
    if said != actual:
        raise Failure(f"Architecture.md, Modules: C modules are imported by {sorted(actual)}, not {sorted(said)}")
    return len(packages) + len(libraries)


def _lengths():
    """Contributing.md says how long files are."""
    lengths = sorted(len(file.read_text().splitlines()) for file in SOURCES.rglob("*.swift"))
    text = " ".join((DOCS / "Contributing.md").read_text().split())
    claim = re.search(r"most have fewer than (\d+) lines, few more than (\d+), and none of `Sources` more than (\d+)", text)
    if not claim:
        raise Failure("Contributing.md: this check looks for what it says of the lines of a file")
    most, few, none = map(int, claim.groups())
    shares = sum(n < most for n in lengths) / len(lengths), sum(n > few for n in lengths) / len(lengths)
    if shares[0] <= 0.5 or shares[1] > 0.05 or lengths[-1] > none:
        raise Failure(
            f"Contributing.md: says {claim[0]!r}; {shares[0]:.0%} are shorter, {shares[1]:.0%} longer, the longest has {lengths[-1]}")
    return len(lengths)


def _recipe(target):
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    found = re.search(rf"^{target}:[^\n]*\n((?:\t[^\n]*\n)+)", makefile, re.M)
    return found[1] if found else ""


def _targets():
    """Every make target and file that a document names is there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = 0
    for document, text in texts().items():
        code = "\n".join(_blocks(text))
        for target in re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^\$? ?make ([a-z-]+)", code, re.M):
            named += 1
            if target not in targets:
                raise Failure(f"{document}: there is no make {target}")
        for path in re.findall(r"(?<![\w./])((?:Experiments|Tests|Docs)/[\w+/-]+\.[\w]+)", text):
            named += 1
            if "/Results/" not in path and not (ROOT / path).exists():
                raise Failure(f"{document}: there is no {path}")
    # README speaks of some by their names alone.
    for target in re.findall(r"`([a-z-]+)` \(", re.split(r"lists the\s+rest:", (ROOT / "README.md").read_text())[1].split("\n\n")[0]):
        if target not in targets:
            raise Failure(f"README.md: there is no make {target}")
    # An optional part decides nothing, and what is rendered holds all.
    steps = [step for step in _recipe("join-auth").splitlines() if step.strip()]
    if "report" not in steps[-1] or not all("||" in step for step in steps[:-1]):
        raise Failure("Methodology.md: the report of auth is rendered in any case; Makefile's join-auth may end before it")
    return named


def _table_of_targets():
    """Contributing.md's table has every target that `make help` lists, and no other."""
    listed = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M)) - {"help"}
    rows = re.findall(r"^\| (`.*?) \|", (DOCS / "Contributing.md").read_text(), re.M)
    said = {target for row in rows for target in re.findall(r"`make ([a-z-]+)`", row)}
    if said != listed:
        raise Failure(
            f"Contributing.md, Build and test: the table lacks {sorted(listed - said)}, and `make help` lacks {sorted(said - listed)}")
    return len(listed)


def _links():
    """Every document is linked from README.md, or from one that is."""
    reached, rest = set(), [ROOT / "README.md"]
    while rest:
        page = rest.pop()
        if page in reached or not page.is_file():
            continue
        reached.add(page)
        rest += [(page.parent / path).resolve() for path in re.findall(r"\]\(([\w./-]+\.md)(?:#[\w-]*)?\)", page.read_text())]
    if unlinked := sorted(path.name for path in DOCS.glob("*.md") if path.resolve() not in reached):
        raise Failure(f"README.md: neither it nor a document that it links leads to {', '.join(unlinked)}")
    return len(reached)


def _runs(target):
    """The experiments that a target runs."""
    return re.search(r"for experiment in ([\w -]+);", _recipe(target))[1].split()


def _help(target):
    return re.search(rf"^{target}:.*## (.*)$", (ROOT / "Makefile").read_text(), re.M)[1]


def _experiments_of_the_matrix():
    row = re.search(r"^\| `make matrix` \| (.*) \|$", (DOCS / "Contributing.md").read_text(), re.M)[1]
    if unnamed := [name for name in _runs("matrix") if name not in row]:
        raise Failure(f"Contributing.md: `make matrix` runs {', '.join(unnamed)} too")
    left_out = sorted({path.stem for path in (ROOT / "Experiments").glob("*.yaml")} - set(_runs("matrix-full")))
    words = re.search(r"every experiment but ([\w, -]+)", _help("matrix-full"))
    said = sorted(re.split(r", | and ", words[1])) if words else []
    if said != left_out:
        raise Failure(f"Makefile: matrix-full is said to leave out {said}, and leaves out {left_out}")
    return len(left_out)


def _reach():
    """The share of the clients that can use a scheme is that of the row's own cells: Authentication.md, Reach."""
    text = (DOCS / "Authentication.md").read_text()
    rows = re.findall(r"^\| `\w+` \| (.*) \| (\d) of (\d) \|$", text, re.M)
    for row, yes, of in rows:
        cells = row.split(" | ")
        actual = sum(cell == "declared" or re.match(r"yes\b", cell) is not None for cell in cells)
        if (int(yes), int(of)) != (actual, len(cells)):
            raise Failure(f"Authentication.md: says {yes} of {of} of a row with {actual} of {len(cells)}: {row}")
    if not rows:
        raise Failure("Authentication.md: this check looks for the table of clients that can use a scheme")
    return len(rows)


# MARK: With the command


def check_commands(command):
    """Every command that a document shows is one that this command takes, and every time is what it expects."""
    dump = subprocess.run([command, "--experimental-dump-help"], capture_output=True, text=True, check=True)
    root = json.loads(dump.stdout)["command"]
    count = 0
    for document, text in texts().items():
        text = _expanded(text)
        for line in _commands(text):
            count += 1
            if wrong := _mistake(root, line):
                raise Failure(f"{document}: `{line}`: {wrong}")
        for fragment in re.findall(r"`(tandem(?: [^`]*)?)`", text.replace("\n", " ")):
            count += 1
            if wrong := _mistake(root, fragment, is_fragment=True):
                raise Failure(f"{document}: `{fragment}`: {wrong}")
    return count + _times(command) + _files(command)


def _expanded(text):
    """A document in whose commands the variables that it sets have their values."""
    variables = dict(re.findall(r"^([A-Z]+)=[\"']?([^\"'\n]*)", text, re.M))
    return re.sub(r"\$([A-Z]+)\b", lambda name: variables.get(name[1], name[0]), text)


def _commands(text):
    """The lines of code that call the command, without comments and pipes."""
    for block in _blocks(text):
        for line in block.replace("\\\n", " ").splitlines():
            line = re.sub(r"\s#.*", "", line.strip().removeprefix("$ "))
            for call in re.findall(r"(?:^|[|&;(]\s*|\$\()(tandem [^|&;)]*)", line):
                yield call.strip()


def _mistake(root, line, is_fragment=False):
    """Why a command line is none; nil where it is one."""
    try:
        words = shlex.split(line)[1:]
    except ValueError as error:
        return str(error)
    node = root
    while words and (found := [sub for sub in node.get("subcommands", []) if sub["commandName"] == words[0]]):
        node, words = found[0], words[1:]
    if node is root and words and not words[0].startswith("-"):
        return f"there is no subcommand '{words[0]}'"
    options = {
        "-" * (2 if name["kind"] == "long" else 1) + name["name"]: argument
        for argument in node.get("arguments", []) for name in argument.get("names", [])
    }
    positional = [argument for argument in node.get("arguments", []) if argument["kind"] == "positional"]
    given = []
    rest = iter(words)
    for word in rest:
        if word in (">", "<", "&", "..."):
            break
        if not word.startswith("-") or word == "-":
            given.append(word)
            continue
        name, _, value = word.partition("=")
        if name in ("--help", "--version", "--generate-completion-script"):
            return None
        if name not in options:
            return f"'{node['commandName']}' has no option {name}"
        if options[name]["kind"] == "option" and not value and next(rest, None) is None and not is_fragment:
            return f"{name} lacks its value"
    limit = len(positional) if not any(argument.get("isRepeating") for argument in positional) else len(given)
    if len(given) > limit:
        return f"'{given[limit]}' is one word too many"
    # The name of a command alone is a noun; one that does nothing without an argument is a mistake even so.
    needed = [argument for argument in positional if not argument["isOptional"]]
    if len(given) < len(needed):
        return f"it needs {needed[len(given)].get('valueName', 'an argument')}"
    values = needed[0].get("allValues") if needed else None
    if given and values and given[0] not in values:
        return f"'{given[0]}' is none of {', '.join(values)}"
    return None


def _times(command):
    """What a run takes is what its plan expects: `make matrix` in README.md and Makefile, matrix-full in Makefile."""
    listed = subprocess.run(
        [command, "list", "experiments", "--json", "--folder", str(ROOT / "Experiments")], capture_output=True, text=True, check=True)
    seconds = {pathlib.Path(entry["name"]).stem: entry["seconds"] for entry in json.loads(listed.stdout)}
    readme = re.search(r"^make matrix .*$", (ROOT / "README.md").read_text(), re.M)[0]
    for where, text, target in [
        ("README.md", readme, "matrix"), ("Makefile", _help("matrix"), "matrix"),
        ("Makefile", _help("matrix-full"), "matrix-full"),
    ]:
        expected = sum(seconds[name] for name in _runs(target))
        said = re.search(r"about (\d+) (min|h)\b", text)
        if not said:
            raise Failure(f"{where}: does not say how long make {target} takes; the plans expect {expected / 60:.0f} min")
        claimed = int(said[1]) * (60 if said[2] == "min" else 3600)
        if abs(claimed - expected) > TOLERANCE * expected:
            raise Failure(f"{where}: make {target} takes '{said[0]}', and the plans expect {expected / 60:.1f} min")
    return len(seconds) + _times_of_files(seconds)


def _times_of_files(seconds):
    """The comment that an experiment begins with, and its description, may say `in about N s` or `min`; in other words they say no
    time."""
    checked = 0
    for name, expected in seconds.items():
        text = (ROOT / f"Experiments/{name}.yaml").read_text()
        said_at_all = re.match(r"(?:#.*\n)*", text)[0] + (yaml.safe_load(text).get("description") or "")
        for said in re.finditer(r"\bin (?:\w+ ){0,4}?(?:\w+ ){0,2}(?:s|min|minutes?|seconds?|hours?)\b", said_at_all):
            claimed = re.fullmatch(r"in about (\d+) (s|min)", said[0])
            if not claimed or abs(int(claimed[1]) * (60 if claimed[2] == "min" else 1) - expected) > TOLERANCE * expected:
                raise Failure(f"Experiments/{name}.yaml: says '{said[0]}', and the plan expects {expected:.0f} s; write `in about N s`")
            checked += 1
    return checked


def _files(command):
    """Persistence.md names each file that --data makes."""
    text = (DOCS / "Persistence.md").read_text()
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        with Server(command, "--data", data, "--orders", "1"):
            made = set(os.listdir(data))
        made |= set(os.listdir(data))
    if unknown := {name for name in made if f"`{name}`" not in text}:
        raise Failure(f"Persistence.md: does not say what {sorted(unknown)} is")
    return len(made)
