"""Plainly German texts are told by their small words; whatever is mixed, foreign or short takes the long way."""

from __future__ import annotations

import pytest

from audit.auditor import Auditor
from audit.function_words import FunctionWords
from audit.types import Document

GERMAN = (
    "Die Feuerwehr ist am Abend zu einem Brand in der Altstadt ausgerückt, der aber schnell unter Kontrolle war. Verletzt wurde "
    "niemand, doch der Schaden ist nach ersten Schätzungen hoch, weil auch das Dach des Nachbarhauses betroffen ist und nun "
    "erneuert werden muss. Die Ermittler haben noch keine Hinweise auf die Ursache."
)
FOREIGN = {
    "en": "The fire service was called to the old town in the evening, but they were able to bring it under control quickly. ",
    "nl": "De brandweer is gisteravond naar de binnenstad gegaan, maar het vuur was snel onder controle. ",
    "fr": "Les pompiers sont intervenus dans la soirée dans la vieille ville, mais le feu a été vite maîtrisé. ",
    "es": "Los bomberos acudieron por la noche al casco antiguo, pero el fuego fue controlado con rapidez y no hubo heridos. ",
}


@pytest.fixture(scope="module")
def words(auditor: Auditor) -> FunctionWords:
    return FunctionWords.load(auditor.languages.data, auditor.languages.homographs)


def test_german_prose_is_plain(words: FunctionWords) -> None:
    assert words.plain([GERMAN])
    assert words.plain(GERMAN.split(". "))


@pytest.mark.parametrize("lang", FOREIGN)
def test_other_languages_and_mixtures_are_not(words: FunctionWords, lang: str) -> None:
    assert not words.plain([FOREIGN[lang] * 4])
    assert not words.plain([GERMAN, FOREIGN[lang] * 3])


def test_too_few_words_say_nothing(words: FunctionWords) -> None:
    assert not words.plain([GERMAN.split(".", maxsplit=1)[0]])
    assert not words.plain([])


def test_lists_without_sentences_take_the_long_way(words: FunctionWords) -> None:
    assert not words.plain(["Schrauben, Muttern, Dübel, Nägel, Haken, Scharniere, Bretter, Leisten. " * 8])


@pytest.mark.parametrize("lang", FOREIGN)
def test_the_auditor_still_refuses_what_is_not_german(auditor: Auditor, lang: str) -> None:
    (report,) = auditor.audit([Document(id="x", text=FOREIGN[lang] * 4)]).documents
    assert report.lang == lang and report.verdict.label == "undecided" and not report.findings


def test_a_language_that_was_given_counts_more_than_the_text(auditor: Auditor) -> None:
    (report,) = auditor.audit([Document(id="x", text=GERMAN, lang="nl")]).documents
    assert report.lang == "nl" and "not German text" in report.verdict.reasons[0]
