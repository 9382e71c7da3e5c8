"""Agreement: sacrebleu's own figures, against the right passage, with signatures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sacrebleu

from audit.detectors import Context
from audit.siblings.agreement import agreement, document_chrf, metrics

Make = Callable[..., Context]

TEXT = "Die Werft in Nordhafen entlässt im Frühjahr 340 Beschäftigte. Betriebsrat Jens Obermann sprach von einem schwarzen Tag."
SIBLING = (
    "Der Kurs fiel.\n\n340 Beschäftigte der Werft Nordhafen verlieren im Frühjahr ihre Arbeit. "
    "Betriebsrat Jens Obermann nannte es einen schwarzen Tag."
)


def test_scores_are_sacrebleus_own(context: Make) -> None:
    made = context(TEXT, siblings=[SIBLING])
    ((segment, rows),) = made.aligned.items()
    (score,) = agreement(segment, rows)
    reference = SIBLING[score.start : score.end]
    assert reference == SIBLING.split("\n\n")[1]
    assert score.document == "sibling-0"
    assert score.chrf == pytest.approx(sacrebleu.sentence_chrf(TEXT, [reference]).score, abs=0.006)
    assert score.bleu == pytest.approx(sacrebleu.sentence_bleu(TEXT, [reference], use_effective_order=True).score, abs=0.006)
    assert score.ter == pytest.approx(sacrebleu.sentence_ter(TEXT, [reference]).score, abs=0.006)


def test_what_says_the_same_agrees_more(context: Make) -> None:
    near = context(TEXT, siblings=[SIBLING])
    far = context(
        TEXT, siblings=["In Nordhafen verlieren 340 Beschäftigte der Werft ihre Stelle; das Land denkt über Hilfe nach."]
    )
    scores = [agreement(segment, rows)[0] for made in (near, far) for segment, rows in made.aligned.items()]
    assert scores[0].chrf > scores[1].chrf and scores[0].ter < scores[1].ter
    assert document_chrf(near.article, near.siblings[0]) > document_chrf(far.article, far.siblings[0])


def test_one_score_a_sibling_in_the_order_of_the_best_alignment(context: Make) -> None:
    made = context(
        TEXT, siblings=[SIBLING, f"{SIBLING} So stand es im Aushang.\n\nMehr ist nicht bekannt, sagte ein Sprecher der Reederei."]
    )
    ((segment, rows),) = made.aligned.items()
    documents = [score.document for score in agreement(segment, rows)]
    assert len(documents) == len(set(documents)) == len(made.siblings)
    assert documents[0] == rows[0].sibling.article.document.id


def test_nothing_aligned_nothing_scored(context: Make) -> None:
    (segment,) = context(TEXT).article.prose
    assert agreement(segment, ()) == ()


def test_signatures_name_metric_settings_and_version() -> None:
    signatures = metrics()
    assert set(signatures) == {"chrf", "bleu", "ter"}
    for signature in signatures.values():
        assert signature.endswith(f"version:{sacrebleu.__version__}") and signature.startswith("nrefs:1|")
    assert "eff:yes" in signatures["bleu"] and "nc:6|nw:0" in signatures["chrf"]
