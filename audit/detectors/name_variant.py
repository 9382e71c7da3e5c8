"""A name spelled as another language spells it, or one person spelled in several ways within a text.

Why it betrays machine translation: a name that is not Latin at home is written anew in every language (fr Poutine, nl Poetin,
en Zelenskyy). A translator writes Putin and Selenskyj throughout; a machine decides word by word, leaves the source's spelling
in one sentence and turns the same name into something nobody is called in the next.

Fires: "Vladimir Poutine" → "Wladimir Putin"; "Selinsky" in a text that also says "Selenskyj"; "Moscou" → "Moskau".

Innocent look-alikes, left alone: spellings that German newsrooms use side by side (Selenskyj, Selenskij, Selenski; Kiew,
Kyjiw), whichever the siblings prefer; people whose names are really alike (Meier, Maier; Thomas, Thomsen); genitives,
adjectives (Trumpsche), women's forms (Iwanow, Iwanowa), hyphenated compounds (Putin-Vertrauter), quoted titles, addresses;
foreign names of firms and clubs that hold a place (Inter Milan).

How sure: a German form in the same text or in a sibling is the strongest evidence; otherwise the tables and rules of
transcription propose one, and the frequency of both spellings in German texts decides.

Sources: Duden's transcription of Cyrillic names; Unicode CLDR, Natural Earth, Wiktionary for places (models/de/names/CARD.md);
wordfreq for what German texts write.
"""

from __future__ import annotations

from collections.abc import Iterator

from audit.detectors import Context, Detector
from audit.siblings.names import Name, proper_names
from audit.siblings.reading import Reading, Spelled
from audit.siblings.spellings import spellings
from audit.types import Evidence, Finding, Suggestion

LANGUAGES = {"fr": "French", "nl": "Dutch", "en": "English", "es": "Spanish", "it": "Italian"}


def detect(context: Context) -> list[Finding]:
    reading = Reading(context.article, context.siblings, context.settings)
    return [_finding(context, reading, spelled) for spelled in spellings(reading)]


def _finding(context: Context, reading: Reading, spelled: Spelled) -> Finding:
    name = spelled.name
    written = name.segment.text[spelled.start : spelled.end]
    if spelled.lang:
        message = (
            f"“{written}” is the {LANGUAGES[spelled.lang]} spelling of “{spelled.german}”, likely left over from the source."
        )
    else:
        message = f"“{written}” is likely the same name as “{spelled.german}”, which is written so elsewhere."
    evidence = [
        *_places(context, reading, spelled),
        *_siblings(reading, spelled),
        Evidence(kind="name", lang=spelled.lang, word=spelled.german, note=spelled.reason),
    ]
    return DETECTOR.finding(
        context,
        name.segment,
        spelled.start,
        spelled.end,
        message,
        weight=spelled.weight,
        severity="minor",
        suggestions=[Suggestion(text=spelled.german, probability=spelled.probability)],
        evidence=evidence,
    )


def _places(context: Context, reading: Reading, spelled: Spelled) -> Iterator[Evidence]:
    """Where the same text writes the German form."""
    for name in reading.own.get(spelled.canonical, ())[: reading.quoted]:
        if name.segment.field == spelled.name.segment.field:
            span = name.segment.span(name.start, name.end)
            yield Evidence(kind="place", start=span.start, end=span.end, quote=_original(context, name))


def _original(context: Context, name: Name) -> str:
    document, span = context.article.document, name.segment.span(name.start, name.end)
    return (document.text if name.segment.field == "text" else document.title or "")[span.start : span.end]


def _siblings(reading: Reading, spelled: Spelled) -> Iterator[Evidence]:
    """What the siblings write, one quotation a sibling."""
    quoted = 0
    for sibling in reading.siblings:
        name = next((n for n in proper_names(sibling.article) if n.last == spelled.canonical and n.segment.field == "text"), None)
        if name is None or quoted == reading.quoted:
            continue
        quoted += 1
        span, document = name.segment.span(name.start, name.end), sibling.article.document
        yield Evidence(
            kind="sibling", document=document.id, start=span.start, end=span.end, quote=document.text[span.start : span.end]
        )


DETECTOR = Detector(
    id="name_variant",
    version="1",
    category="Terminology/Inconsistent",
    detect=detect,
    needs=frozenset(
        {"names/people", "names/spellings", "names/spellings_wiktionary", "names/places", "names/given", "names/rules"}
    ),
)
