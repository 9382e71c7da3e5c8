"""Discovery: one event, not one topic; copies are one voice; dates and named stories count."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from audit.article import Article
from audit.auditor import Auditor
from audit.siblings.described import published
from audit.siblings.discover import discover, stories
from audit.types import Document

FIRE = (
    "Großbrand zerstört Lagerhalle in Lauenfurt\n\n"
    "Ein Großbrand hat in der Nacht zum Dienstag eine Lagerhalle der Spedition Hellriegel in Lauenfurt zerstört. "
    "Verletzt wurde niemand, der Schaden beträgt nach Schätzung der Polizei vier Millionen Euro.\n\n"
    "Brandmeister Ottokar Wiesner lobte den Einsatz der 120 Feuerwehrleute. Die Ursache ist noch unklar."
)
SAME_FIRE = (
    "Feuer bei Hellriegel: Halle in Lauenfurt brennt nieder\n\n"
    "Flammen haben eine Halle der Spedition Hellriegel vernichtet. In Lauenfurt waren 120 Feuerwehrleute die Nacht über "
    "im Einsatz, sagte Brandmeister Wiesner. Die Polizei geht von vier Millionen Euro Schaden aus.\n\n"
    "Warum die Lagerhalle in Brand geriet, wird noch ermittelt."
)
OTHER_FIRE = (
    "Scheune brennt in Oberwald\n\n"
    "Beim Brand einer Scheune in Oberwald sind am Wochenende zwölf Rinder verendet. Die Feuerwehr konnte das Wohnhaus retten.\n\n"
    "Landwirt Xaver Pointner vermutet einen Blitzschlag, die Polizei schließt ihn aus. Der Schaden liegt bei 80.000 Euro."
)
COUNCIL = (
    "Stadtrat streitet über Radwege\n\n"
    "Der Stadtrat von Birkenau hat die Entscheidung über neue Radwege vertagt. Die Fraktionen konnten sich nicht einigen.\n\n"
    "Bürgermeisterin Hanne Rist will im Herbst einen neuen Vorschlag vorlegen und mit dem Landkreis verhandeln."
)


@pytest.fixture(scope="module")
def settings(auditor: Auditor) -> Mapping[str, Any]:
    return auditor.assets.settings["siblings"]


@pytest.fixture(scope="module")
def article(auditor: Auditor) -> Callable[..., Article]:
    return lambda name, text, **fields: auditor.article(Document(id=name, text=text, **fields))


def ids(row: tuple[Any, ...]) -> list[str]:
    return [sibling.article.document.id for sibling in row]


def test_one_event_is_found_and_one_topic_is_not(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    articles = [article("a", FIRE), article("b", SAME_FIRE), article("c", OTHER_FIRE), article("d", COUNCIL)]
    found = discover(articles, (), settings)
    assert [ids(row) for row in found] == [["b"], ["a"], [], []]
    assert found[0][0].similarity == found[1][0].similarity and settings["similarity"] < found[0][0].similarity < 1


def test_witnesses_are_compared_with_and_get_no_row(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    found = discover([article("a", FIRE)], [article("w", COUNCIL), article("b", SAME_FIRE)], settings)
    assert [ids(row) for row in found] == [["b"]]


def test_articles_may_be_kept_apart(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    pair = [article("a", FIRE), article("b", SAME_FIRE)]
    witness = article("w", SAME_FIRE.replace("Flammen haben", "Ein Feuer hat").replace("Warum", "Weshalb"))
    assert [ids(row) for row in discover(pair, [witness], settings, mutual=False)] == [["w"], ["w"]]
    assert discover(pair, (), settings, mutual=False) == [(), ()]


def test_copies_are_one_voice(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    copy = SAME_FIRE.replace("noch ermittelt", "derzeit ermittelt")
    found = discover([article("a", FIRE), article("b", SAME_FIRE), article("c", copy)], (), settings)
    assert len(found[0]) == 1
    assert [ids(row) for row in found[1:]] == [["a"], ["a"]]


def test_a_named_story_overrules_the_text(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    together = discover([article("a", FIRE, story="x"), article("d", COUNCIL, story="x")], (), settings)
    apart = discover([article("a", FIRE, story="x"), article("b", SAME_FIRE, story="y")], (), settings)
    assert [ids(row) for row in together] == [["d"], ["a"]]
    assert apart == [(), ()]


@pytest.mark.parametrize(
    ("day", "expected"), [("2021-03-03", ["b"]), ("2021-03-05", ["b"]), ("2022-03-03", []), ("2021-06-01", [])]
)
def test_articles_published_long_apart_tell_different_events(
    article: Callable[..., Article], settings: Mapping[str, Any], day: str, expected: list[str]
) -> None:
    found = discover([article("a", FIRE, date="2021-03-02"), article("b", SAME_FIRE, date=day)], (), settings)
    assert ids(found[0]) == expected


def test_the_day_is_read_from_the_document_or_its_page(article: Callable[..., Article]) -> None:
    stamped = "\n\n".join([FIRE, "Die Ermittlungen dauern nach Angaben der Polizei an.", "Stand: 03.03.2021, 10:15"])
    assert str(published(article("a", FIRE, date="2021-03-02T08:00:00Z"))) == "2021-03-02"
    assert str(published(article("b", stamped))) == "2021-03-03"
    assert published(article("c", FIRE)) is None
    assert published(article("d", FIRE, date="2021-19-45")) is None


def test_stories_groups_what_belongs_together(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    articles = [article("d", COUNCIL), article("a", FIRE), article("c", OTHER_FIRE), article("b", SAME_FIRE)]
    ((first, second),) = stories(articles, settings)
    assert (first[0], second[0]) == (1, 3)
    assert first[1] == second[1] > settings["similarity"]
    assert stories([articles[0]], settings) == [] and stories([], settings) == []


def test_nothing_and_empty_articles(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    assert discover([], [], settings) == []
    assert discover([article("a", "…"), article("b", "…")], (), settings) == [(), ()]


def test_the_order_of_the_collection_changes_nothing(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    articles = [article(name, text) for name, text in zip("abcd", (FIRE, SAME_FIRE, OTHER_FIRE, COUNCIL), strict=True)]
    rows = {a.document.id: row for a, row in zip(articles, discover(articles, (), settings), strict=True)}
    shuffled = articles[::-1]
    random.Random(3).shuffle(shuffled)
    assert {a.document.id: row for a, row in zip(shuffled, discover(shuffled, (), settings), strict=True)} == rows


def test_unrelated_articles_change_no_similarity(article: Callable[..., Article], settings: Mapping[str, Any]) -> None:
    pair = [article("a", FIRE), article("b", SAME_FIRE)]
    crowd = [article(f"n{i}", f"{COUNCIL}\n\nAntrag {i} wurde mit {i} Stimmen abgelehnt.", story=f"n{i}") for i in range(40)]
    assert discover(pair + crowd, (), settings)[0] == discover(pair, (), settings)[0]
