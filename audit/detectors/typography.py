"""Formats of another language: spacing, quotation marks, numbers, money, times, dates, and capitals.

Flags "23: 52: 13", "20H25", "5 PM", "$41.000", "05 / 05 / 2016", "10,000 Menschen", "Warum ?", "« so »", a space before a
closing quotation mark, "22.Juli", a noun in lower case ("trotz der verbindungen"), a word in mid-sentence or a headline
with capitals that German does not set ("Biden Will Mit Putin Sprechen"), and "daß" beside "dass" in one text.

Why it betrays machine translation: decoders copy numbers and marks as they stand in the source, and tokenisers leave
spaces that nobody typed; a person who writes German formats them without thinking. Many of these are minor slips that
people make as well, so most count only in a text that looks translated for other reasons.

Example: "Der Flug landete um 5 PM." Suggested: "17 Uhr".

Innocent look-alikes: results (3:2, "2 : 1"), clock times (14:30, 14.30 Uhr), Swiss «…» and 1'000, "20%", spaces in 10 000,
names ("Die Welt", "Alles Wird Gut"), English names with their own marks, texts written in lower case throughout, old
spelling in quotations or throughout a text.

Source of the rules: DIN 5008, Duden (Rechtschreibung, D 5-177), Unicode CLDR; table models/de/typography.toml, capitals
from models/de/capitals. How often each rule fires in machine translation and in German by people: thresholds.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from audit.detectors import Context, Detector
from audit.formats import Capitals, Rule, Table, load_capitals, load_table
from audit.text import Segment, Token
from audit.types import Evidence, Finding, Suggestion

_NO_BREAK: Final = re.compile("[\u00a0\u202f]")
_NUMBER: Final = re.compile(r"\d+")
# Letters of a compound and its parts; shorter parts turn up in adjectives by chance.
_LEAST_COMPOUND: Final = 12
_LEAST_HEAD: Final = 5
_LEAST_TAIL: Final = 6
_LONGEST_WORD: Final = 30  # characters of the word before a misplaced mark that are quoted with it
_ADJECTIVAL: Final = re.compile(r"(?:isch|lich|ig|bar|sam|haft|voll|los)(?:e[mnrs]?)?$")
_ADJECTIVE: Final = re.compile(r"e[mnrs]?$")
_CAPITAL_NEXT: Final = re.compile(r" [A-ZÄÖÜ]")
_WORD: Final = re.compile(r"\w+")
_BEFORE: Final = re.compile(r"[a-zäöüß,] \Z")


def detect(context: Context) -> list[Finding]:
    table = load_table(context.assets.path("typography"))
    capitals = load_capitals(context.assets.path("capitals"))
    found: list[Finding] = []
    for segment in context.article.segments:
        found += _formats(context, segment, table.rules)
    for segment in context.article.prose:
        found += _titled(context, segment, capitals) or _capital_inside(context, segment, table, capitals)
    return found + _lower_nouns(context, table, capitals) + _old_spelling(context, table)


def _finding(
    context: Context, segment: Segment, start: int, end: int, rule: str, message: str, fixes: Sequence[str], lang: str = ""
) -> Finding:
    return DETECTOR.finding(
        context,
        segment,
        start,
        end,
        message,
        weight=context.settings["weights"][rule],
        severity="minor",
        suggestions=[Suggestion(text=fix, probability=round(0.9 / len(fixes), 2)) for fix in fixes],
        evidence=[Evidence(kind="rule", note=rule.replace("_", " "), lang=lang or None)],
    )


def _formats(context: Context, segment: Segment, rules: Sequence[Rule]) -> list[Finding]:
    """What the table's patterns find; where two meet, the one that stands first in the table counts."""
    text = segment.text
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    numbers = [match.start() for match in _NUMBER.finditer(text)]
    for rule in rules:
        if segment.kind == "furniture" and not rule.furniture:
            continue
        for match in _matches(rule, text, numbers):
            start, end = match.span()
            if any(start < b and a < end for a, b in taken) or not _applies(context, segment, rule, start, end):
                continue
            taken.append((start, end))
            # A lone mark would tell a reader little: the word before it is quoted too.
            prefix = text[max(0, start - _LONGEST_WORD) : start].rpartition(" ")[2] if text[start] == " " else ""
            fixes = list(dict.fromkeys(prefix + fix for fix in rule.fix(match)))
            found.append(_finding(context, segment, start - len(prefix), end, rule.id, rule.message, fixes, rule.lang))
    return found


def _matches(rule: Rule, text: str, numbers: Sequence[int]) -> Iterable[re.Match[str]]:
    if rule.when and not any(map(text.__contains__, rule.when)):
        return ()
    if rule.number:
        return [match for at in numbers if (match := rule.pattern.match(text, at))]
    return rule.pattern.finditer(text)


