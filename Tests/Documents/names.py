"""Every test has a display name of several words: what a list of tests, or a failure, says."""

import re

from documents import ROOT, Failure

TEST = re.compile(r"^(?!\s*//).*?@Test\b", re.M)
NAMED = re.compile(r'\s*\(\s*"[^"\s]+\s[^"\n]+"')

# A text of Swift, and the lines of its tests without a name.
CASES = [
    ("@Test func a() {}\n", [1]),
    ("    @Test\n    func a() {}\n", [1]),
    ("\n@Test(arguments: [1]) func a() {}\n", [2]),
    ('@Test(.enabled(if: b == "c d")) func a() {}\n', [1]),
    ('@Test(\n    arguments: ["a b"])\nfunc a() {}\n@MainActor @Test func b() {}\n', [1, 4]),
    ('@Test("") func a() {}\n@Test("name") func b() {}\n', [1, 2]),
    ('@Test("A peer is cut") func a() {}\n', []),
    ('@Test(\n    "A peer is cut",\n    arguments: [1])\nfunc a() {}\n@Test("`retry:` waits") func b() {}\n', []),
    ("// A `@Test` of before.\n@Testable struct A {}\n", []),
]


def _tests(text):
    """The line of each test, and whether it has a name."""
    return [
        (text.count("\n", 0, test.end()) + 1, NAMED.match(text, test.end()) is not None)
        for test in TEST.finditer(text)
    ]


def check():
    for text, expected in CASES:
        found = [line for line, is_named in _tests(text) if not is_named]
        if found != expected:
            raise Failure(f"names.py finds tests without a name in lines {found}, not {expected}: {text!r}")
    tests = [
        (f"{path.relative_to(ROOT)}:{line}", is_named)
        for path in sorted((ROOT / "Tests").rglob("*.swift"))
        for line, is_named in _tests(path.read_text())
    ]
    if missing := [place for place, is_named in tests if not is_named]:
        raise Failure(
            f"{len(missing)} tests lack a display name that says what holds, as in @Test(\"A peer is cut\"):\n  "
            + "\n  ".join(missing[:20]))
    return len(tests)
