"""What in a page is the article, and what is the furniture around it.

Known phrases (data: models/<lang>/furniture.toml) and the place of a line decide together: short lines without a full stop
before the first and after the last prose, everything behind a marker such as "Mehr zum Thema" near the end, stamps, credits.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from audit.layout import Paragraph, paragraphs
from audit.text import Segment, clean
from audit.types import Document, PassageKind

_TERMINAL: Final = re.compile(r"[.!?…][\"“”«»‹›'’)\]]*$|[.!?…][\"“”«»)\]]*\s*\([^()]{1,40}\)$")
_STAMP: Final = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
    r"|\b\d{1,2}:\s?\d{2}\b|^\d{1,2}\.? \w{3,9}\.? \d{4}$"
)
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|^(?:\[\d+\]\s*)?/\S+$")
# "Politik » Ausland", "Start | Sport | Wetter": the way to the page, or its menu.
_BREADCRUMB: Final = re.compile(r"^[^»›>|]{1,30}(?:\s[»›>]\s[^»›>|]{1,30})+$|^[^»›>|]{1,30}(?:\s\|\s[^»›>|]{1,30}){2,}$")
_BARE: Final = re.compile(r"^[\W\d_]*$")
# A line of fewer words than this is a label and no sentence; one without a full stop is none unless it is this long.
_PROSE_WORDS: Final = 6
_LONG_WORDS: Final = 25
_HEADLINE_WORDS: Final = 4
_LABEL_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class FurnitureRules:
    """Phrases of page furniture on pages in one target language (``lang``), by the language they are in.

    ``phrases`` are whole lines, ``openings`` begin a line, ``closings`` end one, ``sections`` begin a part of the page that is
    no longer the article, ``captions`` begin or end a picture's caption. ``innocent`` are foreign lines that pages in the
    target language carry as well, ``literal`` lines in it that render a foreign string word by word (``machine``: only
    machines do, ``weak``: hardly anybody else), ``small_words`` are words without a capital in mid-line. All are lower case,
    without outer punctuation.
    """

    lang: str = ""
    phrases: dict[str, str] = field(default_factory=dict[str, str])
    openings: tuple[tuple[str, str], ...] = ()
    closings: tuple[tuple[str, str], ...] = ()
    sections: frozenset[str] = frozenset()
    captions: re.Pattern[str] = re.compile(r"(?!)")
    innocent: frozenset[str] = frozenset()
    innocent_openings: tuple[str, ...] = ()
    literal: dict[str, str] = field(default_factory=dict[str, str])
    small_words: frozenset[str] = frozenset()

    @classmethod
    def load(cls, path: Path) -> FurnitureRules:
        """Read models/<lang>/furniture.toml; what several languages share belongs to the target language."""
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        target = data["lang"]

        def pairs(key: str) -> tuple[tuple[str, str], ...]:
            by_lang = sorted(data.get(key, {}).items(), key=lambda item: (item[0] == target, item[0]))
            return tuple((phrase, lang) for lang, phrases in by_lang for phrase in phrases)

        opening, closing = data["captions"]["opening"], data["captions"]["closing"]
        begins, ends = rf"^(?:{'|'.join(opening)})\s*:\s", rf"(?:^|[\s(])(?:{'|'.join(closing)})\s?[:/]\s?.{{2,60}}$"
        caption = re.compile(f"{begins}|{ends}", re.IGNORECASE)
        sections = frozenset(phrase for phrases in data["sections"].values() for phrase in phrases)
        innocent, literal = data.get("innocent", {}), data.get("literal", {})
        return cls(
            lang=target,
            phrases=dict(pairs("phrases")),
            openings=pairs("openings"),
            closings=pairs("closings"),
            sections=sections,
            captions=caption,
            innocent=frozenset(innocent.get("lines", ())),
            innocent_openings=tuple(innocent.get("openings", ())),
            literal={phrase: strength for strength in ("weak", "machine") for phrase in literal.get(strength, ())},
            small_words=frozenset(literal.get("small_words", ())),
        )

    def known(self, text: str) -> str | None:
        """The language of the furniture phrase that this line is, or None."""
        plain = normalise(text)
        if plain in self.phrases:
            return self.phrases[plain]
        if plain in self.literal:
            return self.lang
        if plain.startswith(_phrases(self.openings)):
            return next(lang for phrase, lang in self.openings if plain.startswith(phrase))
        if plain.endswith(_phrases(self.closings)):
            return next(lang for phrase, lang in self.closings if plain.endswith(phrase))
        return None

    def opens_section(self, text: str) -> bool:
        return normalise(text) in self.sections


@lru_cache(maxsize=16)
def _phrases(pairs: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(phrase for phrase, _ in pairs)


@lru_cache(maxsize=256)  # a line is looked up several times in a row
def normalise(text: str) -> str:
    """A line as the phrase lists have it: lower case, counts as 0, no outer punctuation."""
    plain = re.sub(r"\d+", "0", " ".join(text.lower().split()))
    return plain.strip(" .:;,!?…|•*>»«-–—\"„“”()[]→›#")


def segments(document: Document, rules: FurnitureRules, lang: str) -> tuple[Segment, ...]:
    """The document's passages in order of their place, the title (if given apart) first with field ``title``."""
    found: list[Segment] = []
    if document.title and (view := clean(document.title).strip()).text:
        found.append(Segment(view, 0, "headline", "title", lang))
    blocks = paragraphs(document.text)
    kinds = classify(blocks, rules, titled=bool(found))
    found += [Segment(block.view, i, kind, "text", lang) for i, (block, kind) in enumerate(zip(blocks, kinds, strict=True))]
    return tuple(found)


