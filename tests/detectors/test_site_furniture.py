"""Site furniture: foreign and machine-made lines around an article, and the innocent ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.types import Finding

Find = Callable[..., list[Finding]]
BODY = "Der Rat der Stadt hat am Montag nach langer Debatte dem Bau der neuen Brücke zugestimmt."
FIRING = [
    ("Laat een reactie achter", "nl"),
    ("Opmerkingen", "nl"),
    ("Over de Auteur: Jan Smit", "nl"),
    ("Meer weten over deze krant en onze redactie", "nl"),
    ("Nieuwe Artikelen Van Onze Redactie", "nl"),
    ("Please enter your name here", "en"),
    ("Your email address will not be published.", "en"),
    ("source site-7", "en"),
    ("get the best of our stories in your inbox every morning", "en"),
    ("Laisser un commentaire", "fr"),
    ("Toutes les dernières nouvelles de la région", "fr"),
    ("Deja un comentario", "es"),
    ("Todas las noticias de nuestra ciudad", "es"),
    ("Lascia un commento", "it"),
    ("Tutte le notizie della nostra città", "it"),
    ("Finde Mich Hier", None),
    ("Lesen Sie Mehr", None),
    ("Über Den Autor", None),
    ("Folgen Sie Uns Auf Facebook", None),
    ("Verlassen Sie eine Antwort", None),
    ("In Verbindung stehende Artikel", None),
]
SILENT = [
    "Startseite",
    "Newsletter",
    "Share",
    "Home",
    "Login",
    "Follow us",
    "Read more",
    "Tags",
    "Cookie Policy",
    "Lesen Sie mehr",
    "Lesen Sie auch: Die Brücke und ihre Gegner",
    "ÜBER UNS",
    "LESEN SIE MEHR",
    "Über den Autor",
    "Mehr zum Thema",
    "Folgen Sie uns auf Facebook",
    "Das Beste aus der Region",
    "Donald Trump",
    "Rio de Janeiro",
    "New York Times",
    "The Walking Dead",
    "Le Monde",
    "Real Madrid",
    "Anna Muster, dpa",
    "© 2021 Verlag der Stadtzeitung. Alle Rechte vorbehalten.",
    "Icon Pfeil nach unten",
    "12.03.2021, 14:30 Uhr",
    "Gehen Sie zu Ihrem Konto",
]


@pytest.mark.parametrize(("line", "lang"), FIRING)
def test_finds(find: Find, line: str, lang: str | None) -> None:
    text = f"{BODY}\n\n{line}"
    (finding,) = find("site_furniture", text)
    assert (finding.quote, finding.evidence[0].lang) == (line, lang)
    assert text[finding.start : finding.end] == line
    assert (finding.severity, finding.category) == ("minor", "Accuracy/Source language fragment")


@pytest.mark.parametrize("line", SILENT)
def test_stays_silent(find: Find, line: str) -> None:
    assert find("site_furniture", f"{BODY}\n\n{line}") == []


def test_there_are_as_many_silent_cases_as_firing_ones() -> None:
    assert len(SILENT) >= len(FIRING)


def weight(find: Find, line: str) -> float:
    (finding,) = find("site_furniture", f"{BODY}\n\n{line}")
    return finding.weight


def test_dutch_says_more_than_english_and_a_prompt_more_than_a_label(find: Find) -> None:
    assert weight(find, "Laat een reactie achter") > weight(find, "Please enter your comment!") > weight(find, "Post comment")


def test_two_raised_words_say_more_than_one(find: Find) -> None:
    assert weight(find, "Finde Mich Hier") > weight(find, "Über Den Autor")


def test_the_systems_own_german_is_a_faint_hint(find: Find) -> None:
    assert -2 < weight(find, "HINTERLASSEN SIE EINE ANTWORT") < 0 < weight(find, "Verlassen Sie eine Antwort")


def test_raised_words_in_a_headline_count_too_but_article_text_is_no_furniture(find: Find) -> None:
    (finding,) = find("site_furniture", f"Rat Stimmt Für Den Bau Der Brücke\n\n{BODY}")
    assert finding.quote == "Rat Stimmt Für Den Bau Der Brücke"
    assert find("site_furniture", f"{BODY} De raad heeft de brug goedgekeurd.") == []


def test_lines_at_the_head_of_the_page_are_furniture_as_well(find: Find) -> None:
    (finding,) = find("site_furniture", f"Zoeken\n\n{BODY}\n\n{BODY}")
    assert (finding.quote, finding.start) == ("Zoeken", 0)
