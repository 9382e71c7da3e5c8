"""Loops and stutters: words, phrases, sentences and syllables that are said again where nobody would.

Flags "für für", a phrase that follows itself ("in der Stadt in der Stadt"), the same noun on both sides of a conjunction
("Hilfe und Hilfe"), a sentence that is repeated in the same or the next paragraph, syllable loops ("Kommissionskommission",
"gesagtsagtsagtsagt"), and passages that go round in circles.

Why it betrays machine translation: a neural decoder that loses its place in the source writes what it has just written;
two synonyms of the source ("aid and assistance") fall together in one German word.

Example: "Die Regierung bat um Hilfe und Hilfe." The second word is likely another one in the source.

Innocent look-alikes: relative pronoun before an article ("Gesetze, die die Bürger schützen"), "dass sie sie sah", emphasis
("sehr, sehr", "mehr und mehr"), names (Baden-Baden, Bora Bora, Duran Duran), laughter, captions and teasers that repeat the
headline, live tickers, lists, refrains, anaphora, and anything in quotation marks.

Source of the rules: counts in Bundestag debates and in translations (models/de/repetition.toml, thresholds.toml); on
decoder loops: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration".
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from audit.detectors import Context, Detector
from audit.text import Segment, Token
from audit.types import Evidence, Finding, Severity, Suggestion

# The longest phrase that is looked for in immediate repetition, in words; loops of longer ones show as repeated sentences.
_LONGEST_PHRASE: Final = 12
# Words of a sentence that nobody writes twice by chance, and of a passage whose trigrams say anything.
_LEAST_SENTENCE: Final = 7
_LEAST_PASSAGE: Final = 30
_LOOP: Final = re.compile(r"([a-zäöüß]{2,5}?)\1{3,}")
# A part of six letters only where the word begins with it: "Industriebetriebe" is none.
_COMPOUND: Final = re.compile(r"(?:\b([a-zäöüß]{6,20})(?:s|es|n|en)?\1|([a-zäöüß]{7,20})(?:s|es|n|en)?\2)")
_LEAST_WORD: Final = 10
_LONGEST_COMPOUND: Final = 60
_GERMAN: Final = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+")


class Table(NamedTuple):
    """repetition.toml: what may be doubled, coordinated with itself, or repeated within a word."""

    doubled: frozenset[str]
    emphatic: frozenset[str]
    coordinated: frozenset[str]
    conjunctions: frozenset[str]
    links: frozenset[str]
    qualifiers: frozenset[str]
    fillers: frozenset[str]
    compounds: frozenset[str]
    syllables: frozenset[str]


class Inner(NamedTuple):
    """A part of a word that is repeated, the range of the repetitions, and whether they are a loop of syllables."""

    part: str
    start: int
    end: int
    loop: bool


@cache
def _table(path: Path) -> Table:
    return Table(**{name: frozenset(words) for name, words in tomllib.loads(path.read_text(encoding="utf-8")).items()})


@cache
def _nouns(path: Path) -> frozenset[str]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(word for word, kind in rows if kind == "noun")


def detect(context: Context) -> list[Finding]:
    table = _table(context.assets.path("repetition"))
    nouns = _nouns(context.assets.path("capitals"))
    found: list[Finding] = []
    for segment in context.article.prose:
        found += _within_words(context, segment, table)
        if segment.kind in ("body", "headline", "caption"):
            spans = _immediate(context, segment, table, nouns)
            found += spans
            found += _coordinated(context, segment, table, nouns)
            if not spans:
                found += _circles(context, segment)
    return found + _sentences(context)


def _finding(
    context: Context,
    segment: Segment,
    start: int,
    end: int,
    rule: str,
    message: str,
    fix: str | None = None,
    severity: Severity = "minor",
) -> Finding:
    weight = context.settings["weights"][rule]
    suggestions = [Suggestion(text=fix, probability=0.8)] if fix else []
    evidence = [Evidence(kind="rule", note=rule.replace("_", " "))]
    return DETECTOR.finding(
        context, segment, start, end, message, weight=weight, severity=severity, suggestions=suggestions, evidence=evidence
    )


def _immediate(context: Context, segment: Segment, table: Table, nouns: frozenset[str]) -> list[Finding]:
    """Words and phrases that follow themselves at once, with nothing but a space between."""
    words = segment.words
    texts = [token.text for token in words]
    found: list[Finding] = []
    last: dict[str, int] = {}
    seen: dict[int, int] = {}  # for each period, how far it has been looked into: every word is looked at once
    reported = -1
    for i, text in enumerate(texts):
        lag = i - last.get(text, i - _LONGEST_PHRASE - 1)
        last[text] = i
        if lag > _LONGEST_PHRASE or i <= max(reported, seen.get(lag, -1)):
            continue
        first = i
        while first - lag > reported and first - lag - 1 >= 0 and texts[first - 1] == texts[first - 1 - lag]:
            first -= 1
        stop = i + 1
        while stop < len(texts) and texts[stop] == texts[stop - lag]:
            stop += 1
        seen[lag] = stop - 1
        if stop - first < lag or not _is_stutter(context, segment, words[first - lag : stop], lag, table, nouns):
            continue
        reported = stop - 1
        found.append(_stutter(context, segment, words[first - lag : stop], lag))
    return found


def _is_stutter(context: Context, segment: Segment, run: Sequence[Token], lag: int, table: Table, nouns: frozenset[str]) -> bool:
    if context.article.in_quotation(segment, run[0].start, run[-1].end) or not _unbroken(segment, run):
        return False
    if lag > 1:
        phrase = [token.text for token in run[:lag]]
        # "durch und durch und", "von Haus zu Haus zu": pairs that a third member lengthens, and "und es wächst und es wächst".
        if (lag == 2 and any(text in table.links for text in phrase)) or (
            lag <= 4 and any(t in table.conjunctions for t in phrase)
        ):
            return False
        return any((text.islower() and text not in table.doubled | table.emphatic) or text.lower() in nouns for text in phrase)
    word = run[0].text
    if len(word) < 2 or not _GERMAN.fullmatch(word):
        return False
    if word.lower() in table.emphatic or (word.lower() in table.doubled and len(run) == 2):
        return False
    return word.islower() or (word.lower() in nouns and segment.kind == "body")


def _unbroken(segment: Segment, run: Sequence[Token]) -> bool:
    """Whether single spaces alone divide the words."""
    return (
        all(after.start == before.end + 1 for before, after in pairwise(run))
        and segment.text[run[-1].end : run[-1].end + 1] != "-"
    )


def _stutter(context: Context, segment: Segment, run: Sequence[Token], lag: int) -> Finding:
    times = len(run) // lag
    start, end = run[0].start, run[-1].end
    phrase = segment.text[start : run[lag - 1].end]
    rest = segment.text[run[times * lag - 1].end : end]
    if lag == 1:
        rule = "double_noun" if phrase[0].isupper() else "double_word"
        rule = "loop" if times > 2 else rule
        message = f"The word {phrase} is written {times} times in a row."
    else:
        rule = "loop" if times > 2 else "double_phrase"
        message = f"The phrase “{phrase}” is written {times} times in a row."
    return _finding(context, segment, start, end, rule, message, phrase + rest, "major" if rule == "loop" else "minor")


def _coordinated(context: Context, segment: Segment, table: Table, nouns: frozenset[str]) -> list[Finding]:
    """The same noun on both sides of a conjunction: two words of the source that fell together."""
    words = segment.words
    found: list[Finding] = []
    for i in range(1, len(words) - 1):
        if words[i].text not in table.conjunctions:
            continue
        at = i + 2 if words[i + 1].text in table.fillers and i + 2 < len(words) else i + 1
        left, right = words[i - 1], words[at]
        if (
            left.text != right.text
            or not left.text[0].isupper()
            or left.text in table.coordinated
            or left.text.lower() not in nouns
        ):
            continue
        before = words[i - 2].text.lower() if i > 1 else ""
        run = words[i - 1 : at + 1]
        if (
            before in ("zwischen", "von")
            or not _unbroken(segment, run)
            or context.article.in_quotation(segment, left.start, right.end)
        ):
            continue
        if segment.text[right.end : right.end + 1] in ("-", "/"):
            continue
        # "ältere Patienten und Patienten mit Fieber" are two kinds.
        after = words[at + 1].text if at + 1 < len(words) and words[at + 1].start == right.end + 1 else ""
        rule = "same_noun_qualified" if after in table.qualifiers else "same_noun"
        message = f"The noun {left.text} stands on both sides of {words[i].text}; the source likely had two different words."
        found.append(_finding(context, segment, left.start, right.end, rule, message, left.text))
    return found


def _within_words(context: Context, segment: Segment, table: Table) -> list[Finding]:
    found: list[Finding] = []
    for token in segment.words:
        if len(token.text) < _LEAST_WORD or not (inner := _inner(token.text)) or token.text.lower() in table.compounds:
            continue
        fixed = token.text[: inner.start + len(inner.part)] + token.text[inner.end :]
        if inner.loop and inner.part not in table.syllables:
            message = "A syllable is repeated over and over within a word."
            found.append(_finding(context, segment, token.start, token.end, "syllable_loop", message, fixed, "major"))
        elif not inner.loop:
            message = f"The part {inner.part} stands twice in one word."
            found.append(_finding(context, segment, token.start, token.end, "double_compound", message, fixed))
    return found


@lru_cache(maxsize=50_000)
def _inner(word: str) -> Inner | None:
    """What is repeated within a word."""
    word = word.lower()
    loop = _LOOP.search(word)
    if loop and len(set(loop[1])) > 1:
        return Inner(loop[1], loop.start(), loop.end(), True)
    if not loop and len(word) <= _LONGEST_COMPOUND and (twice := _COMPOUND.search(word)):
        return Inner(twice[1] or twice[2], twice.start(), twice.end(), False)
    return None


def _circles(context: Context, segment: Segment) -> list[Finding]:
    """A long passage most of whose trigrams it has already used."""
    words = [token.text.lower() for token in segment.words]
    if len(words) < _LEAST_PASSAGE:
        return []
    counts = Counter(zip(words, words[1:], words[2:], strict=False))
    repeated = sum(count - 1 for count in counts.values())
    if repeated < context.settings["circling"] * (len(words) - 2):
        return []
    message = "The passage repeats itself over and over."
    return [_finding(context, segment, 0, len(segment.text), "circling", message, severity="major")]


def _sentences(context: Context) -> list[Finding]:
    """A sentence that is said again in the same paragraph of the body or in the next one."""
    found: list[Finding] = []
    before: dict[str, tuple[int, int, Segment]] = {}
    for segment in context.article.prose:
        if segment.kind != "body":
            continue
        here: dict[str, tuple[int, int, Segment]] = {}
        for start, end in segment.sentences:
            sentence = segment.text[start:end]
            earlier = here.get(sentence) or before.get(sentence)
            if sentence.count(" ") + 1 < _LEAST_SENTENCE:
                continue
            # A paragraph that is nothing but an earlier one is a copy of the page's, not the translation's.
            copy = earlier is not None and earlier[2] is not segment and sentence in (segment.text, earlier[2].text)
            if (
                earlier
                and not copy
                and not context.article.in_quotation(segment, start, end)
                and "„" not in sentence
                and '"' not in sentence
            ):
                message = "This sentence was said before, in the same words."
                found.append(_finding(context, segment, start, end, "sentence", message))
            here[sentence] = (start, end, segment)
        before = here
    return found


DETECTOR: Final = Detector(
    id="repetition",
    version="1",
    category="Fluency/Inconsistency",
    detect=detect,
    needs=frozenset({"repetition", "capitals"}),
)
