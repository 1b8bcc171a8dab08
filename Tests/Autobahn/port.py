"""Makes a Python 3 copy of the installed autobahntestsuite, which PyPI has for Python 2 only.

The suite keeps bytes in Python 2 strings. They become `str` of Latin-1 here, one character a byte: only where the
protocol class sends and receives are they converted (see wstest3.py).
"""
import importlib.util
import re
import shutil
import sys
from lib2to3 import refactor
from pathlib import Path

KEPT = [
    "__init__.py", "_version.py", "caseset.py", "fuzzing.py", "report.py", "spectemplate.py", "interfaces.py",
    "rinterfaces.py", "case", "testdata",
]

# Fixers that would break "one character a byte", or only change the style.
LEFT_OUT = ("fix_unicode", "fix_idioms", "fix_ws_comma", "fix_set_literal", "fix_buffer")

BEFORE_FIXERS = [
    ("binascii.b2a_hex(", "_py3_hex("),
    ("(object, Case, )", "(Case, )"),
    ("len(self.payload) / self.p", "len(self.payload) // self.p"),
    ("f.write(json.dumps(", "f.write(_py3_dumps("),
]

AFTER_FIXERS = [
    (
        "from autobahn.websocket.utf8validator import Utf8Validator",
        "from autobahntestsuite._py3shim import Utf8Validator",
    ),
    ("   m.update(msg)\n", "   msg = to_bytes(msg)\n   m.update(msg)\n"),
    ("from zope.interface import implements\n", "def implements(*a): pass\n"),
]

SHIM = '''\
import binascii
import json

from autobahn.websocket.utf8validator import Utf8Validator as _Validator


def to_bytes(value):
    return value.encode("latin-1") if isinstance(value, str) else value


def to_text(value):
    return value.decode("latin-1") if isinstance(value, (bytes, bytearray, memoryview)) else value


def _py3_hex(value):
    return binascii.b2a_hex(to_bytes(value)).decode()


def _py3_dumps(value, **options):
    return json.dumps(value, default=lambda other: to_text(bytes(other)), **options)


class Utf8Validator:
    def __init__(self):
        self._validator = _Validator()
        self._validator.reset()

    def reset(self):
        self._validator.reset()

    def validate(self, value):
        return self._validator.validate(to_bytes(value))
'''


def substitute(text, pairs):
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def port(path, tool):
    text = path.read_bytes().decode("latin-1").replace("\r\n", "\n")
    text = re.sub(r"(?m)^#.*coding[:=].*\n", "", text)
    text = substitute(text, BEFORE_FIXERS)
    text = substitute(str(tool.refactor_string(text + "\n", str(path))), AFTER_FIXERS)
    text = "from autobahntestsuite._py3shim import _py3_hex, _py3_dumps, to_bytes\n" + text
    path.write_text(text, encoding="utf-8")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: port.py FOLDER (which is replaced)")
    package = importlib.util.find_spec("autobahntestsuite")
    if package is None:
        sys.exit("port.py: autobahntestsuite is not installed: see requirements.txt")
    source = Path(package.origin).parent
    folder = Path(sys.argv[1])
    target = folder / "autobahntestsuite"
    shutil.rmtree(folder, ignore_errors=True)
    target.mkdir(parents=True)
    for name in KEPT:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source / name, target / name)

    fixers = [name for name in refactor.get_fixers_from_package("lib2to3.fixes") if not name.endswith(LEFT_OUT)]
    tool = refactor.RefactoringTool(fixers, {"print_function": False})
    for path in sorted(target.rglob("*.py")):
        port(path, tool)
    (target / "_py3shim.py").write_text(SHIM)
    # The original asks pkg_resources, which new environments lack.
    (target / "__init__.py").write_text(
        "from autobahntestsuite._version import __version__\n\nversion = __version__\n")


if __name__ == "__main__":
    main()
