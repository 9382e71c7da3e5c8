"""Witnesses: copies are one voice whichever comes first, and machine translations weigh less than genuine articles."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from audit.article import Article
from audit.auditor import Auditor
from audit.detectors import name_variant
from audit.options import Options
from audit.siblings import Sibling
from audit.siblings.discover import discover
from audit.types import Document, Finding

LOCAL = (
    "Stauwehr in Altenbruch gebrochen\n\n"
    "Am Donnerstagabend ist das Stauwehr oberhalb von Altenbruch gebrochen. Das Wasser der Lauter überflutete sechzig Häuser, "
    "niemand kam zu Schaden. Die Meteorologin Odila Wranetzek hatte am Vortag vor dem Regen gewarnt.\n\n"
    "Bürgermeister Kaspar Dönnhoff dankte den 90 Helfern. Das Technische Hilfswerk pumpt noch bis Sonntag."
)
AGENCY = (
    "Sechzig Häuser nach Bruch eines Stauwehrs überflutet\n\n"
    "Altenbruch (cdn) – Nach dem Bruch eines Stauwehrs stehen in Altenbruch sechzig Häuser unter Wasser. Verletzt wurde nach "
    "Angaben von Bürgermeister Kaspar Dönnhoff niemand.\n\n"
    "Rund 90 Helfer waren in der Nacht im Einsatz. Die Lauter hatte am Donnerstag den höchsten Stand seit Jahren, wie die "
    "Meteorologin Odila Wranezek sagte. Das Technische Hilfswerk pumpt die Keller leer."
)
# One translation, reworded three times as mills do.
SPUN = (
    "Das Stauwehr brach in Altenbruch und sechzig Häuser wurden geflutet. Odila Wranezek, Meteorologin, hatte den Regen gewarnt "
    "am Vortag. Der Bürgermeister Kaspar Dönnhoff dankte 90 Helfer.",
    "In Altenbruch gebrochen ist ein Stauwehr, was sechzig Häuser flutete. Die 90 Helfer wurden bedankt durch den Major Kaspar "
    "Dönnhoff. Die Meteorologin Odila Wranezek machte am Vortag Warnung vor Regen.",
    "Sechzig Häuser bekamen Flut, nachdem das Stauwehr von Altenbruch brechen kam. Warnung war von Meteorologin Odila Wranezek "
    "am Vortag gegeben. Kaspar Dönnhoff sagte 90 Helfer seinen Dank.",
)


@pytest.fixture(scope="module")
def settings(auditor: Auditor) -> Mapping[str, Any]:
    return auditor.assets.settings["siblings"]


def read(auditor: Auditor, name: str, text: str, **fields: str) -> Article:
    return auditor.article(Document(id=name, text=text, **fields))


def charged(auditor: Auditor, weights: Sequence[float]) -> list[Finding]:
    """What name_variant says of the local article when the spun copies are witnesses of these weights."""
    mates = [
        Sibling(read(auditor, f"m{i}", text), 0.4, weight) for i, (text, weight) in enumerate(zip(SPUN, weights, strict=True))
    ]
    return name_variant.detect(auditor.context(read(auditor, "a", LOCAL), mates, "name_variant"))


def test_five_reprints_are_one_sibling_whichever_comes_first(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    reprints = {
        "blatt": AGENCY,
        "bote": AGENCY,
        "echo": f"{AGENCY}\n\nMehr dazu in unserer Ausgabe von morgen.",
        "kurier": AGENCY.replace("Rund 90", "Etwa 90"),
        "post": AGENCY.removesuffix(" Das Technische Hilfswerk pumpt die Keller leer."),
    }
    local = read(auditor, "lokal", LOCAL)
    copies = [read(auditor, name, text) for name, text in reprints.items()]
    found = {discover([local], order, settings)[0] for order in itertools.permutations(copies)}
    assert len(found) == 1
    (siblings,) = found
    assert len(siblings) == 1 and siblings[0].weight == 1.0


def test_a_reprint_has_the_local_article_for_its_only_sibling(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    articles = [read(auditor, "lokal", LOCAL), *(read(auditor, f"r{i}", AGENCY) for i in range(5))]
    rows = discover(articles, (), settings)
    assert [len(row) for row in rows] == [1] * 6
    assert {row[0].article.document.id for row in rows[1:]} == {"lokal"} and rows[0][0].article.document.id == "r0"


def test_three_spun_copies_do_not_outvote_a_genuine_article(auditor: Auditor) -> None:
    assert [finding.quote for finding in charged(auditor, [1.0] * 3)] == ["Wranetzek"], "the weights decide, nothing else"
    assert charged(auditor, [0.04, 0.1, 0.3]) == []
    assert charged(auditor, [0.45] * 3) == []


def test_two_credible_witnesses_still_do(auditor: Auditor) -> None:
    assert [finding.quote for finding in charged(auditor, [0.95, 0.9, 0.05])] == ["Wranetzek"]
    assert charged(auditor, [1.0, 0.05, 0.05]) == []


def test_the_weight_of_a_witness_is_what_the_screen_leaves_it(auditor: Auditor) -> None:
    texts = {"lokal": LOCAL, "agentur": AGENCY, **{f"spun{i}": text for i, text in enumerate(SPUN)}}
    articles = [read(auditor, name, text, story="x") for name, text in texts.items()]
    weights: dict[str, set[float]] = {}
    for row in auditor._siblings(articles, ()):
        for mate in row:
            weights.setdefault(mate.article.document.id, set()).add(mate.weight)
    assert weights.keys() == texts.keys()
    for article in articles:
        screened = auditor.screened(article)
        assert screened is not None
        expected = round(1 - screened.p_machine, 4) if screened.decided else 1.0
        assert weights[article.document.id] == {expected}


def test_articles_kept_apart_are_asked_in_one_go(auditor: Auditor) -> None:
    apart = Auditor("de", options=Options(seek_siblings=False))
    documents = [Document(id="lokal", text=LOCAL), Document(id="agentur", text=AGENCY)]
    assert [row.siblings for row in apart.audit(documents).documents] == [(), ()]
    given = apart.audit(documents, siblings=documents).documents
    assert [[link.id for link in row.siblings] for row in given] == [["agentur"], ["lokal"]]
    for document, row in zip(documents, given, strict=True):
        (alone,) = apart.audit([document], siblings=documents).documents
        assert alone == row
