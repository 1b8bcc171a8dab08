#!/usr/bin/python3
"""Counts what each auth scheme costs in code and settings, from the sources alone.

Writes code.json into a folder of results, and prints the table. Exit status: 0 counted; 1 the sources no longer have the form
that is counted here; 2 wrong arguments.
"""

import argparse
import functools
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
SOURCES = ROOT / "Sources"

RULE = (
    "The files of a scheme are its own in Authentication/Schemes, the files of Authentication, outside Tokens and Keys, whose "
    "types those name, and the files elsewhere that serve it alone. A file that two schemes need counts for both. Verification "
    "of tokens (Tokens, Keys), which all schemes but mtls need, is counted apart as `tokens`. A line has code: neither blank nor "
    "comment. A branch is an if, guard, while, for, catch, case of a switch, conditional operator, ??, && or ||. Settings are the "
    "options of `tandem serve` that the scheme has beside those of all ({shared}). State is what the server keeps of a "
    "credential between requests, beside the revocations, which all share."
)

# Files outside Authentication that serve one scheme alone, by a name that each declares.
BESIDE = {
    "ticket": {"Transports/Shared/ClientTicketFetcher.swift": "final class ClientTicketFetcher"},
    "message": {"Transports/WebSocket/UnauthenticatedSocket.swift": "struct UnauthenticatedSocket"},
    "mtls": {"LWS/TLS/PeerCertificate.swift": "public struct PeerCertificate"},
}
# Whose each option of ServeAuthentication is. An option that is not listed here ends the script.
OPTIONS = {
    "auth": "all", "jwks": "all", "issuer": "all", "audience": "all", "clockSkew": "all", "revocations": "all",
    "sessionLifetime": "cookie", "ticketLifetime": "ticket", "clientCa": "mtls",
}
# Read where the first message is, but the limit of every message.
ANY_MESSAGE = "maxMessageBytes"
# What is kept: the file that declares it and how, and where its bound stands.
STATE = {
    "cookie": ("sessions", "Authentication/Exchanges/SessionStore.swift", "var sessions: [Selector: Session]",
               "Authentication/Schemes/CookieScheme.swift", "limit"),
    "ticket": ("tickets until their use", "Authentication/Exchanges/TicketStore.swift", "var tickets: [Selector: Ticket]",
               "Authentication/Schemes/TicketScheme.swift", "limit"),
    "message": ("sockets until their first message", "Transports/Shared/StreamTable.swift",
                "var unauthenticated: UnauthenticatedSocket?", "TransportCore/ServerConfiguration.swift",
                "unauthenticatedSockets"),
}


class Changed(Exception):
    """The sources have another form than the one that is counted."""


@functools.cache
def code(path):
    """A file's text without comments and without what stands in strings, line for line."""
    return _stripped(path.read_text())


def _stripped(text):
    result, index, depth = [], 0, 0
    while index < len(text):
        rest = text[index:index + 3]
        if depth:
            if rest.startswith("/*") or rest.startswith("*/"):
                depth += 1 if rest.startswith("/*") else -1
                index += 2
                continue
            result.append("\n" if rest[0] == "\n" else "")
        elif rest.startswith("//"):
            index = text.find("\n", index) if "\n" in text[index:] else len(text)
            continue
        elif rest.startswith("/*"):
            depth, index = 1, index + 2
            continue
        elif rest.startswith('"'):
            literal, index = _string(text, index)
            result.append(literal)
            continue
        else:
            result.append(rest[0])
        index += 1
    return "".join(result)


def _string(text, start):
    """An empty literal on as many lines as the one that starts here, with the code of its interpolations, and where it ends."""
    quote = '"""' if text.startswith('"""', start) else '"'
    index, kept = start + len(quote), []
    while not text.startswith(quote, index):
        if index >= len(text):
            raise Changed("a string literal has no end")
        if text.startswith("\\(", index):
            depth, begin = 1, index + 2
            index = begin
            while depth:
                if text[index] == '"':
                    _, index = _string(text, index)
                    continue
                depth += {"(": 1, ")": -1}.get(text[index], 0)
                index += 1
            kept.append(f"({_stripped(text[begin:index - 1])})")
        elif text[index] == "\\":
            # What is escaped is of the literal, but a line stays a line.
            kept.append("\n" if text[index + 1] == "\n" else "")
            index += 2
        else:
            # A line of a literal is a line of code.
            kept.append("\n " if text[index] == "\n" else "")
            index += 1
    return f'"{"".join(kept)}"', index + len(quote)


