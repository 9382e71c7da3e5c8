"""Numbers as German writes them: figures, words, millions, hedges; and when two of them need not contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from audit.siblings.statements import FactRules, Statement

# "rund 100" may be 80 or 125: newsrooms round to the next handsome number.
_ABOUT: Final = 1.25
# "mehr als 100" is said of 150 and, with some licence, of 200, hardly of more.
_BOUND: Final = 2.0
# Two exact figures this near each other are one, rounded.
_NEAR: Final = 1.02
_GROUPED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_GROUPED_ENGLISH: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN: Final = re.compile(r"\d+(?:[.,]\d+)?")


class Number(NamedTuple):
    """A number in ``tokens[first:end]`` of a statement, with its possible readings; ``hedge``: about, least, most or ""."""

    values: tuple[float, ...]
    hedge: str
    first: int
    end: int
    in_words: bool = False


def same(one: Number, other: Number) -> bool:
    """Whether two numbers may be the same one: equal, rounded, or within what their hedges allow."""
    return any(_same(a, one.hedge, b, other.hedge) for a in one.values for b in other.values)


def _same(a: float, hedge: str, b: float, other: str) -> bool:
    if a == b:
        return True
    low, high = min(a, b), max(a, b)
    if low <= 0:
        return False
    ratio = high / low
    if hedge == "least" or other == "least":
        bounded = (hedge == "least" and a <= b) or (other == "least" and b <= a)
        return ratio <= (_BOUND if bounded or (hedge and other) else _ABOUT)
    if hedge == "most" or other == "most":
        bounded = (hedge == "most" and a >= b) or (other == "most" and b >= a)
        return ratio <= (_BOUND if bounded or (hedge and other) else _ABOUT)
    if hedge or other:
        return ratio <= _ABOUT
    return (low >= 100 and ratio <= _NEAR) or _rounded(low, high) or _rounded(high, low)


def _rounded(fine: float, coarse: float) -> bool:
    """Whether the second is the first with fewer digits: 4.23 and 4.2, 2312 and 2300; but not 3 and 13."""
    if fine != int(fine):
        return any(round(fine, digits) == coarse for digits in (1, 0))
    figures_of = str(int(coarse))
    zeros = len(figures_of) - len(figures_of.rstrip("0"))
    return fine >= 100 and zeros > 0 and round(fine, -zeros) == coarse


@lru_cache(maxsize=20_000)
def figures(text: str) -> tuple[float, ...]:
    """The readings of a written number: "2.300" is 2300, "4,2" is 4.2, "1,200" may be 1200 or 1.2."""
    if _GROUPED.fullmatch(text):
        values = [float(text.replace(".", "").replace(",", "."))]
        return tuple(values)
    if _GROUPED_ENGLISH.fullmatch(text):
        values = [float(text.replace(",", ""))]
        if text.count(",") == 1 and "." not in text:
            values.append(float(text.replace(",", ".")))
        return tuple(values)
    if _PLAIN.fullmatch(text):
        return (float(text.replace(",", ".")),)
    return ()


class NumberReader:
    """Reads the numbers of statements by the rules of one language."""

    def __init__(self, rules: FactRules) -> None:
        data = rules.data["numbers"]
        self.words = {k: float(v) for k, v in data["words"].items()}
        self.units = {k: float(v) for k, v in data["units"].items()}
        self.known: dict[str, float | None] = dict(self.words)
        self.magnitudes: dict[str, float] = {k: float(v) for k, v in data["magnitudes"].items()}
        self.hedges = rules.hedges
        self.joint: str = data["tens_joint"]
        self.dozen: str = data["after_article"]
        self.articles = frozenset(data["articles"])
        self.powers: tuple[str, ...] = tuple(data["powers"])
        self.tens = re.compile(rf"(?P<unit>\w+){self.joint}(?P<ten>\w+)")
        self.openings = frozenset(word[:2] for word in (*self.words, *self.units, self.dozen))

    def spelled(self, word: str) -> float | None:
        """The value of a number in words ("dreihundert", "einundzwanzig"); None where it is none."""
        if word not in self.known:
            self.known[word] = self._spelled(word) if word[:2] in self.openings else None
        return self.known[word]

    def _spelled(self, word: str) -> float | None:
        if match := self.tens.fullmatch(word):
            ten = self.words.get(match["ten"], 0)
            if match["unit"] in self.units and 20 <= ten < 100:
                return self.units[match["unit"]] + ten
        for name, size in ((name, self.words[name]) for name in self.powers):
            head, found, rest = word.partition(name)
            if not found:
                continue
            many = (self.units.get(head) or self.spelled(head)) if head else 1.0
            more = self.spelled(rest.removeprefix(self.joint)) if rest else 0.0
            if many is not None and more is not None:
                return many * size + more
        return None

    def numbers(self, statement: Statement) -> Iterator[Number]:
        """The numbers of a statement in order, ordinals and figures inside words left out."""
        tokens, lowers = statement.tokens, statement.lowers
        done = 0
        for i, token in enumerate(tokens):
            if i < done or not (token.kind == "number" or lowers[i][:2] in self.openings):
                continue
            number = self._at(statement, i)
            if number is None:
                continue
            values, end, in_words = number
            if end < len(tokens) and (size := self.magnitudes.get(lowers[end])):
                values, end = tuple(v * size for v in values), end + 1
            yield Number(values, self._hedge(lowers, i), i, end, in_words)
            done = end

    def _at(self, statement: Statement, i: int) -> tuple[tuple[float, ...], int, bool] | None:
        token = statement.tokens[i]
        if token.kind == "number":
            text, end = token.text, i + 1
            # "2 300": figures in groups of three, a space between them
            while end < len(statement.tokens) and len(text.replace(" ", "")) <= 9 and text.replace(" ", "").isdigit():
                after = statement.tokens[end]
                if not (
                    after.kind == "number"
                    and len(after.text) == 3
                    and after.text.isdigit()
                    and after.start == statement.tokens[end - 1].end + 1
                ):
                    break
                if end == i + 1 and len(text) > 3:
                    break
                text, end = text + after.text, end + 1
            values = figures(text)
            return (values, end, False) if values else None
        if token.kind != "word":
            return None
        lower = statement.lowers[i]
        if lower == self.dozen and i and statement.lowers[i - 1] in self.articles:
            return (self.magnitudes[lower],), i + 1, True
        value = self.spelled(lower)
        return ((value,), i + 1, True) if value is not None else None

    def _hedge(self, lowers: tuple[str, ...], i: int) -> str:
        before = " ".join(lowers[max(0, i - 2) : i])
        for length in (2, 1):
            words = before.split()[-length:]
            if len(words) == length and (kind := self.hedges.get(" ".join(words))):
                return kind
        return ""
