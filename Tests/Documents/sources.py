"""What the sources say of the wire: read from the Swift files, and compared with the documents."""

import re

from documents import DOCS, ROOT, Failure

SOURCES = ROOT / "Sources"


def _read(path):
    return (SOURCES / path).read_text()


def close_reasons():
    """The reasons by name: code, reconnect, and the name in Swift."""
    pattern = r"static let (\w+) = Self\(\s*code: (\d+), name: \"([a-z-]+)\", reconnect: (true|false)"
    found = {
        name: (int(code), reconnect == "true", swift)
        for swift, code, name, reconnect in re.findall(pattern, _read("TransportCore/CloseReason.swift"))
    }
    listed = _read("TransportCore/CloseReason.swift").split("static let all")[1]
    if not found or {f".{reason[2]}" for reason in found.values()} != set(re.findall(r"\.\w+", listed.split("= [")[1])):
        raise Failure("CloseReason.swift cannot be read as this check expects: its form has changed")
    return found


def cases(path, enumeration):
    """The raw values of an enumeration of strings."""
    body = re.search(rf"enum {enumeration}: String.*?\{{(.*?)\n\n", _read(path), re.S).group(1)
    values = []
    for line in re.findall(r"^    case (.*)$", body, re.M):
        values += [re.sub(r'.*"(.*)"', r"\1", case).strip() for case in line.split(",")]
    return values


def routes():
    """Method and path of every registered route, those of auth schemes included."""
    return {
        f"{method.upper()} {path}"
        for module in ("Transports", "Authentication") for file in sorted((SOURCES / module).rglob("*.swift"))
        for method, path in re.findall(r'(?:Route|CredentialEndpoint)\(\s*\.(\w+), "([^"]+)"', file.read_text())
    }


def schemes():
    """The names of the auth schemes, in the order of their registration."""
    types = re.findall(r"AuthSchemeRegistration\((\w+)\.profile\)", _read("Catalog/AuthSchemes.swift"))
    names = {
        type: name for module in ("Authentication/Schemes", "TransportCore") for file in (SOURCES / module).glob("*.swift")
        for type, name in re.findall(
            r'struct (\w+): AuthScheme \{.*?profile = AuthSchemeProfile\(\s*"(\w+)"', file.read_text(), re.S)
    }
    return [names[type] for type in types]


def limits():
    """The defaults of the limits, in the units of Protocol.md."""
    found = {}
    body = _read("TransportCore/ServerConfiguration.swift").split("struct Limits")[1].split("\n    }\n")[0]
    hub = _read("OrderUpdates/OrderEventHub+Configuration.swift")
    texts = re.findall(r"public var (\w+)(?:: Duration)? = (.+)", body)
    texts += re.findall(r"(\w+): (?:Int|Duration) = ([^,\n)]+(?:\))?)", hub)
    for name, text in texts:
        number = re.sub(r"\.seconds\((\d+)\)", r"\1", text.replace("_", "")).strip()
        found[name] = eval(number, {"__builtins__": {}})  # a product of numbers of our own sources
    return found


def rows(heading):
    """The cells of the first table under a heading of Protocol.md, without its head."""
    section = (DOCS / "Protocol.md").read_text().split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def code(cell):
    return cell.split("`")[1]


def differ(what, documented, actual):
    if documented != actual:
        raise Failure(f"{what}: documented {documented}, in the sources {actual}")


def check(documents):
    schemas = documents.openapi["components"]["schemas"]
    reasons = close_reasons()
    table = {code(row[1]): (int(row[0]), row[2] == "true") for row in rows("Close reasons")}
    differ("Protocol.md, close reasons", table, {name: reason[:2] for name, reason in reasons.items()})
    differ("openapi.yaml, CloseNotice", set(schemas["CloseNotice"]["properties"]["reason"]["enum"]), set(reasons))
    _check_senders(reasons)

    for schema, path, enumeration in (
        ("OrderStatus", "OrderUpdates/OrderUpdate.swift", "OrderStatus"),
        ("ActivationStatus", "OrderUpdates/OrderUpdate.swift", "ActivationStatus"),
        ("CommandName", "OrderUpdates/OrderCommand.swift", "OrderCommand"),
    ):
        differ(f"openapi.yaml, {schema}", schemas[schema]["enum"], cases(path, enumeration))

    operations = {f"{method.upper()} {path}" for method, path, _ in documents.operations.values()}
    differ("openapi.yaml, paths", operations, routes())
    sockets = {f"GET {channel['address']}" for channel in documents.asyncapi["channels"].values()} - operations
    differ("Protocol.md, routes", {code(row[0]).split("?")[0] for row in rows("Routes")}, operations | sockets)

    differ("Protocol.md, schemes", [code(row[0]) for row in rows("Authentication")] + ["none"], schemes())
    differ("openapi.yaml, security schemes", set(documents.openapi["components"]["securitySchemes"]), set(schemes()) - {
        "none", "subprotocol", "message"})  # which no request but a WebSocket's has

    documented = {code(row[0]): int(row[1]) for row in rows("Limits")}
    differ("Protocol.md, limits", documented, limits())
    options = set(re.findall(r"@Option\(.*?var (\w+) =", _read("tandem/Serve/ServeOptions.swift"), re.S))
    for row in rows("Limits"):
        option = re.sub(r"-(\w)", lambda match: match[1].upper(), row[2].strip("`").removeprefix("--"))
        if row[2] != "-" and option not in options:
            raise Failure(f"Protocol.md, limits: tandem serve has no option {row[2]}")
    _check_decisions()
    _check_references()
    _check_options()
    _check_snippets()
    return len(reasons) + len(operations) + len(documented)