def lines(path):
    """The lines that have code, of the text itself: a line within a long literal is one."""
    return sum(1 for line in code(path).splitlines() if line.strip() or line == " ")


def branches(path):
    text = code(path)
    # `if case` and `guard case` are one; a case of an enumeration has no colon behind its pattern.
    cases = sum(
        1 for line in text.splitlines()
        if re.match(r"\s*case\b", line) and re.search(r":(\s|$)", re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", line)))
    words = len(re.findall(r"(?<![\w.#`])(?:if|guard|while|for|catch)\b(?!\s*:)", text))
    operators = len(re.findall(r"&&|\|\||\?\?", text))
    conditional = len(re.findall(r"(?<=\s)\?(?=\s)", text))
    return cases + words + operators + conditional


def declarations():
    """Where each type of Authentication is declared that is not within another."""
    found = {}
    for path in sorted((SOURCES / "Authentication").rglob("*.swift")):
        for name in re.findall(r"^(?:\w+ )*(?:struct|class|enum|protocol|actor) (\w+)", code(path), re.M):
            found[name] = path
    return found


def schemes():
    """The file of each scheme, in the order of the catalogue; without `none`, which has none."""
    catalogue = (SOURCES / "Catalog/AuthSchemes.swift").read_text()
    result = {}
    for type_ in re.findall(r"AuthSchemeRegistration\((\w+)\.profile\)", catalogue):
        path = SOURCES / f"Authentication/Schemes/{type_}.swift"
        if type_ == "NoAuthentication":
            continue
        name = re.search(r'AuthSchemeProfile\(\s*"(\w+)"', path.read_text()) if path.exists() else None
        if not name:
            raise Changed(f"Catalog/AuthSchemes.swift registers {type_}, and no file of Authentication/Schemes has its profile")
        result[name[1]] = path
    unregistered = set((SOURCES / "Authentication/Schemes").glob("*.swift")) - set(result.values())
    if not result or unregistered:
        raise Changed(f"schemes that are not registered: {sorted(path.name for path in unregistered)}")
    return result


def files(scheme, own):
    declared = declarations()
    shared = [SOURCES / "Authentication/Tokens", SOURCES / "Authentication/Keys"]
    found, waiting = set(), [own]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in set(re.findall(r"\b[A-Z]\w+", code(path))) & set(declared):
            if not any(folder in declared[name].parents for folder in shared):
                waiting.append(declared[name])
    for name, declaration in BESIDE.get(scheme, {}).items():
        path = SOURCES / name
        if not path.exists() or declaration not in path.read_text():
            raise Changed(f"{name} no longer declares `{declaration}`: say where the scheme {scheme} has its code now")
        found.add(path)
    return sorted(found)


def options(path, structure):
    body = re.split(rf"struct {structure}\b", (SOURCES / path).read_text())[1].split("\n}\n")[0]
    return re.findall(r"@Option\(.*?\bvar\s+(\w+)", body, re.S)


def limits():
    """The name in `Limits` of each option of ServeLimits."""
    assigned = re.findall(r"limits\.(\w+) = (?:\.nanoseconds\(Int64\()?(\w+)", code(SOURCES / "tandem/Serve/ServeOptions.swift"))
    found = {option: limit for limit, option in assigned}
    if set(found) != set(options("tandem/Serve/ServeOptions.swift", "ServeLimits")) or ANY_MESSAGE not in found:
        raise Changed("the options of ServeLimits and what they set cannot be matched")
    return found


def settings(scheme, own, of_scheme):
    """Of ServeAuthentication by the table, the others by what the scheme's files use."""
    found = [option for option, whose in OPTIONS.items() if whose == scheme]
    everywhere = [path for folder in ("Authentication", "Transports") for path in (SOURCES / folder).rglob("*.swift")]
    for option, limit in limits().items():
        if option == ANY_MESSAGE:
            continue
        users = {path for path in everywhere if re.search(rf"\blimits\.{limit}\b", code(path))}
        # A limit that others use too is not of this scheme.
        if users and users <= set(of_scheme):
            found.append(option)
    if any(path.name == "OriginPolicy.swift" for path in of_scheme):
        found += [option for option in options("tandem/Serve/ServeOptions.swift", "ServeStreams") if option == "allowOrigin"]
    if "needsTLS: true" in own.read_text():
        found += [option for option in options("tandem/Serve/ServeCommand.swift", "ServeCommand") if option.startswith("tls")]
    return found


def state(scheme, of_scheme):
    keeps = {path for path in of_scheme if "Mutex(State())" in code(path)}
    if scheme not in STATE:
        if keeps:
            raise Changed(f"{sorted(path.name for path in keeps)} keeps state for the scheme {scheme}: say what")
        return "none"
    what, file, declaration, where, limit = STATE[scheme]
    bound = re.search(rf"public var {limit} = ([\d_]+)", (SOURCES / where).read_text())
    if declaration not in code(SOURCES / file) or not bound or keeps - {SOURCES / file}:
        raise Changed(f"the state of the scheme {scheme} is no longer `{declaration}` in {file}, bounded by {limit} in {where}")
    return f"{what}: at most {int(bound[1].replace('_', '')):,}"


def flag(option):
    return "--" + re.sub(r"[A-Z]", lambda letter: "-" + letter[0].lower(), option)


def count():
    if set(options("tandem/Serve/ServeAuthentication.swift", "ServeAuthentication")) != set(OPTIONS):
        raise Changed("ServeAuthentication has other options than this script knows: say whose each is")
    result = []
    for scheme, own in schemes().items():
        of_scheme = files(scheme, own)
        named = settings(scheme, own, of_scheme)
        result.append({
            "scheme": scheme, "lines": sum(map(lines, of_scheme)), "branches": sum(map(branches, of_scheme)),
            "settings": len(named), "settingNames": [flag(option) for option in named],
            "serverState": state(scheme, of_scheme),
            "files": [str(path.relative_to(SOURCES)) for path in of_scheme],
        })
    shared = [flag(option) for option, whose in OPTIONS.items() if whose == "all"]
    tokens = [path for name in ("Tokens", "Keys") for path in (SOURCES / "Authentication" / name).glob("*.swift")]
    return {
        "rule": RULE.format(shared=", ".join(shared)), "schemes": result,
        "tokens": {"lines": sum(map(lines, tokens)), "branches": sum(map(branches, tokens))},
    }


def table(counts):
    """The rows of Docs/Authentication.md, which Tests/Documents holds against these."""
    return [
        f"| `{row['scheme']}` | {row['lines']} | {row['branches']} | "
        + (", ".join(f"`{name}`" for name in row["settingNames"]) or "-") + f" | {row['serverState']} |"
        for row in counts["schemes"]
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=ROOT / "Experiments" / "Results" / "latest",
                        help="where code.json is written (default Experiments/Results/latest, where there is one)")
    arguments = parser.parse_args()
    given = len(sys.argv) > 1
    if given and not arguments.folder.is_dir():
        parser.error(f"there is no folder {arguments.folder}")
    try:
        counts = count()
    except Changed as change:
        print(f"code_counts.py: {change}", file=sys.stderr)
        return 1
    print(counts["rule"] + "\n")
    print("| scheme | lines | branches | settings | server-side state |\n|---|---|---|---|---|")
    print("\n".join(table(counts)))
    print(f"\n`tokens`: {counts['tokens']['lines']} lines, {counts['tokens']['branches']} branches")
    if arguments.folder.is_dir():
        file = arguments.folder / "code.json"
        file.write_text(json.dumps(counts, indent=2) + "\n")
        print(f"\nwritten to {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
