"""What tests put into workers: detectors that raise or kill, and an encoder that answers by rule. Named by `Plan.setup`."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from audit.auditor import Auditor
from audit.detectors import Context, Detector
from audit.neural.encoder import Query
from audit.runner.encoding import RemoteEncoder
from audit.types import Finding

RAISES, KILLS, KILLS_ONCE = "Sprengsatz", "Giftpille", "Stolperdraht"


def _raise(context: Context) -> list[Finding]:
    if RAISES in context.article.document.text:
        raise ArithmeticError(f"no sum for {RAISES}")
    return []


def _kill(context: Context) -> list[Finding]:
    document = context.article.document
    once = Path(document.url or "/")
    if KILLS in document.text or (KILLS_ONCE in document.text and not once.exists()):
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return []


def _put(auditor: Auditor, **detects: object) -> None:
    auditor.detectors = {
        name: Detector(id=name, version="0", category="Other", detect=detect)  # type: ignore[arg-type]
        for name, detect in detects.items()
    }


def raising(auditor: Auditor) -> None:
    """One detector only, which raises at a word."""
    _put(auditor, raising=_raise)


def killing(auditor: Auditor) -> None:
    """One detector only, which ends its process at a word; at another only while the file of the document's URL is missing."""
    _put(auditor, killing=_kill)


def slow(auditor: Auditor) -> None:
    """One detector only, which takes its time."""

    def wait(context: Context) -> list[Finding]:
        time.sleep(0.05)
        return []

    _put(auditor, slow=wait)


class ByRule:
    """Answers with lengths, so that every answer can be told from every other."""

    device = "rule"

    def fit(self, queries: Sequence[Query]) -> list[tuple[float, ...]]:
        return [tuple(len(query.text) + 0.001 * len(other) for other in query.alternatives) for query in queries]


def by_rule(lang: str, device: str) -> ByRule:
    """Makes the stand-in for an encoder in a process of its own."""
    if device == "broken":
        raise OSError("no such card")
    return ByRule()


def asking(auditor: Auditor) -> None:
    """One detector only, which asks the encoder and finds what it answers."""

    def ask(context: Context) -> list[Finding]:
        segment = context.article.prose[0]
        query = Query(segment.text, 0, 4, ("a", "bb", segment.text[:20]))
        # Where nobody put an encoder in place the rule answers, not the one that ships.
        encoder = auditor.encoder if isinstance(auditor.encoder, RemoteEncoder) else ByRule()
        (answer,) = encoder.fit([query])
        detector = auditor.detectors["asking"]
        return [detector.finding(context, segment, 0, 4, f"answer {answer}", weight=5.0, severity="minor")]

    _put(auditor, asking=ask)
