"""What detectors say, in German: patterns with slots, and English where no pattern fits."""

from __future__ import annotations

import re
import string
import tomllib

import pytest

from audit.report.messages import catalogue, translate, translations
from audit.report.words import TEMPLATES

ENTRIES = tomllib.loads((TEMPLATES / "messages.de.toml").read_text(encoding="utf-8"))["message"]


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        (
            "“Appell” is likely a wrong sense of French “appel”: perhaps “Anruf” is meant, as siblings write.",
            "„Appell“ gibt Französisch „appel“ wahrscheinlich im falschen Sinn wieder: Vielleicht ist „Anruf“ gemeint, wie andere"
            " Artikel schreiben.",
        ),
        ("“einem” does not go with “Erklärung”, which is feminine.", "„einem“ passt nicht zu „Erklärung“ (weiblich)."),
        ("“x” does not take the dative or genitive of “y”.", "„x“ steht nicht mit dem Fall von „y“ (Dativ oder Genitiv)."),
        (
            "Number of people in likely disagreement: “a” here, “b” in all 3 other reports that speak of it; please check against"
            " the source.",
            "Zahl der Menschen wahrscheinlich im Widerspruch: hier „a“, „b“ in allen 3 anderen Berichten, die davon sprechen;"
            " bitte an der Quelle prüfen.",
        ),
        ("12 × wrong sense (French, Dutch)", "12 × Falsche Bedeutung (Französisch, Niederländisch)"),
        ("5 words explained by French appel", "5 Wörter erklärt: Französisch appel"),
        ("reads like machine translation (screen 0.98)", "liest sich wie maschinell übersetzt (Vorprüfung 0,98)"),
        (
            "“a”, “b” are likely all renderings of one French “c” (perhaps “d”).",
            "„a“, „b“ geben wahrscheinlich alle dasselbe Wort wieder: Französisch „c“ (vielleicht „d“).",
        ),
    ],
)
def test_known_sentences_are_translated(spoken: str, said: str) -> None:
    assert translate(spoken, "de") == said
    assert translate(spoken, "en") == spoken
    assert translations(spoken, ("de", "en")) == {"en": spoken, "de": said}


@pytest.mark.parametrize("text", ["", "A sentence nobody wrote.", "{a} {0} {{x}}", "<b>", "x\ny"])
def test_unknown_sentences_stay_as_they_are(text: str) -> None:
    assert translate(text, "de") == text and translations(text, ("de", "en")) == text


def test_words_of_a_text_are_not_taken_for_slots() -> None:
    spoken = "“{b}{0}” does not go with “{a}”, which is feminine."
    assert translate(spoken, "de") == "„{b}{0}“ passt nicht zu „{a}“ (weiblich)."


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["en"][:40])
def test_every_entry_is_reached_and_fills_its_slots(entry: dict[str, str]) -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert names(entry["say"]) <= names(entry["en"])
    example = re.sub(r"\{(\w+)\}", lambda match: "7" if match[1] in ("n", "m", "all") else "Xyz", entry["en"])
    assert translate(example, "de") == entry["say"].format(
        **{n: "7" if n in ("n", "m", "all") else "Xyz" for n in names(entry["en"])}
    )


def test_the_catalogue_speaks_no_accusation() -> None:
    for pattern in catalogue("de"):
        assert not re.search(r"\b(?:gefälscht|gelogen|Lüge|Betrug|plagiiert)", pattern.translation)