def is_prose(text: str) -> bool:
    """Whether a line is made of sentences: enough words and a full stop."""
    return text.count(" ") + 1 >= _PROSE_WORDS and bool(_TERMINAL.search(text))


def classify(blocks: Sequence[Paragraph], rules: FurnitureRules, *, titled: bool = False) -> list[PassageKind]:
    """The kind of each paragraph. ``titled``: the headline was given apart, so that none is expected in the text."""
    texts = [block.view.text for block in blocks]
    marked = [_is_marked(text, rules) for text in texts]
    prose = [is_prose(text) and not mark for text, mark in zip(texts, marked, strict=True)]
    end = _article_end(texts, prose, rules)
    body = [i for i in range(end) if prose[i]]
    if not body:
        first = next((i for i in range(len(texts)) if not marked[i]), 0)
        return [_kind_alone(i, first, marked[i], titled) for i in range(len(texts))]
    head = _headlines(texts, marked, body[0])

    def kind(i: int) -> PassageKind:
        if i < end and rules.captions.search(texts[i]) and not _ADDRESS.search(texts[i]):
            return "caption"
        if i >= end or marked[i]:
            return "furniture"
        if prose[i] or texts[i].count(" ") >= _LONG_WORDS:
            return "list" if blocks[i].bullet else "body"
        if i < body[0]:
            return "headline" if i in head else "furniture"
        if i > body[-1]:
            return "furniture"
        return "list" if blocks[i].bullet else "headline"

    return [kind(i) for i in range(len(texts))]


def _kind_alone(i: int, first: int, marked: bool, titled: bool) -> PassageKind:
    """The kind of a line in a text without any prose."""
    if marked:
        return "furniture"
    return "headline" if i == first and not titled else "body"


def _is_marked(text: str, rules: FurnitureRules) -> bool:
    """Whether the line is furniture wherever it stands."""
    if _BARE.match(text) or rules.known(text) is not None or rules.opens_section(text):
        return True
    if is_prose(text) or text.count(" ") >= _LONG_WORDS:
        return False
    if _BREADCRUMB.match(text):
        return True
    return bool(_STAMP.search(text) and not re.search(r"\bUhr\b", text)) or bool(_ADDRESS.search(text))


def _article_end(texts: Sequence[str], prose: Sequence[bool], rules: FurnitureRules) -> int:
    """The index behind the last paragraph of the article: the first section mark with half of the prose before it."""
    total = sum(len(text) for text, is_body in zip(texts, prose, strict=True) if is_body)
    seen = 0
    for i, text in enumerate(texts):
        if rules.opens_section(text) and seen * 2 >= total > 0:
            return i
        seen += len(text) if prose[i] else 0
    return len(texts)


def _headlines(texts: Sequence[str], marked: Sequence[bool], body: int) -> set[int]:
    """Which of the lines before the first prose are headlines: those of four words and more, else the last short one.

    A short line that furniture parts from a longer one below it ("Suche auf der Seite", "Teilen", and then the headline) is
    furniture itself.
    """
    open_lines = [i for i in range(body) if not marked[i]]
    words = {i: texts[i].count(" ") + 1 for i in open_lines}
    long = [i for i in open_lines if words[i] >= _HEADLINE_WORDS]

    def is_label(i: int) -> bool:
        below = [j for j in long if j > i and words[j] > words[i]]
        return words[i] <= _LABEL_WORDS and any(any(marked[i:j]) for j in below)

    return {i for i in long if not is_label(i)} or set(open_lines[-1:])
