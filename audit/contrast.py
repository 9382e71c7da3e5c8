"""The encoder as a second witness: does the suggested word fit the place better than the one that is written?

Every finding that says what should stand in place of its quotation is a question that the encoder can answer. What it says
enters as evidence, in steps that a difference of rounding between machines does not reach, and with the weight that was
measured for the finding's detector (``[<lang>.contrast]`` of models/thresholds.toml); a detector without such a weight is not
asked about.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from audit.article import Article
from audit.assets import Assets
from audit.errors import UsageError
from audit.neural.encoder import Query, chosen_device
from audit.types import Evidence, Finding, Suggestion

# A comparison moves a finding by at most so much evidence (natural logarithm), however sure the encoder is.
_BOUND: Final = 8.0
# Comparisons are rounded to this: the last digits of a network differ between processors.
_STEP: Final = 0.05
# As many suggestions of a finding are compared.
_MOST: Final = 4


_FILES: Final = ("encoder/weights", "encoder/config", "encoder/tokenizer")
_DEVICE: Final = re.compile(r"auto|cpu|cuda(:\d+)?")


class Contrasts(Protocol):
    """Anything that compares words in their place as `audit.neural.encoder.Encoder` does."""

    def fit(self, queries: Sequence[Query]) -> list[tuple[float, ...]]:
        """For each query how much better each alternative fits than the written word (natural log)."""
        ...


class SecondWitness:
    """The encoder of a language, loaded when a finding first asks for it."""

    def __init__(self, assets: Assets, device: str, settings: Mapping[str, Mapping[str, Any]]) -> None:
        """``settings`` by detector: ``slope`` and ``bias`` of the log odds on the best alternative's fit, and ``note``, the fit
        from which on the evidence is worth telling. Raises UsageError for a device of another kind.
        """
        if not _DEVICE.fullmatch(device):
            raise UsageError(f"no device named {device!r} (auto, cpu, cuda, cuda:1, …)")
        self.settings = settings
        self._assets = assets
        self._device = device

    @cached_property
    def encoder(self) -> Contrasts | None:
        """The encoder on its device, None where none is installed. Another one can be put in its place."""
        if self.folder is None:
            return None
        from audit.neural.encoder import Encoder

        return Encoder.load(self.folder, self.device)

    @cached_property
    def folder(self) -> Path | None:
        """Where the encoder's files lie, None where none is installed."""
        if not all(self._assets.has(name) for name in _FILES):
            return None
        (folder,) = {self._assets.path(name).parent for name in _FILES}
        return folder

    @cached_property
    def device(self) -> str:
        """The device that ``auto`` means here; torch is asked only where there may be a graphics card."""
        if self._device != "auto":
            return self._device
        return "cpu" if self.folder is None else chosen_device("auto")

    def heard(self, article: Article, findings: Sequence[Finding]) -> list[Finding]:
        """The findings with what the encoder says of them: weight, order of the suggestions, evidence.

        All questions of an article are asked at once; where there are none, nothing is loaded.
        """
        places = Places(article)
        asked = [(i, query) for i, f in enumerate(findings) if f.detector in self.settings and (query := places.query(f))]
        if not asked or self.encoder is None:
            return list(findings)
        answers = self.encoder.fit([query for _, query in asked])
        found = list(findings)
        for (index, query), fits in zip(asked, answers, strict=True):
            found[index] = _weighed(findings[index], query, fits, self.settings[findings[index].detector])
        return found


def _weighed(finding: Finding, query: Query, fits: Sequence[float], settings: Mapping[str, Any]) -> Finding:
    steps = [round(min(max(fit, -_BOUND), _BOUND) / _STEP) * _STEP for fit in fits]
    best = max(steps)
    weight = finding.weight + settings["bias"] + settings["slope"] * best
    evidence = finding.evidence
    if best >= settings["note"]:
        word = query.alternatives[steps.index(best)]
        evidence = (*evidence, Evidence(kind="context", word=word, note=f"fits this place better than “{finding.quote}”"))
    return msgspec.structs.replace(
        finding, weight=round(weight, 4), evidence=evidence, suggestions=_ordered(finding.suggestions, steps, settings["slope"])
    )


def _ordered(suggestions: Sequence[Suggestion], fits: Sequence[float], slope: float) -> tuple[Suggestion, ...]:
    """The suggestions, likeliest first, when their fit is taken into account; together they are as likely as before."""
    mass = sum(s.probability for s in suggestions[: len(fits)])
    odds = [s.probability * math.exp(slope * (fit - max(fits))) for s, fit in zip(suggestions, fits, strict=False)]
    whole = sum(odds)
    if not whole:
        return tuple(suggestions)
    weighed = [
        msgspec.structs.replace(s, probability=round(mass * part / whole, 2)) for s, part in zip(suggestions, odds, strict=False)
    ]
    return (*sorted(weighed, key=lambda s: -s.probability), *suggestions[len(fits) :])


class Places:
    """The places of findings, each in its passage: the text that the encoder reads around it."""

    def __init__(self, article: Article) -> None:
        self._texts = {"text": article.document.text, "title": article.document.title or ""}
        self._spans = {field: [segment.whole for segment in article.segments if segment.field == field] for field in self._texts}

    def query(self, finding: Finding) -> Query | None:
        """The question that a finding puts, or None where it suggests nothing in place of its quotation."""
        words = tuple(s.text for s in finding.suggestions[:_MOST])
        if not words or finding.end <= finding.start:
            return None
        spans = self._spans[finding.field]
        at = bisect_right(spans, finding.start, key=lambda span: span.start) - 1
        start, end = (spans[at].start, spans[at].end) if at >= 0 else (finding.start, finding.end)
        start, end = min(start, finding.start), max(end, finding.end)
        head, tail = _shared((finding.quote, *words))
        words = tuple(word[head : len(word) - tail] for word in words)
        first, last = finding.start + head, finding.end - tail
        if first == last or not all(words):
            return None  # a word too many or too few: the encoder compares words
        return Query(self._texts[finding.field][start:end], first - start, last - start, words)


def _shared(texts: Sequence[str]) -> tuple[int, int]:
    """How many characters of whole words, with what parts them, all texts begin and end with."""
    cut = [re.findall(r"\S+\s*", text) for text in texts]
    head = 0
    while all(len(words) > head + 1 for words in cut) and len({words[head] for words in cut}) == 1:
        head += 1
    tail = 0
    while all(len(words) > head + tail + 1 for words in cut) and len({words[-1 - tail] for words in cut}) == 1:
        tail += 1
    ends = cut[0][len(cut[0]) - tail :]
    before = cut[0][len(cut[0]) - tail - 1]
    spaces = len(before) - len(before.rstrip()) if tail else 0
    return sum(map(len, cut[0][:head])), sum(map(len, ends)) + spaces
