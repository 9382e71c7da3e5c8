"""A proper name taken for a word and translated, or half translated.

Why it betrays machine translation: Prato is a town, and Italian for lawn; Brindisi is a toast. People know from the sentence;
a machine that reads in lower case, or piece by piece, writes that someone was born "in Rasen". Names of organisations come out
half in the language they passed through ("NATO Western Defence").

Fires: a word that translates a name which siblings write, while no sibling writes the word, the more so after a preposition and
without the article that German would need ("in Rasen", "nach Toast"); an acronym followed by English words that no sibling has.

Innocent look-alikes, left alone: the word in its own sense, names that siblings write in the same way, foreign names of
organisations in full that siblings write, too (BBC World Service); word and name that are spelled alike, so that one is the
other's form (Hamburger, Mohammad). A word behind an article or an adjective ("der Toast", "auf dem kurzen Rasen") stands as nouns
do and names do not, and what siblings write may be a German noun, too (Bank, Welt): such a word is charged only in a page that
otherwise looks machine-translated.

How sure: a sibling that writes the name, and never the word, is evidence; the bare word after a preposition adds to it.

Sources: names that are words: Wiktionary, Natural Earth, CLDR (models/de/lexicon/CARD.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.detectors import Context, Detector
from audit.grammar import Grammar, load
from audit.siblings.lexicon import Lexicon
from audit.siblings.slots import Reading, Word, read
from audit.text import Segment, Token
from audit.types import Evidence, Finding, Suggestion

LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "ru": "Russian"}
# After these a town stands without an article, and a common noun seldom does.
_BEFORE_TOWNS = frozenset({"aus", "in", "nach"})
_ACRONYM = re.compile(r"[A-ZÄÖÜ]{3,6}$")
_LEAST_FOREIGN_WORDS = 2
_GRAMMAR = ("rules/agreement", "morphology/nouns", "morphology/adjectives")


def detect(context: Context) -> list[Finding]:
    lexicon = Lexicon.load(context.assets.path("lexicon"), context.assets.path("vectors"))
    reading = read(context.article, lexicon)
    found = list(_words(context, reading))
    if context.siblings:
        found += [finding for segment in context.article.prose for finding in _half_translated(context, segment)]
    return sorted(found, key=lambda f: (f.field, f.start))


def _words(context: Context, reading: Reading) -> Iterator[Finding]:
    """Common nouns that are translations of a name."""
    from rapidfuzz.fuzz import ratio

    settings, lexicon = context.settings, reading.lexicon
    grammar = load(*(context.assets.path(name) for name in _GRAMMAR))
    mates = [read(sibling.article, lexicon) for sibling in context.siblings]
    written = {number for mate in mates for number in (*mate.places, *mate.parts)}
    own = {word.text for word in reading.words}
    spoken = {word.text for mate in mates for word in mate.words if not word.opening}
    for place, word in enumerate(reading.words):
        if word.number < 0 or word.number in written or not word.text[0].isupper():
            continue
        for lang, name in lexicon.renderings.get(word.number, ()):
            if name in own:
                continue
            if name in spoken and ratio(name.lower(), word.text.lower()) < settings["alike"]:
                town = _stands_like_a_town(reading, place)
                noun = name in grammar.nouns or _stands_like_a_noun(reading, place, grammar)
                yield _finding(context, word, name, lang, settings["sibling"] + settings["town"] * town + settings["noun"] * noun)
                break


def _stands_like_a_town(reading: Reading, place: int) -> bool:
    """Whether the word follows such a preposition directly, and no adjective or genitive follows that would explain it."""
    if place == 0:
        return False
    before, word = reading.words[place - 1], reading.words[place]
    return (
        before.segment is word.segment
        and before.text.lower() in _BEFORE_TOWNS
        and word.text == reading.lexicon.words[word.number]
    )


def _stands_like_a_noun(reading: Reading, place: int, grammar: Grammar) -> bool:
    """Whether a determiner or an inflected adjective comes right before the word, as before nouns and not before names.

    A capital does not matter: names of places and bodies begin so ("Platz des Himmlischen Friedens").
    """
    if place == 0:
        return False
    before, word = reading.words[place - 1], reading.words[place]
    if before.segment is not word.segment or word.segment.text[before.end : word.start] != " ":
        return False
    lower = before.text.lower()
    return lower in grammar.determiners or grammar.is_adjective(lower)


def _finding(context: Context, word: Word, name: str, lang: str, weight: float) -> Finding:
    return DETECTOR.finding(
        context,
        word.segment,
        word.start,
        word.end,
        f"“{word.text}” is likely the name {name}, translated as if it were the {LANGUAGES[lang]} word; siblings write {name}.",
        weight=weight,
        severity="major",
        suggestions=[Suggestion(text=name, probability=0.8)],
        evidence=[
            Evidence(kind="pivot", lang=lang, word=name.lower(), note=f"{LANGUAGES[lang]} for {word.text}"),
            *_quotations(context, name),
        ],
    )


def _quotations(context: Context, name: str) -> Iterator[Evidence]:
    """The first place where a sibling writes the name."""
    for sibling in context.siblings:
        for segment in sibling.article.prose:
            token = next((t for t in segment.words if t.text == name), None)
            if token is None or segment.field != "text":
                continue
            span = segment.span(*segment.sentence_at(token.start))
            document = sibling.article.document
            yield Evidence(
                kind="sibling", document=document.id, start=span.start, end=span.end, quote=document.text[span.start : span.end]
            )
            return


def _half_translated(context: Context, segment: Segment) -> Iterator[Finding]:
    """An acronym that siblings know, followed by capitalised foreign words that none of them writes after it."""
    words = segment.words
    for i, token in enumerate(words):
        if not _ACRONYM.match(token.text):
            continue
        run = _foreign_run(context, segment, words[i:])
        if len(run) < _LEAST_FOREIGN_WORDS + 1:
            continue
        text = segment.text[token.start : run[-1].end]
        siblings = [other.text for sibling in context.siblings for other in sibling.article.prose]
        if not any(re.search(rf"\b{token.text}\b", other, re.IGNORECASE) for other in siblings):
            continue
        if any(text.lower() in other.lower() or run[1].text in other for other in siblings):
            continue
        yield DETECTOR.finding(
            context,
            segment,
            token.start,
            run[-1].end,
            f"“{text}” is likely a name left half translated; no sibling knows it.",
            weight=context.settings["half"],
            severity="minor",
            suggestions=[Suggestion(text=token.text, probability=0.5)],
            evidence=[Evidence(kind="rule", note=f"siblings write {token.text} without “{run[1].text}”")],
        )


def _foreign_run(context: Context, segment: Segment, words: tuple[Token, ...]) -> list[Token]:
    """The acronym and the capitalised words after it that are foreign words rather than German ones."""
    run = [words[0]]
    for token in words[1:]:
        if segment.text[run[-1].end : token.start] != " " or not token.text[0].isupper():
            break
        if max(context.languages.lean(token.text, lang) for lang in ("en", "fr", "nl")) < context.settings["foreign"]:
            break
        run.append(token)
    return run


DETECTOR = Detector(
    id="translated_name",
    version="1",
    category="Accuracy/Mistranslation",
    detect=detect,
    needs=frozenset({"lexicon", "vectors", *_GRAMMAR}),
)
