"""One flaw, one file. This package knows what a detector is and finds those that lie in it.

A detector module defines `DETECTOR` and the function it names; its docstring is the manual page. To add one, add
``audit/detectors/<id>.py`` and ``tests/detectors/test_<id>.py``; nothing else.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from audit.article import Article
from audit.assets import Assets
from audit.language import Languages
from audit.siblings import Aligned, Sibling
from audit.text import Segment
from audit.types import Evidence, Finding, Severity, Suggestion


@dataclass(frozen=True)
class Context:
    """What a detector may look at: the article, its language evidence, its siblings and their aligned passages.

    ``aligned`` maps each segment of prose to the passages of siblings that speak of the same, best first. ``assets`` opens
    what lies under models/; ``settings`` is the detector's own section of models/thresholds.toml.
    """

    article: Article
    languages: Languages
    assets: Assets
    siblings: Sequence[Sibling] = ()
    aligned: Mapping[Segment, Sequence[Aligned]] = field(default_factory=dict[Segment, Sequence[Aligned]])
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Detector:
    """A detector's description. ``needs`` names assets (of the target language), or ``siblings``.

    """

    id: str
    version: str
    category: str
    detect: Callable[[Context], list[Finding]]
    languages: frozenset[str] = frozenset({"de"})
    needs: frozenset[str] = frozenset()

    def finding(
        self,
        context: Context,
        segment: Segment,
        start: int,
        end: int,
        message: str,
        *,
        weight: float,
        severity: Severity,
        category: str | None = None,
        suggestions: Sequence[Suggestion] = (),
        evidence: Sequence[Evidence] = (),
    ) -> Finding:
        """A finding on ``segment.text[start:end]``; the quotation is what stands there in the original.

        ``weight``: natural log odds of a real flaw where nothing is known of the document.
        """
        span = segment.span(start, end)
        document = context.article.document
        original = document.text if segment.field == "text" else document.title or ""
        return Finding(
            detector=self.id,
            category=category or self.category,
            severity=severity,
            field=segment.field,
            start=span.start,
            end=span.end,
            quote=original[span.start : span.end],
            message=message,
            weight=weight,
            suggestions=tuple(suggestions),
            evidence=tuple(evidence),
        )


@cache
def detectors() -> Mapping[str, Detector]:
    """Every detector of this package by its id, in the order of the ids."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").DETECTOR for name in names}


def manual(detector_id: str) -> str:
    """The manual page of a detector: the docstring of its module."""
    return (import_module(f"{__name__}.{detector_id}").__doc__ or "").strip()
