"""What detectors say, in the language of the reader.

Detectors write English sentences with the words of the text in them. A catalogue (templates/messages.<language>.toml) holds
each sentence as a pattern with its translation; a sentence that it does not know stays English, so that nothing is lost.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from audit.report.words import TEMPLATES, words

SPOKEN: Final = "en"  # the language that detectors speak
_SLOT: Final = re.compile(r"\{(\w+)\}")
_WORD: Final = re.compile(r"[A-Za-z][\w-]*")
_QUOTED: Final = re.compile("“([^”]*)”")
_SEVERAL: Final = re.compile(r"all (\d+) ")


class Pattern(NamedTuple):
    """A sentence with slots: ``literal`` is its longest fixed part, looked for first because that is cheap."""

    literal: str
    matcher: re.Pattern[str]
    translation: str


def translations(text: str, languages: Sequence[str]) -> str | dict[str, str]:
    """The text in each of these languages, by language; the text alone where no catalogue knows it."""
    known = {lang: said for lang in languages if lang != SPOKEN and (said := translate(text, lang)) != text}
    return {SPOKEN: text, **known} if known else text


@lru_cache(maxsize=4096)
def translate(text: str, lang: str) -> str:
    """The text in this language; as it is where the catalogue does not know it."""
    if lang == SPOKEN or not text:
        return text
    for pattern in catalogue(lang):
        if pattern.literal in text and (match := pattern.matcher.fullmatch(text)):
            slots = {name: _slot(name, value, lang) for name, value in match.groupdict().items()}
            return pattern.translation.format(**slots)
    return text


@cache
def catalogue(lang: str) -> tuple[Pattern, ...]:
    """The patterns of this language, in the order of their file: the first that fits counts."""
    return tuple(_pattern(entry["en"], entry["say"]) for entry in _table(lang).get("message", ()))


@cache
def _table(lang: str) -> Mapping[str, Any]:
    path = TEMPLATES / f"messages.{lang}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _pattern(spoken: str, translation: str) -> Pattern:
    fixed = _SLOT.split(spoken)
    parts = [f"(?P<{part}>{_found(part)})" if at % 2 else re.escape(part) for at, part in enumerate(fixed)]
    return Pattern(max(fixed[::2], key=len), re.compile("".join(parts), re.DOTALL), translation)


def _found(slot: str) -> str:
    """What may stand in a slot: a language's name has no punctuation in it, the words of a text may be anything."""
    return r"[\w ]+?" if slot.rstrip("0123456789") == "lang" else ".+?"


def _slot(name: str, value: str, lang: str) -> str:  # noqa: PLR0911 - one return a kind
    """A slot's words in this language; those of the text itself stay as they are."""
    kind = name.rstrip("0123456789")
    match kind:
        case "lang":
            return _language(value, lang)
        case "langs":
            return ", ".join(_language(part, lang) for part in value.split(", "))
        case "term":
            return _WORD.sub(lambda found: words(lang).table["term"].get(found.group(), found.group()), value)
        case "share":
            return value.replace(".", words(lang)["decimal"])
        case "detector":
            return words(lang).name("detector", value.replace(" ", "_"))
        case "list":
            return _QUOTED.sub(lambda found: words(lang).quoted(found[1]), value)
        case "voices":
            return _voices(value, lang)
        case _:
            return _table(lang)["slot"].get(kind, {}).get(value, value)


def _voices(value: str, lang: str) -> str:
    """How many reports speak of a fact: the number stands in the sentence."""
    said: Mapping[str, str] = _table(lang)["slot"]["voices"]
    several = _SEVERAL.match(value)
    return said["all {n}"].format(n=several[1]) if several else said.get(value, value)


def _language(name: str, lang: str) -> str:
    """The name of a language that stands in English, in this language."""
    known: Mapping[str, str] = words(SPOKEN).table["language"]
    return next((words(lang).name("language", code) for code, spoken in known.items() if spoken == name), name)
