"""The counts of code in Authentication.md are those of the sources, and the counter counts by its own rule."""

import pathlib
import sys
import tempfile

from documents import DOCS, ROOT, Failure

sys.path.insert(0, str(ROOT / "Experiments"))
import code_counts  # noqa: E402

# A text of Swift, its lines and its branches.
CASES = [
    ("let a = 1\n\n// if a { }\n/* guard\n /* nested */ while */\n", 1, 0),
    ('let a = "if // no comment" // a comment\n', 1, 0),
    ('let a = "\\(b ?? "if") && \\"c\\""\n', 1, 1),
    ('let a = """\n    if x && y\n    """\n', 3, 0),
    ("enum A {\n    case a, b(if: Int)\n    case c(d: [Int: Int])\n}\n", 4, 0),
    ("switch a {\ncase .b: 1\ncase .c(let d), .e(let d): d\ndefault: 0\n}\n", 5, 2),
    ("guard case .a(let b) = c, b || d else { return e ? f : g }\n", 1, 3),
    ("#if os(Linux)\nf(for: 1, while: 2).catch(3)\n#endif\n", 3, 0),
    ("for a in b where c && d { while e { do { try f() } catch { } } }\n", 1, 4),
]


def check():
    with tempfile.TemporaryDirectory() as folder:
        for number, (text, lines, branches) in enumerate(CASES):
            path = pathlib.Path(folder) / f"{number}.swift"
            path.write_text(text)
            found = code_counts.lines(path), code_counts.branches(path)
            if found != (lines, branches):
                raise Failure(f"code_counts.py counts {found} lines and branches, not {(lines, branches)}: {text!r}")
    try:
        counts = code_counts.count()
    except code_counts.Changed as change:
        raise Failure(f"Experiments/code_counts.py: {change}") from None
    text = (DOCS / "Authentication.md").read_text()
    tokens = f"{counts['tokens']['lines']} lines and {counts['tokens']['branches']} branches"
    for row in code_counts.table(counts) + [tokens]:
        if row not in text:
            raise Failure(f"Authentication.md lacks what `make code-counts` prints: {row}")
    return len(CASES) + len(counts["schemes"])
