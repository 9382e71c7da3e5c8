"""What one document may ask for: sizes and processor time, and that nothing else is lost when it asks for more."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import msgspec
import pytest

from audit.auditor import Auditor
from audit.detectors import Context, Detector
from audit.errors import UsageError
from audit.limits import Allowance, within
from audit.types import Document, Finding

STORY = Path(__file__).resolve().parents[1] / "reports" / "stories" / "faehrprozess" / "faehrprozess-agentur.txt"
TEXT = STORY.read_text(encoding="utf-8")


@pytest.fixture
def small(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> Auditor:
    """An auditor with narrow limits."""
    allowance = Allowance(characters=4_000, title=50, words=300, passages=20, passage=1_000, seconds=120.0)
    monkeypatch.setattr(auditor, "allowance", allowance)
    return auditor


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (Document(id="a", text="Haus " * 801), "too long: the text has 4,005 characters, 4,000 are allowed"),
        (Document(id="a", text="Haus.", title="T" * 51), "too long: the title has 51 characters, 50 are allowed"),
        (Document(id="a", text="so " * 301), "too long: the text has 301 words, 300 are allowed"),
        (Document(id="a", text="Ja.\n\n" * 21), "too long: the text has 21 passages, 20 are allowed"),
        (Document(id="a", text="a" * 1_001), "too long: a passage has 1,001 characters, 1,000 are allowed"),
        (Document(id="a", text=" \n"), "the text is empty"),
        (Document(id="a", text="Haus \ud800"), "not valid Unicode: a lone surrogate at character 5"),
    ],
)
def test_what_is_too_much_is_a_failure_with_its_measure(small: Auditor, document: Document, reason: str) -> None:
    report = small.audit([document, Document(id="b", text="Der Rat der Stadt tagt am Montag.")])
    assert [(failure.source, failure.reason) for failure in report.failures] == [("a", reason)]
    assert [row.id for row in report.documents] == ["b"]


def test_what_is_just_allowed_is_audited(small: Auditor) -> None:
    texts = ["so " * 300, "Ja.\n\n" * 20, "a" * 1_000]
    report = small.audit([Document(id=str(i), text=text, title="T" * 50) for i, text in enumerate(texts)])
    assert not report.failures and len(report.documents) == 3


def _forever(context: Context) -> list[Finding]:
    while context.article.document.id == "slow":
        pass
    return []


def test_a_document_that_takes_too_long_is_given_up_and_the_others_are_not(
    auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = auditor.audit([Document(id="quick", text=TEXT)])
    monkeypatch.setattr(auditor, "allowance", msgspec.structs.replace(auditor.allowance, seconds=1.0))
    endless = Detector(id="endless", version="1", category="", detect=_forever)
    monkeypatch.setattr(auditor, "detectors", {**auditor.detectors, "endless": endless})
    report = auditor.audit([Document(id="slow", text=TEXT), Document(id="quick", text=TEXT, story="x")])
    assert [(f.source, f.reason) for f in report.failures] == [("slow", "given up after 1 seconds of processor time")]
    (row,) = report.documents
    assert row.findings == before.documents[0].findings


def test_the_clock_counts_work_and_not_waiting() -> None:
    with within(0.2):
        time.sleep(0.4)
    with pytest.raises(UsageError, match=r"given up after 0\.1 seconds"), within(0.1):
        while True:
            pass


def test_the_clock_stops_with_the_work() -> None:
    with within(0.05):
        pass
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass


def test_there_is_no_clock_outside_the_main_thread() -> None:
    ended: list[bool] = []

    def work() -> None:
        with within(0.01):
            until = time.process_time() + 0.1
            while time.process_time() < until:
                pass
        ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [True]


def test_no_limit_is_left_out_of_the_thresholds(auditor: Auditor) -> None:
    assert set(msgspec.structs.asdict(auditor.allowance)) == set(auditor.assets.settings["auditor"])
    assert all(value > 0 for value in msgspec.structs.asdict(auditor.allowance).values())