# Rows of the field test that a specification does not settle, or that libwebsockets settles.
DECIDED = {"25", "26", "28", "29", "30", "31", "32", "33", "34", "57", "sec-8"}


def _check_decisions():
    """Each is one row of the table, says what holds, and has a test: Tests/Field/run fails on a row without one."""
    decisions = rows("Decisions")
    differ("Protocol.md, decisions", sorted(row[0] for row in decisions), sorted(DECIDED))
    tested = {line.split("\t")[0] for line in (ROOT / "Tests/Field/rows.tsv").read_text().splitlines()}
    if not DECIDED <= tested or any(not cell for row in decisions for cell in row):
        raise Failure("Protocol.md, decisions: a row is empty, or is none of Tests/Field/rows.tsv")


def _check_senders(reasons):
    """Where Protocol.md says that a transport ends streams with a reason, its code does; and the other way round."""
    folders = {"in process": ("InProcess",), "SSE": ("SSE", "Shared"), "WebSocket": ("WebSocket", "Shared")}
    for row in rows("Close reasons"):
        # `cut(stream, .slowConsumer)`, `close(stream, .draining.after(...))`, `refuse(stream, .timeout, 401, ...)`: not what only
        # names a reason, as a log does. The reasons of a credential's end come from its standing.
        pattern = rf"\b(?:cut|close|refuse)\(\s*\w+,[^(){{}}]*?\s\.{reasons[code(row[1])][2]}\b"
        # What the status of a refusal says of a connection that is open.
        pattern += rf"|\bself = \.{reasons[code(row[1])][2]}\b"
        if code(row[1]).startswith("credential-"):
            pattern += r"|\.closeReason\b"
        ends = re.compile(pattern)
        actual = {
            sender for sender, names in folders.items() for name in names
            for file in (SOURCES / "Transports" / name).glob("*.swift") if ends.search(file.read_text())
        }
        differ(f"Protocol.md, who sends {code(row[1])}", set(row[3].split(", ")) - {"-"}, actual)


def _check_options():
    """Every option of the command that Authentication.md names is one."""
    known = {
        "--" + re.sub(r"[A-Z]", lambda letter: "-" + letter[0].lower(), name)
        for file in (SOURCES / "tandem").rglob("*.swift")
        for name in re.findall(r"@(?:Option|Flag)\b.*?\bvar\s+(\w+)", file.read_text(), re.S)
    }
    text = (DOCS / "Authentication.md").read_text()
    lines = [line for line in text.splitlines() if re.search(r"\btandem (?:serve|token) |^KEYS=", line)]
    named = set(re.findall(r"`(--[a-z][a-z-]*)", text)) | set(re.findall(r"(--[a-z][a-z-]*)", " ".join(lines)))
    if not lines or not named <= known:
        raise Failure(f"Authentication.md: tandem has no option {', '.join(sorted(named - known))}")


def _check_snippets():
    """Every piece of code of the guide stands in the toy, or in the conformance suite that registers it."""
    code = "\n".join(_squeezed(file.read_text()) for file in sorted((ROOT / "Tests/ConformanceTests").rglob("*.swift")))
    snippets = re.findall(r"```swift\n(.*?)```", (DOCS / "AddingATransport.md").read_text(), re.S)
    if not snippets:
        raise Failure("AddingATransport.md shows no code")
    for snippet in snippets:
        if _squeezed(snippet) not in code:
            raise Failure(f"AddingATransport.md shows code that the toy does not have:\n{snippet}")


def _squeezed(text):
    """Code as it is, whatever its indentation."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _check_references():
    """Every link to a file, source and make target that a document names is there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for document in sorted(DOCS.glob("*.md")):
        text = document.read_text()
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            if not (document.parent / target).exists():
                raise Failure(f"{document.name}: the link to {target} leads nowhere")
        if document.name in ("Architecture.md", "Authentication.md", "Contributing.md", "Protocol.md"):
            for path in re.findall(r"`((?:Sources|Tests|Experiments|Docs)/[\w./+-]+)`", text):
                if not (ROOT / path).exists():
                    raise Failure(f"{document.name}: there is no {path}")
            for target in re.findall(r"`make ([a-z-]+)`", text):
                if target not in targets:
                    raise Failure(f"{document.name}: there is no make {target}")
            for name in re.findall(r"`((?:[\w+]+/)*[\w+]+\.(?:swift|h))`", text):
                if not any(SOURCES.rglob(name.removeprefix("Sources/"))):
                    raise Failure(f"{document.name}: there is no source {name}")
