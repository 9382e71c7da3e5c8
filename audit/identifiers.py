"""What names the language of a text: its script, langdetect and lingua."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from lingua import LanguageDetector

# langdetect draws at random unless seeded; the value itself does not matter.
_SEED: Final = 0
# Beginnings of Unicode character names that settle a language, or a script that several languages share.
_SCRIPTS: Final = {
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "HANGUL": "ko",
    "THAI": "th",
}
_UKRAINIAN: Final = frozenset("іїєґІЇЄҐ")


class Guess(NamedTuple):
    """A language (ISO 639-1) and its probability among the languages that were asked for."""

    lang: str
    p: float


def script_language(text: str) -> str | None:
    """The language that most letters' script points to, or None for Latin script."""
    counts: Counter[str] = Counter()
    for character in text:
        if character.isalpha():
            name = unicodedata.name(character, "") if ord(character) > 0x24F else ""
            counts[next((lang for start, lang in _SCRIPTS.items() if name.startswith(start)), "")] += 1
    if not counts:
        return None
    lang = max(sorted(counts), key=lambda key: counts[key])
    return "uk" if lang == "ru" and _UKRAINIAN & set(text) else lang or None


@lru_cache(maxsize=8)
def identifier(langs: tuple[str, ...]) -> LanguageDetector:
    """lingua for these languages (ISO 639-1)."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_iso_codes_639_1(*(IsoCode639_1.from_str(lang.upper()) for lang in langs)).build()


def langdetect_guesses(text: str) -> list[Guess]:
    """langdetect's languages, the most probable first; its codes of Chinese lose their region."""
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    DetectorFactory.seed = _SEED
    try:
        return [Guess(guess.lang.partition("-")[0], guess.prob) for guess in detect_langs(text)]
    except LangDetectException:
        return []


def lingua_guess(text: str, langs: tuple[str, ...]) -> Guess:
    """lingua's best language among these; those it does not know are left out."""
    from lingua import Language

    known = {language.iso_code_639_1.name.lower() for language in Language.all()}
    values = identifier(tuple(lang for lang in langs if lang in known)).compute_language_confidence_values(text)
    return Guess(values[0].language.iso_code_639_1.name.lower(), values[0].value)
