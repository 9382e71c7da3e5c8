"""Furniture: which lines of a page are known, and in which language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.assets import Assets
from audit.detectors import Context
from audit.furniture import FurnitureRules, normalise

BODY = "Der Rat der Stadt hat am Montag nach langer Debatte dem Bau der neuen Brücke zugestimmt."


@pytest.fixture(scope="module")
def rules() -> FurnitureRules:
    return FurnitureRules.load(Assets("de").path("furniture"))


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("Noch keine Kommentare", "de"),
        ("» Startseite", "de"),
        ("17 Kommentare", "de"),
        ("Leave a Reply", "en"),
        ("23 comments", "en"),
        ("Laisser un commentaire", "fr"),
        ("Geen reacties", "nl"),
        ("Deja un comentario", "es"),
        ("Lascia un commento", "it"),
        ("Deixe um comentário", "pt"),
        ("Verlassen Sie eine Antwort", "de"),
        ("Die Brücke wird teurer", None),
        ("Startseite der neuen Zeitung", None),
        ("", None),
    ],
)
def test_known_lines_and_their_language(rules: FurnitureRules, line: str, lang: str | None) -> None:
    assert rules.known(line) == lang


def test_what_several_languages_share_belongs_to_the_target_language(rules: FurnitureRules) -> None:
    assert rules.known("Home") == rules.known("Tags") == "de"


def test_counts_and_outer_punctuation_do_not_matter() -> None:
    assert normalise("  » 123 Kommentare: ") == normalise("4 KOMMENTARE") == "0 kommentare"


def test_every_phrase_is_written_as_lines_are_compared(rules: FurnitureRules) -> None:
    for phrase in (*rules.phrases, *rules.literal, *rules.innocent, *rules.sections):
        assert phrase == normalise(phrase), phrase
    for word in rules.small_words:
        assert word.islower()


def test_a_file_without_innocent_and_literal_lines_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "furniture.toml"
    tables = '[phrases]\nxx = ["foo"]\n[sections]\nxx = ["bar"]\n[captions]\nopening = ["bild"]\nclosing = ["foto"]\n'
    path.write_text(f'lang = "xx"\n{tables}', encoding="utf-8")
    rules = FurnitureRules.load(path)
    assert (rules.known("Foo!"), rules.known("bar"), rules.opens_section("Bar")) == ("xx", None, True)
    assert rules.innocent == frozenset() and rules.literal == {}


def test_lines_before_and_after_the_article_are_furniture(context: Callable[..., Context]) -> None:
    text = f"Menü\n\nBrücke kommt: Rat stimmt zu\n\n{BODY}\n\n{BODY}\n\nGeen reacties\n\nZoek een Artikel"
    kinds = [segment.kind for segment in context(text).article.segments]
    assert kinds == ["furniture", "headline", "body", "body", "furniture", "furniture"]


def test_a_label_that_a_menu_parts_from_the_headline_is_no_headline(context: Callable[..., Context]) -> None:
    headline = "Stadt baut neue Brücke über den Fluss und sperrt die alte"
    page = f"Suche auf der Seite\n\nTeilen\n\n{headline}\n\n{BODY}\n\n{BODY}\n"
    kinds = [(segment.text, segment.kind) for segment in context(page).article.segments[:3]]
    assert kinds == [("Suche auf der Seite", "furniture"), ("Teilen", "furniture"), (headline, "headline")]
    plain = f"Streit um die Brücke\n\n{headline}\n\n{BODY}\n\n{BODY}\n"
    assert [segment.kind for segment in context(plain).article.segments[:2]] == ["headline", "headline"]
