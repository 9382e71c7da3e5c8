"""The report's own words (labels, explanations, number formats) in the language of the reader.

They lie in templates/words.<language>.toml; a further language is a further file. What detectors say is not translated.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from audit.errors import UsageError
from audit.report.visible import visible
from audit.types import DocumentReport, Finding

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True)
class Words:
    """The words of one interface language: ``words["overview"]``, ``words("line", n=3)``, names and numbers."""

    lang: str
    table: dict[str, Any]

    def __getitem__(self, key: str) -> str:
        return self.table[key]

    def __call__(self, key: str, **values: object) -> str:
        """The words with their ``{…}`` filled in. Raises KeyError for an unknown key or a value that is missing."""
        return str(self.table[key]).format(**values)

    def name(self, kind: str, key: str) -> str:
        """The name of a label, severity, detector, language or kind of evidence; one that is not listed names itself."""
        return self.table[kind].get(key) or visible(key.replace("_", " "))

    def gloss(self, category: str) -> str:
        """What an MQM category means, in a few words; empty for one that is not listed."""
        return self.table["category_gloss"].get(category, "")

    def number(self, value: float, places: int = 0) -> str:
        """A number as it is written in this language."""
        marks = {",": self["thousands"], ".": self["decimal"]}
        return "".join(marks.get(mark, mark) for mark in f"{value:,.{places}f}")

    def percent(self, probability: float) -> str:
        """A probability (0–1) in per cent, never rounded up to certainty nor down to impossibility."""
        n = round(100 * probability)
        bound = ">\u202f" if n == 100 and probability < 1 else "<\u202f" if n == 0 and probability > 0 else ""
        return bound + self("percent", n=min(max(n, 1), 99) if bound else n)

    def quoted(self, text: str) -> str:
        return f"{self['quote_open']}{text}{self['quote_close']}"

    def count(self, n: int) -> str:
        """``n`` findings."""
        return self["no_finding"] if n == 0 else self["one_finding"] if n == 1 else self("many_findings", n=self.number(n))

    def suggestion(self, finding: Finding) -> str:
        """The suggestions on one line, with their probabilities; empty where there is none."""
        return ", ".join(f"{s.text} ({self.percent(s.probability)})" for s in finding.suggestions)

    def source_languages(self, document: DocumentReport) -> str:
        """The likely source languages with their probabilities, the likeliest first."""
        return ", ".join(f"{self.name('language', s.lang)} {self.percent(s.p)}" for s in document.verdict.source_lang)


def languages() -> tuple[str, ...]:
    """The interface languages that there are."""
    return tuple(sorted(path.name.split(".")[1] for path in TEMPLATES.glob("words.*.toml")))


@cache
def words(lang: str) -> Words:
    """The words of this language. Raises UsageError where there are none."""
    if lang not in languages():
        raise UsageError(f"no report words in language {lang!r} (there are: {', '.join(languages())})")
    return Words(lang, tomllib.loads((TEMPLATES / f"words.{lang}.toml").read_text(encoding="utf-8")))
