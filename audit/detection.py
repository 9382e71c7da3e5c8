"""All detectors on one article: what each finds, why one cannot look, and what becomes of one that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from audit.article import Article
from audit.assets import Assets
from audit.detectors import Context, Detector
from audit.types import Failure, Finding, Skip

_LOG = logging.getLogger("audit")


def detect(
    detectors: Iterable[Detector], assets: Assets, article: Article, contexts: Callable[[str], Context], failed: list[Failure]
) -> tuple[list[Finding], tuple[Skip, ...]]:
    """The findings of these detectors, one after the other, and those that did not look; ``contexts`` by detector id.

    A detector that fails is left out and added to ``failed``.
    """
    findings: list[Finding] = []
    skips: list[Skip] = []
    for detector in detectors:
        context = contexts(detector.id)
        if reason := missing(detector, assets, has_siblings=bool(context.siblings)):
            skips.append(Skip(detector=detector.id, reason=reason))
            continue
        try:
            findings += detector.detect(context)
        except Exception as error:  # one detector's fault must not cost the other findings
            _LOG.exception("detector %s failed on document %s", detector.id, article.document.id)
            reason = f"detector {detector.id} failed: {type(error).__name__}: {error}"
            failed.append(Failure(source=article.document.id, reason=" ".join(reason.split())))
            skips.append(Skip(detector=detector.id, reason="failed on this document"))
    return findings, tuple(skips)


def missing(detector: Detector, assets: Assets, *, has_siblings: bool) -> str | None:
    """Why a detector cannot look, or None where it can."""
    if "siblings" in detector.needs and not has_siblings:
        return "no siblings"
    absent = sorted(need for need in detector.needs if need != "siblings" and not assets.has(need))
    return f"not installed: {', '.join(absent)}" if absent else None
