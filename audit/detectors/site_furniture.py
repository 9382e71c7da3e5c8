"""Page furniture that shows a foreign or machine-made site: comment prompts, author boxes, labels, site names.

Flags, in lines around the article: standard strings of content-management systems in another language ("Laat een reactie
achter", "Please enter your name here"), other lines in another language, German lines whose small words have capitals as in
English headlines ("Lesen Sie Mehr", "Über Den Autor"; in headlines, too), and German lines that render a standard string word
by word ("Verlassen Sie eine Antwort").

Why it betrays machine translation: sites that translate whole pages automatically translate their templates as well, or
only half of them; people who make a German page take the German template. MQM: Accuracy, source language fragment; minor,
as readers of the article are hardly misled. It tells more of the site than of the article, so it counts little there.

Innocent look-alikes: English labels that German sites carry (Newsletter, Share, Home; data: models/de/furniture.toml,
[innocent]) are not flagged; WordPress's own German ("Hinterlassen Sie eine Antwort") is only a faint hint; names of
people, places and works in lists of tags are no furniture text; lines in capitals say nothing about small words.

Source of the rule: standard strings of common systems in several languages; thresholds: [de.site_furniture].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from audit.detectors import Context, Detector
from audit.fragments import FUNCTION, HIT, fragments
from audit.furniture import FurnitureRules, normalise
from audit.loans import Loans
from audit.text import Segment, Token
from audit.types import Evidence, Finding

# English and the others differ: German pages carry English strings, but no Dutch ones.
_LINGUA_FRANCA: Final = "en"
_LABEL_WORDS: Final = 2
_MOSTLY: Final = 0.5
_SEVERAL: Final = 3
_LONGEST_NAME: Final = 4  # "La Gazzetta dello Sport" has three words that are Italian
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_MID_LINE: Final = re.compile(r"[\w,]\s+$")


class _Suspicion(NamedTuple):
    message: str
    weight: float
    evidence: Evidence


@cache
def _rules(path: Path) -> FurnitureRules:
    return FurnitureRules.load(path)


def detect(context: Context) -> list[Finding]:
    found: list[Finding] = []
    rules = _rules(context.assets.path("furniture"))
    for segment in context.article.segments:
        if not _WORD.search(segment.text):
            continue
        if segment.kind == "furniture":
            suspicion = next(_suspicions(context, segment, rules), None)
        elif segment.kind == "headline":
            suspicion = next(_title_case(context, segment, rules), None)
        else:
            suspicion = None
        if suspicion is not None:
            found.append(
                DETECTOR.finding(
                    context,
                    segment,
                    0,
                    len(segment.text),
                    suspicion.message,
                    weight=suspicion.weight,
                    severity="minor",
                    evidence=(suspicion.evidence,),
                )
            )
    return found


def _suspicions(context: Context, segment: Segment, rules: FurnitureRules) -> Iterator[_Suspicion]:
    """What may be wrong with a line, the surest first."""
    plain = normalise(segment.text)
    if plain in rules.innocent or plain.startswith(rules.innocent_openings):
        return
    yield from _known(context, segment, rules)
    yield from _foreign(context, segment)
    yield from _title_case(context, segment, rules)
    yield from _literal(context, plain, rules)


def _known(context: Context, segment: Segment, rules: FurnitureRules) -> Iterator[_Suspicion]:
    """Standard strings of sites in another language."""
    lang = rules.known(segment.text)
    if lang is None or lang == context.article.lang:
        return
    weights = context.settings["weights"]
    weight = weights["known"]
    if lang == _LINGUA_FRANCA:
        is_label = len(segment.words) <= _LABEL_WORDS and normalise(segment.text) in rules.phrases
        weight = weights["label_english"] if is_label else weights["known_english"]
    name = context.languages.name(lang)
    message = f"Page furniture in {name}: the template of the site was not translated."
    yield _Suspicion(message, weight, Evidence(kind="language", lang=lang, note="standard string of a site"))


def _foreign(context: Context, segment: Segment) -> Iterator[_Suspicion]:
    """Other lines that are mostly in another language; names alone are not."""
    loans = Loans.load(context.assets.path("loans"))
    weights = context.settings["weights"]
    languages = context.languages
    words = [token for token in segment.words if not token.text.isupper()]
    scores = {lang: _foreign_words(context, words, lang) for lang in languages.candidates}
    lang = max(languages.candidates, key=lambda lang: (sum(languages.lean(w.text, lang) for w in scores[lang]), lang))
    foreign = scores[lang]
    if len(foreign) < _MOSTLY * len(words) or _may_be_name(context, foreign, lang):
        return
    functions = sum(languages.zipf(word.text, lang) >= FUNCTION for word in foreign)
    if lang == _LINGUA_FRANCA:
        runs = fragments(languages, segment.tokens, loans)
        if max((len(run.hits) for run in runs if run.lang == lang), default=0) < _SEVERAL:
            return  # English in capitals is the name of a film, a band, a company
        weight = weights["line_english"]
    else:
        weight = weights["line" if functions else "short_line"]
    shown = ", ".join(word.text for word in foreign[:_SEVERAL])
    message = f"Page furniture in {languages.name(lang)}: “{shown}”."
    yield _Suspicion(message, weight, Evidence(kind="language", lang=lang, word=shown))


def _may_be_name(context: Context, foreign: list[Token], lang: str) -> bool:
    """Whether so few foreign words, function words and capitals apart, are the name of a place or a newspaper."""
    content = any(word.text.islower() and context.languages.zipf(word.text, lang) < FUNCTION for word in foreign)
    return len(foreign) < (_SEVERAL if content else _LONGEST_NAME)


def _foreign_words(context: Context, words: list[Token], lang: str) -> list[Token]:
    return [word for word in words if context.languages.lean(word.text, lang) >= HIT]


def _title_case(context: Context, segment: Segment, rules: FurnitureRules) -> Iterator[_Suspicion]:
    """German small words with a capital in the middle of a line in which no word is without one."""
    words = segment.words
    if not _LABEL_WORDS <= len(words) <= context.settings["title_case_words"] or segment.text.isupper():
        return
    if not all(word.text[0].isupper() and not word.text.isupper() for word in words):
        return
    raised = [
        word.text
        for word in words[1:]
        if word.text.lower() in rules.small_words and _MID_LINE.search(segment.text, 0, word.start)
    ]
    if not raised:
        return
    weight = context.settings["weights"]["title_case" if len(raised) >= _LABEL_WORDS else "title_case_one"]
    shown = ", ".join(raised[:_SEVERAL])
    message = f"Capitals as in an English headline: German writes “{shown.lower()}” small here."
    yield _Suspicion(message, weight, Evidence(kind="rule", word=shown, note="small words have no capital in mid-line"))


def _literal(context: Context, plain: str, rules: FurnitureRules) -> Iterator[_Suspicion]:
    """Standard strings rendered word by word."""
    strength = rules.literal.get(plain)
    if strength is None:
        return
    weight = context.settings["weights"]["literal" if strength == "machine" else "literal_weak"]
    message = "Likely a standard string of a site rendered word by word."
    yield _Suspicion(message, weight, Evidence(kind="rule", note="German templates word it otherwise"))


DETECTOR = Detector(
    id="site_furniture",
    version="1",
    category="Accuracy/Source language fragment",
    detect=detect,
    needs=frozenset({"furniture", "languages", "loans"}),
)
