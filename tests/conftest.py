"""What the tests of every room share: contexts and findings made from a few lines of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from audit.auditor import Auditor
from audit.detectors import Context, detectors
from audit.siblings import discover
from audit.types import Document, Finding


@pytest.fixture(scope="session")
def auditor() -> Auditor:
    return Auditor("de")


@pytest.fixture(scope="session")
def context(auditor: Auditor) -> Callable[..., Context]:
    """``context(text, title=None, siblings=(), detector="")``: what that detector gets to see of the text."""

    def make(text: str, title: str | None = None, siblings: Sequence[str] = (), detector: str = "") -> Context:
        article = auditor.article(Document(id="audited", text=text, title=title, story="s"))
        witnesses = [auditor.article(Document(id=f"sibling-{i}", text=other, story="s")) for i, other in enumerate(siblings)]
        mates = discover.discover([article], witnesses, auditor.assets.settings["siblings"])[0] if witnesses else ()
        return auditor.context(article, mates, detector)

    return make


@pytest.fixture(scope="session")
def find(context: Callable[..., Context]) -> Callable[..., list[Finding]]:
    """``find(detector, text, …)``: the detector's findings, before any verdict."""

    def run(detector: str, text: str, title: str | None = None, siblings: Sequence[str] = ()) -> list[Finding]:
        return detectors()[detector].detect(context(text, title, siblings, detector))

    return run
