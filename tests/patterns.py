"""Every regular expression of the program, and strings that make a bad one slow.

Patterns are collected where they are compiled: a process of its own imports every module and audits a bundled story with its
siblings, and notes what the modules of ``audit`` hand to ``re`` (patterns built from tables under models/ among them).
The strings are made from each pattern's own parts: for each repetition what leads to it, what it repeats, many times over, and
an end on which the match fails; besides them those that made other programs slow.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]  # the standard library's parser has no public name
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from nasty_texts import BAIT

ROOT = Path(__file__).resolve().parents[1]
SPOIL = ("\x01", "!", "")
_COLLECT = """
import importlib, json, pkgutil, re, sys
from pathlib import Path
root = Path({root!r})
seen, compiled = {{}}, re._compile
def note(pattern, flags):
    made = compiled(pattern, flags)
    frame = sys._getframe(1)
    while frame.f_code.co_filename == re.__file__:
        frame = frame.f_back
    name = frame.f_code.co_filename
    if name.startswith(str(root / "audit")):
        raw = isinstance(made.pattern, bytes)
        key = (made.pattern.decode("latin-1") if raw else made.pattern, made.flags, raw)
        seen.setdefault(key, f"{{Path(name).relative_to(root)}}:{{frame.f_lineno}}")
    return made
re._compile = note
sys.path.insert(0, str(root))
import audit
for module in pkgutil.walk_packages(audit.__path__, "audit."):
    if not module.name.endswith(("__main__", "runner.ray", "nursery")):
        importlib.import_module(module.name)
from audit import Auditor, Document
from audit.report import FORMATS, render
texts = [path.read_text(encoding="utf-8") for path in sorted((root / "reports/stories").rglob("*.txt"))]
report = Auditor("de").audit([Document(id=str(i), text=text) for i, text in enumerate(texts)])
for name in FORMATS:
    render(report, name)
print(json.dumps([[*key, place] for key, place in seen.items()]))
"""


class Found(NamedTuple):
    """A compiled pattern and the first place that compiled it (file:line)."""

    pattern: re.Pattern[Any]
    place: str


def patterns() -> list[Found]:
    """All patterns, in the order of their places."""
    code = _COLLECT.format(root=str(ROOT))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    rows = json.loads(done.stdout)
    made = [Found(re.compile(source.encode("latin-1") if raw else source, flags), place) for source, flags, raw, place in rows]
    return sorted(made, key=lambda found: (found.place, str(found.pattern.pattern)))


def attacks(pattern: re.Pattern[Any], length: int, general: Iterable[str] = BAIT) -> Iterator[str]:
    """Strings of about ``length`` characters; a match of the pattern's beginning, a repetition, and an end that spoils it."""
    units = {(prefix, unit) for prefix, unit in _repeated(_parsed(pattern)) if unit}
    units |= {("", unit) for unit in general}
    for prefix, unit in sorted(units):
        for spoil in SPOIL:
            yield prefix + unit * (length // len(unit)) + spoil


def seconds(pattern: re.Pattern[Any], text: str) -> float:
    """Processor time of finding all matches, and of one match at the start."""
    subject = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    for _ in pattern.finditer(subject):
        pass
    pattern.match(subject)
    return time.process_time() - began


def _parsed(pattern: re.Pattern[Any]) -> Any:
    source = pattern.pattern
    return parser.parse(source if isinstance(source, str) else source.decode("latin-1"), pattern.flags & ~re.UNICODE & ~re.DEBUG)


def _repeated(sequence: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """For each repetition what may stand before it, and what it repeats."""
    for code, value in sequence:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, body = value
            unit = _sample(body)
            if most > 20:
                yield before, unit
                yield "", unit
            yield from _repeated(body, before)
            before += unit * max(least, 1)
            continue
        for inner in _bodies(code, value):
            yield from _repeated(inner, before)
        before += _sample([(code, value)])


def _bodies(code: Any, value: Any) -> list[Any]:
    if code is op.SUBPATTERN:
        return [value[-1]]
    if code is op.BRANCH:
        return list(value[1])
    if code in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    return [value] if code is op.ATOMIC_GROUP else []


def _sample(sequence: Any) -> str:
    """A string that the sequence matches, or nearly."""
    return "".join(_one(code, value) for code, value in sequence)


def _one(code: Any, value: Any) -> str:
    match code:
        case op.LITERAL:
            return chr(value)
        case op.NOT_LITERAL | op.ANY:
            return "a"
        case op.IN:
            return _member(value)
        case op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT:
            return _sample(value[2]) * max(value[0], 1)
        case _:
            bodies = _bodies(code, value)
            return _sample(bodies[0]) if bodies and code not in (op.ASSERT, op.ASSERT_NOT) else ""


_CATEGORIES = {
    op.CATEGORY_DIGIT: "1",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_NOT_DIGIT: "a",
    op.CATEGORY_NOT_WORD: "-",
}


def _member(items: Any) -> str:
    """A character of the class; of one that excludes, the first of a few that it does not."""
    if items[0][0] is not op.NEGATE:
        code, value = items[0]
        if code is op.CATEGORY:
            return _CATEGORIES.get(value, "a")
        return chr(value if code is op.LITERAL else value[0])
    excluded = "".join(_member([item]) for item in items[1:])
    return next((char for char in "a1 -.,;„" if char not in excluded), "ж")
