"""The two interface documents: loaded, and asked for schemas."""

import pathlib

import yaml
from jsonschema import Draft202012Validator

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "Docs"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Failure(Exception):
    """A document and what it describes differ."""


def load(name):
    return yaml.safe_load((DOCS / name).read_text())


class Documents:
    NAMES = ("openapi.yaml", "asyncapi.yaml")

    def __init__(self):
        self.raw = {name: load(name) for name in self.NAMES}
        # What an operation and its channel share is told by reference, so those two stay as they are written.
        self.openapi = self._expand(self.raw["openapi.yaml"], "openapi.yaml", ())
        self.asyncapi = self._expand(self.raw["asyncapi.yaml"], "asyncapi.yaml", ())
        self.operations = {
            operation["operationId"]: (method, path, operation)
            for path, item in self.openapi["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }

    def _expand(self, node, name, above):
        """The node with every reference replaced by its target, and no room in objects for members that it does not name.

        A client must accept unknown members, so the documents leave room. A check must not: a member that the server
        sends and no document names is a mistake.
        """
        if isinstance(node, list):
            return [self._expand(item, name, above) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            if (name, reference) in above:
                raise Failure(f"{name}: {reference} refers to itself")
            target, where = self._find(reference, name)
            siblings = {key: value for key, value in node.items() if key != "$ref"}
            if siblings and isinstance(target, dict):
                target = {**target, **siblings}
            return self._expand(target, where, (*above, (name, reference)))
        result = {key: self._expand(value, name, above) for key, value in node.items()}
        if node.get("type") == "object" and "additionalProperties" not in node:
            result["additionalProperties"] = False
        return result

    def _find(self, reference, name):
        file, _, pointer = reference.partition("#")
        where = file.removeprefix("./") or name
        node = self.raw.get(where)
        for key in pointer.split("/")[1:]:
            if not isinstance(node, dict) or key.replace("~1", "/") not in node:
                raise Failure(f"{name}: the reference {reference} leads nowhere")
            node = node[key.replace("~1", "/")]
        return node, where

    def check(self, value, schema, what):
        """Fails where `value` does not have the form of `schema`, a node of one of the documents."""
        errors = Draft202012Validator(schema).iter_errors(value)
        listed = [f"{error.json_path}: {error.message}" for error in errors]
        if listed:
            raise Failure(f"{what} differs from its schema:\n  " + "\n  ".join(listed) + f"\n  {value!r}")

    def messages(self, channel, action):
        """The messages of a channel that the server sends (`send`) or takes (`receive`), by name."""
        contents = self.asyncapi["channels"][channel]["messages"]
        reference = f"#/channels/{channel}"
        keys = set()
        for name, operation in self.raw["asyncapi.yaml"]["operations"].items():
            if operation["channel"]["$ref"] != reference or operation["action"] != action:
                continue
            named = [message["$ref"] for message in operation.get("messages", [])]
            if any(not each.startswith(reference + "/messages/") for each in named):
                raise Failure(f"asyncapi.yaml: operation {name} names a message of another channel")
            keys |= {each.rsplit("/", 1)[1] for each in named} or set(contents)
        return {contents[key]["name"]: contents[key] for key in keys}

    def check_forms(self):
        """The payloads and schemas are schemas, and each channel has messages."""
        for schema in self.openapi["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)
        for message in self.asyncapi["components"]["messages"].values():
            Draft202012Validator.check_schema(message["payload"])
        for channel in self.asyncapi["channels"]:
            if not self.messages(channel, "send"):
                raise Failure(f"asyncapi.yaml: nothing is sent on the channel {channel}")
        return len(self.openapi["components"]["schemas"]) + len(self.asyncapi["components"]["messages"])
