"""Which language a document, a run of words or a single word is in.

Three questions, three instruments. A *document* goes to langdetect and lingua, which must agree. A *run* of words goes
to lingua, restricted to the candidate languages. A *word* is looked up in word frequencies: it is foreign if it is far
more common in another language than in the target language. Frequencies are Zipf values: the logarithm (base 10) of
occurrences in a thousand million words; 3 is once in a million words, 6 is once in a thousand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.identifiers import Guess, identifier, langdetect_guesses, lingua_guess, script_language

if TYPE_CHECKING:
    from lingua import LanguageDetector

UNDECIDED: Final = "undecided"
# A word in none of a language's short list has a Zipf value below 3 there; in the long German list the least is 1.
_JUST_UNLISTED: Final = 2.0
_LEAST_KNOWN: Final = 1.0
# More than a thousand times as common says no more than a thousand times: rare words' counts are noise.
_MOST_LEAN: Final = 3.0
_COMMON: Final = 3.0
_CLAIM: Final = 0.5
# What is this much more common elsewhere is no German word, whatever its form ("niet", "les", "oficiales").
_BEYOND_DOUBT: Final = 2.1
_PARTS: Final = 3
_LATINATE_LETTERS: Final = 6


class DocumentLanguage(NamedTuple):
    """The language of a document: an ISO 639-1 code or ``undecided``, how probable, and why it is undecided.

    ``votes`` are the languages that the identifiers named; there are none where the text was too short to ask.
    """

    lang: str
    p: float
    reason: str = ""
    votes: frozenset[str] = frozenset()

    @property
    def decided(self) -> bool:
        return self.lang != UNDECIDED

    def may_be(self, lang: str) -> bool:
        """Whether the document can be in this language: it is, or nothing was decided against it."""
        return self.lang == lang or (not self.decided and (lang in self.votes or not self.votes))


class Foreign(NamedTuple):
    """A word's best foreign language, its Zipf value there, and in the target language (0 where unknown)."""

    lang: str
    zipf: float
    target_zipf: float

    @property
    def margin(self) -> float:
        """How many powers of ten the word is more common in the foreign language."""
        return self.zipf - self.target_zipf


