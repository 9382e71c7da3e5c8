"""Language evidence: documents, runs and words; what German shares with its neighbours is German."""

from __future__ import annotations

import subprocess
import sys

import pytest

from audit.assets import Assets
from audit.fragments import fragments, is_name
from audit.identifiers import script_language
from audit.language import UNDECIDED, Languages
from audit.loans import Loans
from audit.text import tokenize

DOCUMENTS = {
    "de": "Die Ministerin will das Gesetz noch in diesem Jahr ändern, doch der Rat der Länder lehnt das bisher ab.",
    "fr": "La ministre veut changer la loi avant la fin de cette année, mais le conseil s'y oppose pour le moment.",
    "nl": "De regering heeft vandaag bekendgemaakt dat zij de nieuwe regels uitstelt, zodat er meer tijd is.",
    "en": "The minister wants to change the law before the end of this year, but the council has so far refused.",
    "es": "La ministra quiere cambiar la ley antes de que termine este año, pero el consejo todavía se opone a ello.",
    "it": "La ministra vuole cambiare la legge entro la fine di quest'anno, ma il consiglio per ora non è d'accordo.",
    "tr": "Bakan yasayı bu yıl bitmeden değiştirmek istiyor, ancak meclis şimdilik buna karşı çıkıyor ve bekliyor.",
    "ru": "Министр хочет изменить закон до конца этого года, но совет пока не согласен с этим предложением.",
}


@pytest.fixture(scope="module")
def languages() -> Languages:
    assets = Assets("de")
    return Languages("de", assets.toml("languages"), assets.words("homographs"))


@pytest.fixture(scope="module")
def loans() -> Loans:
    return Loans.load(Assets("de").path("loans"))


@pytest.mark.parametrize("lang", DOCUMENTS)
def test_a_document_is_recognised_whether_supported_or_not(languages: Languages, lang: str) -> None:
    found = languages.document_language([DOCUMENTS[lang]])
    assert found.lang == lang and found.decided and found.p >= 0.8
    assert found.may_be(lang) and not found.may_be("sv")


def test_too_little_text_is_undecided_and_may_be_anything(languages: Languages) -> None:
    for texts in ([], [""], ["Hallo"], ["12 345 – 67"], ["|", "•"]):
        found = languages.document_language(texts)
        assert found.lang == UNDECIDED and found.reason and found.may_be("de")


def test_a_document_of_two_languages_is_not_guessed(languages: Languages) -> None:
    found = languages.document_language([DOCUMENTS["nl"], DOCUMENTS["fr"], DOCUMENTS["es"]])
    assert not found.may_be("de")
    assert found.lang == UNDECIDED or found.p >= 0.8


def test_the_verdict_does_not_change_from_call_to_call_or_process_to_process(languages: Languages) -> None:
    texts = [DOCUMENTS["de"], DOCUMENTS["nl"]]
    first = languages.document_language(texts)
    assert all(languages.document_language(texts) == first for _ in range(5))
    code = (
        "from audit.assets import Assets\nfrom audit.language import Languages\n"
        f"print(Languages('de', Assets('de').toml('languages')).document_language({texts!r})[:2])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(first[:2])


@pytest.mark.parametrize(
    ("run", "lang"),
    [
        ("malgré les protestations", "fr"),
        ("omdat het bewijs ontbreekt", "nl"),
        ("because the evidence was missing", "en"),
        ("a pesar de la derrota", "es"),
        ("nel corso della notte", "it"),
        ("wegen der vielen Beschwerden", "de"),
        ("сообщили в министерстве", "ru"),
        ("повідомили в міністерстві оборони", "uk"),
    ],
)
def test_a_run_of_words_is_recognised(languages: Languages, run: str, lang: str) -> None:
    guesses = languages.run(run)
    assert guesses[0].lang == lang
    assert [guess.p for guess in guesses] == sorted((guess.p for guess in guesses), reverse=True)


@pytest.mark.parametrize(
    ("word", "lang"), [("without", "en"), ("cependant", "fr"), ("omdat", "nl"), ("según", "es"), ("perché", "it")]
)
def test_a_foreign_word_leans_to_its_language(languages: Languages, word: str, lang: str) -> None:
    assert languages.lean(word, lang) >= 1.5
    foreign = languages.foreign(word)
    assert foreign is not None and foreign.lang == lang and foreign.margin >= 1.5


@pytest.mark.parametrize(
    "word",
    ["tot", "her", "je", "per", "faire", "los", "minder", "krachten", "bedankt", "totale", "elegantes", "die", "Haus"],
)
def test_a_german_word_leans_nowhere(languages: Languages, word: str) -> None:
    assert all(languages.lean(word, lang) <= 0.7 for lang in languages.candidates)


@pytest.mark.parametrize("word", ["Wolodymyr", "Blaxhall", "Truppenübungsplatz"])
def test_names_and_rare_compounds_say_nothing(languages: Languages, word: str) -> None:
    assert all(languages.lean(word, lang) <= 0 for lang in languages.candidates)


def test_inflection_and_composition_make_a_word_native_but_not_a_foreign_look_alike(languages: Languages) -> None:
    assert all(languages.is_native(word) for word in ("gedachten", "krachten", "mitgliederstarke", "Krankenhaus", "partielle"))
    assert not any(languages.is_native(word) for word in ("niet", "les", "regering", "oficiales", "enter", "your"))


def test_elided_words_count_as_what_follows(languages: Languages) -> None:
    assert languages.lean("l'entreprise", "fr") == languages.lean("entreprise", "fr") > 1
    assert languages.lean("l’entreprise", "fr") > 1 > languages.lean("l'entreprise", "en")


def test_frequencies_are_logarithms_of_occurrences_in_a_thousand_million(languages: Languages) -> None:
    assert languages.zipf("und") > 7 > languages.zipf("Truppen") > 3 > languages.zipf("xqzw") == 0
    assert languages.zipf("the", "en") > languages.zipf("the") + 1.5
    assert languages.zipf("UND") == languages.zipf("und")


@pytest.mark.parametrize(
    ("text", "lang"),
    [("Киев", "ru"), ("Київ", "uk"), ("北京", "zh"), ("Αθήνα", "el"), ("القاهرة", "ar"), ("Kiew", None), ("123", None)],
)
def test_a_script_can_settle_the_language(text: str, lang: str | None) -> None:
    assert script_language(text) == lang


def test_names_of_languages(languages: Languages) -> None:
    assert (languages.name("fr"), languages.name("xx")) == ("French", "xx")


def test_fragments_end_where_german_begins_again(languages: Languages, loans: Loans) -> None:
    tokens = tokenize("Er sagte, because the evidence was weak, und ging malgré les protestations nach Hause")
    found = [fragment for fragment in fragments(languages, tokens, loans) if fragment.hits]
    texts = [" ".join(token.text for token in tokens[f.first : f.last]) for f in found]
    assert [(f.lang, text) for f, text in zip(found, texts, strict=True)] == [
        ("en", "because the evidence was weak"),
        ("fr", "malgré les protestations"),
    ]


def test_particles_within_names_are_no_hits(languages: Languages, loans: Loans) -> None:
    for text in ("Friends of the Earth klagte", "Robin van der Berg siegte", "im Punta del Este gesehen"):
        assert not any(fragment.hits for fragment in fragments(languages, tokenize(text), loans)), text


def test_names_are_told_from_german_nouns(languages: Languages) -> None:
    known = {token.text: is_name(languages, token, "fr") for token in tokenize("Mouvement Regierung Haus Société weiter")}
    assert known == {"Mouvement": True, "Regierung": False, "Haus": False, "Société": True, "weiter": False}
