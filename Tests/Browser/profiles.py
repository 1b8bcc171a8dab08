"""What the sources declare: which client APIs can use which scheme as they are."""

import re

from target import ROOT

SOURCES = ROOT / "Sources"


def _cases():
    text = (SOURCES / "TransportCore/AuthSchemeProfile.swift").read_text()
    body = text.split("enum ClientAPI")[1].split("\n    /// Whether a client")[0]
    return {name: raw or name for name, raw in re.findall(r'^    case (\w+)(?: = "(\w+)")?$', body, re.M)}


def declared():
    """The names of the client APIs, by scheme."""
    apis = _cases()
    found = {}
    for file in sorted(SOURCES.rglob("*.swift")):
        for name, clients in re.findall(
                r'AuthSchemeProfile\(\s*"(\w+)",.*?clients: (\[[^\]]*\]|Set\(ClientAPI\.allCases\))\)',
                file.read_text(), re.S):
            names = apis if clients.startswith("Set") else re.findall(r"\.(\w+)", clients)
            found[name] = {apis[api] for api in names}
    registered = len(re.findall(r"AuthSchemeRegistration\(\w+\.profile\)",
                                (SOURCES / "Catalog/AuthSchemes.swift").read_text()))
    if not apis or len(found) != registered:
        raise RuntimeError(
            f"{registered} schemes are registered, {len(found)} profiles were read: the sources' form has changed")
    return found
