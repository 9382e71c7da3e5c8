"""The judge: what the rest of the document says moves a finding; damage and probability are two numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from audit.article import Article
from audit.auditor import Auditor
from audit.types import Document, Evidence, Finding, Severity, SourceLanguage
from audit.verdict import Judge, Judgement, Screened, at_least, lift, log_odds, probability

TEXT = "Der Rat der Stadt tagt am Montag erneut über den Haushalt und die neuen Gebühren für Wasser und Strom. " * 8


def _finding(
    start: int, end: int, weight: float, detector: str = "foreign_fragment", severity: Severity = "minor", lang: str = "fr"
) -> Finding:
    return Finding(
        detector=detector, category="Accuracy/Source language fragment", severity=severity, field="text", start=start, end=end,
        quote=TEXT[start:end], message="…", weight=weight, evidence=(Evidence(kind="language", lang=lang),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def article(auditor: Auditor) -> Article:
    return auditor.article(Document(id="x", text=TEXT))


@pytest.fixture(scope="module")
def judge(auditor: Auditor) -> Judge:
    return auditor.judge


def _screened(p: float) -> Screened:
    return Screened(p_machine=p, p_translated=p, source_lang=(SourceLanguage(lang="en", p=1.0),), decided=True)


def _judged(judge: Judge, article: Article, findings: Sequence[Finding], p: float | None = None) -> Judgement:
    return judge.judge(article, findings, None if p is None else _screened(p))


def test_the_same_evidence_counts_less_in_a_page_that_reads_like_original_german(judge: Judge, article: Article) -> None:
    lone = [_finding(4, 7, 0.5)]
    genuine, machine = _judged(judge, article, lone, 0.02), _judged(judge, article, lone, 0.98)
    assert genuine.findings[0].probability < 0.2
    assert 0.75 < machine.findings[0].probability < probability(0.5 + math.log(2))  # a machine's hand doubles the odds at most


def test_a_finding_is_not_its_own_witness(judge: Judge, article: Article) -> None:
    one = _judged(judge, article, [_finding(4, 7, 1.0)]).findings[0]
    prior = log_odds(judge.settings["prior"])
    assert one.probability == probability(1.0 + lift(prior, judge.settings["coupling"]["bound"])) < probability(1.0)


def test_a_page_in_which_nothing_is_found_is_a_little_less_likely_a_machines(judge: Judge, article: Article) -> None:
    assert _judged(judge, article, [], 0.6).verdict.p_machine < 0.6
    assert _judged(judge, article, [_finding(4, 7, 3.0)], 0.6).verdict.p_machine > 0.6


def test_other_detectors_findings_raise_it(judge: Judge, article: Article) -> None:
    alone = _judged(judge, article, [_finding(4, 7, 0.0)]).findings[0]
    others = [_finding(20 + 9 * i, 25 + 9 * i, 3.0, "name_variant") for i in range(4)]
    judged = _judged(judge, article, [_finding(4, 7, 0.0), *others])
    (together,) = [finding for finding in judged.findings if finding.detector == "foreign_fragment"]
    assert together.probability > alone.probability + 0.2


def test_encoding_errors_say_nothing_of_a_machine(judge: Judge, article: Article) -> None:
    found = _judged(judge, article, [_finding(4 + 9 * i, 7 + 9 * i, 4.0, "encoding") for i in range(9)])
    assert found.verdict.p_machine == _judged(judge, article, []).verdict.p_machine
    assert all(finding.probability > 0.95 for finding in found.findings)


def test_damage_is_the_weighted_sum_a_thousand_words_and_independent_of_p_machine(judge: Judge, article: Article) -> None:
    findings = [_finding(4, 7, 6.0, severity="major"), _finding(20, 24, 6.0, severity="critical"), _finding(40, 44, -9.0)]
    low, high = _judged(judge, article, findings, 0.5), _judged(judge, article, findings, 0.99)
    assert low.verdict.damage == high.verdict.damage == round(1000 * (5 + 25) / article.words, 2)
    assert high.verdict.p_machine > low.verdict.p_machine


def test_one_flaw_seen_by_two_detectors_of_form_is_one_finding(judge: Judge, article: Article) -> None:
    def form(detector: str, category: str, start: int, end: int, weight: float) -> Finding:
        return Finding(detector=detector, category=category, severity="minor", field="text", start=start, end=end,
                       quote=TEXT[start:end], message=f"{detector} speaks", weight=weight)  # fmt: skip

    grammar, gibberish = form("agreement", "Fluency/Grammar", 4, 14, 1.0), form("garbled", "Coherence/Gibberish", 8, 20, 2.0)
    sense = form("wrong_sense", "Accuracy/Mistranslation", 8, 20, 0.5)
    found = _judged(judge, article, [grammar, gibberish, sense]).findings
    assert sorted(finding.detector for finding in found) == ["garbled", "wrong_sense"]
    (kept,) = [finding for finding in found if finding.detector == "garbled"]
    assert kept.weight == 2.5 and any("agreement speaks" in evidence.note for evidence in kept.evidence)
    apart = _judged(judge, article, [grammar, form("garbled", "Coherence/Gibberish", 30, 40, 2.0)]).findings
    assert len(apart) == 2


def test_reasons_name_the_foreign_word_that_explains_several_errors(judge: Judge, article: Article) -> None:
    pivot = Evidence(kind="pivot", lang="fr", word="appel")
    findings = [
        Finding(detector="wrong_sense", category="Accuracy/Mistranslation", severity="major", field="text", start=s, end=s + 5,
                quote=TEXT[s : s + 5], message="…", weight=5.0, evidence=(pivot,))
        for s in (10, 30, 50)
    ]  # fmt: skip
    assert "3 words explained by French appel" in _judged(judge, article, findings).verdict.reasons


def test_furniture_does_not_damage(auditor: Auditor) -> None:
    text = TEXT.strip() + "\n\nOpmerkingen\n"
    article = auditor.article(Document(id="x", text=text))
    start = text.index("Opmerkingen")
    finding = Finding(detector="site_furniture", category="c", severity="major", field="text", start=start, end=start + 11,
                      quote="Opmerkingen", message="…", weight=5.0)  # fmt: skip
    judged = auditor.judge.judge(article, [finding], None)
    assert judged.verdict.damage == 0.0 and judged.findings[0].probability > 0.5
    assert judged.passages[-1].kind == "furniture" and judged.passages[-1].label == "artifact"


def test_source_language_follows_screen_and_evidence(judge: Judge, article: Article) -> None:
    pivots = [_finding(20 + 9 * i, 25 + 9 * i, 5.0, "name_variant", lang="fr") for i in range(4)]
    verdict = _judged(judge, article, pivots, 0.97).verdict
    assert verdict.label == "machine-translated" and verdict.source_lang[0].lang == "fr"
    assert math.isclose(sum(guess.p for guess in verdict.source_lang), 1.0, abs_tol=0.03)
    assert _judged(judge, article, [], 0.03).verdict.source_lang == ()


def test_fingerprints_hold_when_another_passage_changes_and_differ_within_one_text(auditor: Auditor) -> None:
    def prints(text: str) -> list[str]:
        article = auditor.article(Document(id="x", text=text))
        starts = [i for i in range(len(text)) if text.startswith("Tagt", i)]
        findings = [Finding(detector="garbled", category="c", severity="minor", field="text", start=s, end=s + 4, quote="Tagt",
                            message="…", weight=1.0) for s in starts]  # fmt: skip
        return [finding.fingerprint for finding in auditor.judge.judge(article, findings, None).findings]

    body = "Der Rat Tagt am Montag über den Haushalt der Stadt und Tagt dann weiter bis in die Nacht."
    before = prints(f"Ein erster Absatz steht hier oben.\n\n{body}")
    after = prints(f"Der Absatz oben wurde neu und länger gefasst.\n\n{body}")
    assert before == after and len(set(before)) == 2


def test_short_texts_are_undecided_but_still_show_findings(auditor: Auditor) -> None:
    text = "Der Rat tagt am Montag über den Haushalt der Stadt."
    judged = auditor.judge.judge(auditor.article(Document(id="x", text=text)), [], None)
    assert judged.verdict.label == "undecided" and "10 words" in judged.verdict.reasons[0]


def test_severities_are_ordered() -> None:
    assert at_least("critical", "major") and at_least("major", "major") and not at_least("minor", "major")


@pytest.mark.parametrize("odds", [-900.0, -3.0, 0.0, 3.0, 900.0])
def test_probabilities_are_never_certain(odds: float) -> None:
    assert 0 < probability(odds) < 1


def test_findings_come_by_start_then_detector(judge: Judge, article: Article) -> None:
    found = [_finding(20, 24, 2.0, "wrong_sense"), _finding(20, 30, 2.0, "calque"), _finding(4, 7, 2.0, "wrong_sense")]
    order = [(finding.start, finding.detector) for finding in _judged(judge, article, found).findings]
    assert order == [(4, "wrong_sense"), (20, "calque"), (20, "wrong_sense")]


def test_a_passage_is_judged_by_the_findings_it_shares_a_character_with(auditor: Auditor, judge: Judge) -> None:
    line = "Der Rat tagt am Montag erneut über den Haushalt der Stadt."
    article = auditor.article(Document(id="x", text="\n\n".join([line] * 4)))
    step = len(line) + 2
    found = [_finding(0, 3, 3.0), _finding(step + len(line) - 1, 2 * step + 1, 3.0)]
    passages = _judged(judge, article, found).passages
    assert [passage.score > 0.5 for passage in passages] == [True, True, True, False]