class Languages:
    """Language evidence for texts in one target language; ``data`` is models/<lang>/languages.toml.

    ``homographs`` are words of the target language that frequencies alone take for foreign ones ("tot", "her").
    Nothing is loaded before it is asked for: frequencies take 0.4 s once, langdetect 0.3 s, lingua up to 1.3 s.
    """

    def __init__(self, target: str, data: Mapping[str, Any], homographs: frozenset[str] = frozenset()) -> None:
        self.target = target
        self.data = data
        self.homographs = homographs
        self.candidates: tuple[str, ...] = tuple(data["candidates"])
        # A cache for each instance: a bound method under a module's cache would keep the instance alive.
        self.foreign = lru_cache(maxsize=50_000)(self._foreign)
        self.is_native = lru_cache(maxsize=20_000)(self._is_native)
        self.run = lru_cache(maxsize=20_000)(self._run)

    def __repr__(self) -> str:
        return f"Languages({self.target!r})"

    def name(self, lang: str) -> str:
        """The language's English name, or its code where the data has none."""
        return self.data["names"].get(lang, lang)

    def clause_words(self, lang: str) -> frozenset[str]:
        """Words that stand in sentences of this language, and hardly in names or titles."""
        return frozenset(self.data["clauses"].get(lang, ()))

    # Words

    def zipf(self, word: str, lang: str | None = None) -> float:
        """The word's Zipf value (0 where unknown) in the target language or a candidate language.

        Frequencies of candidate languages end at 3: rarer words count as unknown.
        """
        word = _key(word)
        frequency = self._frequencies[self.target if lang is None else lang].get(word)
        return round(math.log10(frequency) + 9, 2) if frequency else 0.0

    def _foreign(self, word: str) -> Foreign | None:
        """The candidate language in which the word is most common, or None where none knows it."""
        best = max(((self.zipf(word, lang), lang) for lang in self.candidates), key=lambda pair: pair[0])
        return Foreign(best[1], best[0], self.zipf(word)) if best[0] else None

    def lean(self, word: str, lang: str) -> float:
        """How many powers of ten the word is more common in ``lang`` than in the target language, between -3 and 3.

        0 for what neither knows (names), and at most 0 for words that are at home in the target language all the same.
        """
        there, here = self.zipf(word, lang), self.zipf(word)
        if not there:
            elision, mark, rest = word.replace("’", "'").rpartition("'")
            if mark and len(rest) > 1 and f"{elision.lower()}'" in self.data["elisions"].get(lang, ()):
                return self.lean(rest, lang)
            return -min(max(here - _JUST_UNLISTED, 0.0), _MOST_LEAN)
        margin = there - max(here, _LEAST_KNOWN)
        return min(max(margin, -_MOST_LEAN), 0.0 if margin > 0 and self.is_native(word) else _MOST_LEAN)

    def _is_native(self, word: str) -> bool:
        """Whether a word that is more common elsewhere is one of the target language: homograph, inflection, compound."""
        word = word.lower()
        if word in self.homographs:
            return True
        foreign = self.foreign(word)
        if foreign is not None and foreign.margin >= _BEYOND_DOUBT:
            return False
        return self._is_inflected(word) or self._is_compound(word)

    def is_listed(self, word: str) -> bool:
        """Whether the target language's lemma list has the word, however rare it is."""
        from simplemma import is_known

        return is_known(word, lang=self.target)

    def _is_inflected(self, word: str) -> bool:
        from simplemma import lemmatize

        if self._latinate.search(word) and len(word) >= _LATINATE_LETTERS:
            return True
        lemma = lemmatize(word, lang=self.target)
        return lemma != word and lemma.islower() and self.zipf(lemma) >= _COMMON and self._is_common(lemma)

    @cached_property
    def _latinate(self) -> re.Pattern[str]:
        rule = self.data["inflection"]
        return re.compile(rf"(?:{'|'.join(rule['stems'])})(?:{'|'.join(rule['endings'])})$")

    def _is_common(self, word: str) -> bool:
        """Whether no candidate language has a greater claim to the word."""
        guess = self.foreign(word)
        return word in self.homographs or guess is None or guess.margin < _CLAIM

    def _is_compound(self, word: str) -> bool:
        """Whether the word is made of common words of the target language, with its linking letters and endings."""
        settings = self.data["compound"]
        linking = sorted(settings["linking"], key=len)
        endings = ("", *settings["suffixes"])
        least, part_zipf = settings["least_part"], settings["part_zipf"]

        def is_part(part: str) -> bool:
            return len(part) >= least and self.zipf(part) >= part_zipf and self._is_common(part)

        def is_tail(tail: str) -> bool:
            return any(tail.endswith(end) and is_part(tail[: len(tail) - len(end)]) for end in endings)

        def splits(rest: str, depth: int) -> bool:
            if depth and is_tail(rest):
                return True
            heads = (at for at in range(least, len(rest) - least + 1) if depth < _PARTS and is_part(rest[:at]))
            return any(
                rest.startswith(link, at) and splits(rest[at + len(link) :], depth + 1) for at in heads for link in linking
            )

        return splits(word, 0)

    @cached_property
    def _frequencies(self) -> dict[str, Mapping[str, float]]:
        from wordfreq import get_frequency_dict

        lists = {lang: get_frequency_dict(lang, "small") for lang in self.candidates}
        return {self.target: get_frequency_dict(self.target, "large"), **lists}

    # Runs of words

    def _run(self, text: str) -> tuple[Guess, ...]:
        """The languages of a run of words, the most probable first: target and candidates, or a script's language.

        Meant for two words or more; single words are too short for it.
        """
        if script := script_language(text):
            return (Guess(script, 1.0),)
        values = self._identifier.compute_language_confidence_values(text)
        guesses = [Guess(value.language.iso_code_639_1.name.lower(), round(value.value, 4)) for value in values]
        return tuple(sorted(guesses, key=lambda guess: (-guess.p, guess.lang)))

    @cached_property
    def _identifier(self) -> LanguageDetector:
        return identifier((self.target, *self.candidates))

    # Documents

    def document_language(self, texts: Iterable[str]) -> DocumentLanguage:
        """The language in which a document's passages are written.

        ``texts`` are the passages of the article. Where langdetect and lingua disagree, either is unsure, or there is
        too little text, the language is ``undecided`` and ``reason`` says why.
        """
        settings = self.data["document"]
        text = "\n".join(texts)[: settings["most_characters"]]
        if sum(map(str.isalpha, text)) < settings["least_letters"]:
            return DocumentLanguage(UNDECIDED, 0.0, "too little text to tell the language")
        first = langdetect_guesses(text)
        if not first:
            return DocumentLanguage(UNDECIDED, 0.0, "no language found")
        second = lingua_guess(text, tuple(sorted({self.target, *self.candidates, *(guess.lang for guess in first)})))
        votes = frozenset({first[0].lang, second.lang})
        p = round(min(first[0].p, second.p), 4)
        if len(votes) == 2:
            reason = f"language unclear: {self.name(first[0].lang)} (langdetect) or {self.name(second.lang)} (lingua)"
            return DocumentLanguage(UNDECIDED, p, reason, votes)
        if p < settings["least_probability"]:
            reason = f"language unclear: {self.name(second.lang)} with probability {p:.2f}"
            return DocumentLanguage(UNDECIDED, p, reason, votes)
        return DocumentLanguage(second.lang, p, "", votes)


def primary_language(tag: str | None) -> str | None:
    """The two-letter language of a tag ("de-AT", "de_AT"), None where it names none: then the text itself says what it is."""
    primary = re.split("[-_]", (tag or "").strip().lower())[0]
    return primary if re.fullmatch("[a-z]{2}", primary) else None


def _key(word: str) -> str:
    """A word as wordfreq's lists have it: they fold case, so that "Straße" stands there as "strasse"."""
    return word.lower().replace("’", "'").replace("ß", "ss")