def _applies(context: Context, segment: Segment, rule: Rule, start: int, end: int) -> bool:
    if not rule.quoted and context.article.in_quotation(segment, start, end):
        return False
    if not rule.blank:
        return True
    document = context.article.document
    original = document.text if segment.field == "text" else document.title or ""
    span = segment.span(start, end)
    return not _NO_BREAK.search(original, span.start, span.end)


def _lower_nouns(context: Context, table: Table, capitals: Capitals) -> list[Finding]:
    """Nouns in lower case behind a determiner; none where the writer does without capitals."""
    found: list[Finding] = []
    for segment in context.article.prose:
        for before, token in pairwise(segment.words):
            word = token.text
            if before.text not in table.determiners or not word.islower() or not _is_noun(word, capitals.nouns):
                continue
            if word in table.names or not _stands_free(segment, before, token):
                continue
            # "der bonner Bürgermeister": before a noun stands an adjective.
            if (word.endswith("er") or word not in capitals.nouns) and _CAPITAL_NEXT.match(segment.text, token.end):
                continue
            message = f"The noun {word} is written in lower case."
            found.append(_finding(context, segment, token.start, token.end, "noun_lower_case", message, [word.capitalize()]))
    if found and len(found) > sum(
        t.text[0].isupper() and t.text.lower() in capitals.nouns for s in context.article.prose for t in s.words
    ):
        return []
    return found


def _is_noun(word: str, nouns: frozenset[str]) -> bool:
    """Whether a word in lower case is a noun, or a compound of two."""
    if word in nouns or len(word) < _LEAST_COMPOUND or _ADJECTIVAL.search(word):
        return word in nouns
    for at in range(_LEAST_HEAD, len(word) - _LEAST_TAIL + 1):
        head = word[:at]
        if word[at:] in nouns and (head in nouns or (head[-1] in "sn" and head[:-1] in nouns)):
            return True
    return False


def _stands_free(segment: Segment, before: Token, token: Token) -> bool:
    """Whether only a space lies between two words, and no hyphen, slash or address takes the second one up."""
    text = segment.text
    return token.start == before.end + 1 and text[token.end : token.end + 1] not in ("-", "/", "_", "@", "*", ":", "'", "’")


def _titled(context: Context, segment: Segment, capitals: Capitals) -> list[Finding]:
    """A headline with a capital on every word, as English sets them."""
    if segment.kind != "headline":
        return []
    words = segment.words
    plain = [token for token in words[1:] if token.text in capitals.odd]
    if len(words) < 5 or len(plain) < 2 or segment.text.isupper() or any(token.text[0].islower() for token in words):
        return []
    odd = {token.text for token in plain}
    fixed = segment.text[: words[0].end] + _WORD.sub(
        lambda m: m[0].lower() if m[0] in odd else m[0], segment.text[words[0].end :]
    )
    message = "Every word of this headline has a capital, as in English; German capitalises nouns and names only."
    return [_finding(context, segment, 0, len(segment.text), "headline_case", message, [fixed], "en")]


def _capital_inside(context: Context, segment: Segment, table: Table, capitals: Capitals) -> list[Finding]:
    """Words that are no nouns with a capital in mid-sentence, no name or title around them."""
    found: list[Finding] = []
    words = segment.words
    for i in range(1, len(words) - 1):
        token = words[i]
        if token.text not in capitals.odd or not words[i + 1].text[0].islower():
            continue
        before = words[i - 1]
        # Behind an article or adjective it is a noun by intent ("das Eine"), behind a name a part of it ("Jutta Breit").
        if before.text not in capitals.plain or before.text in table.determiners or _ADJECTIVE.search(before.text):
            continue
        if not _BEFORE.search(segment.text, max(0, token.start - 2), token.start) or not _stands_free(segment, before, token):
            continue
        if token.text.lower() in table.polite or context.article.in_quotation(segment, token.start, token.end):
            continue
        message = f"In mid-sentence {token.text.lower()} is written in lower case."
        found.append(_finding(context, segment, token.start, token.end, "capital_inside", message, [token.text.lower()]))
    return found


def _old_spelling(context: Context, table: Table) -> list[Finding]:
    """Spelling before 1996 beside that of today, quotations left out: one writer spells in one way."""
    article = context.article
    places = [
        (segment, token)
        for segment in article.prose
        if "ß" in segment.text
        for token in segment.words
        if token.text in table.old and not article.in_quotation(segment, token.start, token.end)
    ]
    if not places or not any(token.text in table.new for segment in article.prose for token in segment.words):
        return []
    message = "Spelling from before the reform of 1996 in a text that follows it elsewhere."
    return [
        _finding(context, segment, token.start, token.end, "old_spelling", message, [token.text.replace("ß", "ss")])
        for segment, token in places
    ]


DETECTOR: Final = Detector(
    id="typography",
    version="1",
    category="Locale convention",
    detect=detect,
    needs=frozenset({"typography", "capitals"}),
)
