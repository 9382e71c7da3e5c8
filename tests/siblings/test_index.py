"""The index: nothing quadratic, no article kept, nothing that hangs on the order in which articles come."""

from __future__ import annotations

import gc
import math
import random
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from bench.bench_discovery import invented

from audit.article import Article
from audit.auditor import Auditor
from audit.siblings.index import StoryIndex
from audit.types import Document

LENGTH = 110
DAYS = 365


@pytest.fixture(scope="module")
def settings(auditor: Auditor) -> Mapping[str, Any]:
    return auditor.assets.settings["siblings"]


def indexed(settings: Mapping[str, Any], articles: Iterable[Article]) -> StoryIndex:
    index = StoryIndex(settings)
    for article in articles:
        index.add(article)
    return index


def filled(auditor: Auditor, settings: Mapping[str, Any], documents: list[Document]) -> StoryIndex:
    return indexed(settings, map(auditor.article, documents))


def named_pairs(index: StoryIndex, documents: list[Document]) -> dict[frozenset[str], float]:
    return {frozenset({documents[i].id, documents[j].id}): similarity for i, j, similarity in index.pairs()}


@pytest.mark.slow
def test_twice_the_articles_are_twice_the_comparisons(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    counts = []
    small = {**settings, "longest_posting": 15}  # as small beside these collections as the shipped one beside large ones
    for number in (2_000, 4_000):
        index = filled(auditor, small, [document for _, document in invented(number, DAYS, LENGTH)])
        counts.append(sum(len(left) for left, _ in index.proposals()))
    assert counts[0] > 1_000
    assert math.log2(counts[1] / counts[0]) < 1.2
    assert counts[1] < 25 * 4_000


def test_a_term_of_everybody_proposes_nobody(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    crowd = [Document(id=str(i), text=f"Der Deichgraf Hinnerk Ohlsen grüßt Nummer {i}.") for i in range(60)]
    capped = filled(auditor, {**settings, "longest_posting": 50}, crowd)
    assert sum(len(left) for left, _ in capped.proposals()) == 0
    assert sum(len(left) for left, _ in filled(auditor, settings, crowd).proposals()) == 60 * 59 // 2


def test_a_story_that_the_user_named_may_be_a_crowd(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    crowd = [Document(id=str(i), text=f"Beitrag {i} von {i * i} zum Thema.", story="x") for i in range(40)]
    index = filled(auditor, {**settings, "longest_posting": 30}, crowd)
    assert sum(len(left) for left, _ in index.proposals()) < 40
    ((*members,),) = index.groups()
    assert [number for number, _ in members] == list(range(40))


def test_pairs_and_groups_are_those_of_the_stories_in_any_order(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    told = list(invented(300, 30, 260))
    story = {document.id: which for which, document in told}
    documents = [document for _, document in told]
    index = filled(auditor, settings, documents)
    pairs = named_pairs(index, documents)
    true = {frozenset({a.id, b.id}) for a in documents for b in documents if a.id < b.id and story[a.id] == story[b.id]}
    assert len(pairs.keys() & true) >= 0.9 * len(true) and len(pairs.keys() - true) <= 0.02 * len(true)
    shuffled = list(documents)
    random.Random(5).shuffle(shuffled)
    again = filled(auditor, settings, shuffled)
    assert named_pairs(again, shuffled) == pairs
    groups = {frozenset((documents[i].id, mean) for i, mean in group) for group in index.groups()}
    assert {frozenset((shuffled[i].id, mean) for i, mean in group) for group in again.groups()} == groups
    assert sum(len({story[name] for name, _ in group}) == 1 for group in groups) >= 0.97 * len(groups)


def test_who_else_asks_changes_nothing_where_articles_are_kept_apart(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    articles = [auditor.article(document) for _, document in invented(100, 30, 260)]
    together = {(i, j - 25, similarity) for i, j, similarity in indexed(settings, articles).pairs(25, mutual=False)}
    alone = set()
    for i, article in enumerate(articles[:25]):
        index = indexed(settings, [article, *articles[25:]])
        alone |= {(i, j - 1, similarity) for _, j, similarity in index.pairs(1, mutual=False)}
    assert together == alone and len(together) > 15


def test_only_what_is_asked_for_is_compared(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    index = filled(auditor, settings, [document for _, document in invented(240, 30, 260)])
    everything = list(index.pairs())
    assert list(index.pairs(100)) == [pair for pair in everything if pair.first < 100]
    assert everything == sorted(everything)


def test_articles_are_not_kept(auditor: Auditor, settings: Mapping[str, Any]) -> None:
    index = StoryIndex(settings)
    article = auditor.article(Document(id="a", text="Die Werft in Nordhafen entlässt im Frühjahr 340 Beschäftigte."))
    kept = weakref.ref(article)
    assert index.add(article) == 0 and len(index) == 1
    del article
    gc.collect()
    assert kept() is None
    assert list(index.pairs()) == [] and index.groups() == []
