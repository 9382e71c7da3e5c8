"""What a user's own models are worth: measured on findings whose truth the user's labels tell, and written to a file of theirs.

Each known finding has the log odds that the audit gives it without the models, and the models' signals. A logistic regression
with these odds as its offset finds what a signal adds; one that does not lower the log loss on articles left out of the fit, or
that speaks the wrong way round, adds nothing. What a model marks alone is fitted apart.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.auditor import Auditor
from audit.embedding_scales import scales
from audit.errors import UsageError
from audit.evaluate import is_claim
from audit.labels import Gold, Label
from audit.own_models import Calibration, Line, Measured, Role
from audit.testimony import Mark, Testimony, log_odds
from audit.types import Document, DocumentReport, Failure, Finding
from audit.verdict import lift
from audit.witnesses import Witnesses, marked_already

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FOLDS: Final = 5
# Variance of the normal prior on bias and (standardised) slope: two units of log odds are a strong model.
_PRIOR: Final = 1.0
# Known marks below which a model raises no findings of its own.
_MARKS: Final = 10
# A quality score's sign is the model's own affair; all others grow with the suspicion.
_EITHER_WAY: Final = frozenset({"qe"})
# Options that say nothing of how a model answers.
_NOT_SAVED: Final = frozenset({"model_cache", "allow_download", "calibration", "batch_tokens"})


class Sample(NamedTuple):
    """A finding, or a mark, of known truth: its log odds before the models speak, their signals, and its article."""

    document: str
    odds: float
    signals: Mapping[str, float]
    real: bool


class Outcome(NamedTuple):
    """A calibration and what is to be said about it."""

    calibration: Calibration
    lines: list[str]


class Evidence(NamedTuple):
    """The articles whose truth is known, with their reports and what the models said of them."""

    findings: list[Sample]
    marks: dict[Role, list[Sample]]
    articles: int
    heard: list[Testimony]
    failures: tuple[Failure, ...]


def calibrate(
    auditor: Auditor, documents: Sequence[Document], gold: Sequence[Gold], labels: Mapping[str, Label], least: int | None = None
) -> Outcome:
    """What the auditor's own models are worth. Raises UsageError where the labels do not suffice to tell.

    The auditor reports all findings (``min_probability`` 0) and has no calibration. ``least``: labelled articles that are
    enough; by default those of models/thresholds.toml.
    """
    own = auditor.own
    if own is None:
        raise UsageError("there is no model to calibrate: give one (--lm, --tagger, --nli, --embedder, --judge, --qe)")
    least = int(own.settings["least_articles"]) if least is None else least
    if (articles := _labelled(documents, gold, labels)) < least:
        raise UsageError(f"{articles} labelled articles; a calibration takes {least} at least")
    known = collect(auditor, own, documents, gold, labels)
    lines = [f"{known.articles} labelled articles, {len(known.findings)} findings of known truth"]
    fitted = _fitted(known.findings, lines)
    roles: dict[str, Measured] = {}
    for role, source in own.sources.items():
        found = {signal: line for signal, line in fitted.items() if signal.partition("_")[0] == role}
        raised = _raised(role, known.marks.get(role, []), lines)
        telling = scales(auditor, known.heard, lines) if role == "embedder" else {}
        roles[role] = Measured(model=source.name, revision=source.revision, findings=found, own=raised, scales=telling)
    options: dict[str, Any] = {name: value for name, value in own.options.items() if name not in _NOT_SAVED}
    return Outcome(Calibration(articles=known.articles, roles=roles, options=options), lines)


def collect(
    auditor: Auditor, own: Witnesses, documents: Sequence[Document], gold: Sequence[Gold], labels: Mapping[str, Label]
) -> Evidence:
    """What the labels and the models say of these documents."""
    heard: dict[str, Testimony] = {}
    own.listener = lambda testimony: heard.__setitem__(testimony.article.document.id, testimony)
    try:
        report = auditor.audit(documents)
    finally:
        own.listener = None
    by_document: dict[str, list[Gold]] = {}
    for row in gold:
        if row.evidence != "source":
            by_document.setdefault(row.id, []).append(row)
    findings: list[Sample] = []
    marks: dict[Role, list[Sample]] = {}
    articles = 0
    bound = float(auditor.assets.settings["verdict"]["coupling"]["bound"])
    for row in report.documents:
        testimony, label = heard.get(row.id), labels.get(row.id)
        decided = label is not None and (label.genuine or label.complete)
        if testimony is None or not (decided or row.id in by_document):
            continue
        articles += 1
        truth = _truth(by_document.get(row.id, []), decided)
        findings += _samples(row, testimony, truth)
        rest = lift(log_odds(row.verdict.p_machine), bound)
        for mark, finding in _alone(testimony):
            if (real := truth(finding)) is not None:
                marks.setdefault(mark.role, []).append(Sample(row.id, rest, {mark.role: mark.value}, real))
    return Evidence(findings, marks, articles, list(heard.values()), report.failures)


def _labelled(documents: Sequence[Document], gold: Sequence[Gold], labels: Mapping[str, Label]) -> int:
    """How many documents the labels say anything of."""
    marked = {row.id for row in gold if row.evidence != "source"}
    return sum(d.id in marked or (d.id in labels and (labels[d.id].genuine or labels[d.id].complete)) for d in documents)


def _truth(gold: Sequence[Gold], decided: bool) -> Callable[[Finding], bool | None]:
    """Whether a finding is real; None where the labels do not tell."""

    def real(finding: Finding) -> bool | None:
        return True if any(is_claim(finding, row) for row in gold) else False if decided else None

    return real


def _samples(report: DocumentReport, heard: Testimony, truth: Callable[[Finding], bool | None]) -> list[Sample]:
    """The findings that came through the verdict with what the models say of them."""
    judged = {(f.detector, f.field, f.start, f.end): f for f in report.findings}
    samples: list[Sample] = []
    for number, finding in enumerate(heard.findings):
        reported = judged.get((finding.detector, finding.field, finding.start, finding.end))
        if reported is not None and (real := truth(reported)) is not None:
            signals = {signal: said.value for signal, said in heard.heard.get(number, {}).items()}
            samples.append(Sample(report.id, log_odds(reported.probability), signals, real))
    return samples


def _alone(heard: Testimony) -> list[tuple[Mark, Finding]]:
    """The marks that no detector shares, each as the finding that it would be."""
    return [(mark, mark.finding(heard.article, 0.0)) for mark in heard.marks if not marked_already(mark, heard)]


def _fitted(samples: Sequence[Sample], lines: list[str]) -> dict[str, Line]:
    """The lines of the signals that help, and words for it."""
    signals = _signals(samples)
    if not signals:
        lines.append("no finding of known truth that a model has something to say of")
        return {}
    if len({sample.real for sample in samples}) < 2:
        raise UsageError(
            "the labels tell of no finding that it is false, or of none that it is real: mark fully labelled documents "
            '("complete": true) and genuine ones ("label": "human")'
        )
    fitted = chosen_lines(samples)
    for signal in signals:
        if signal in fitted:
            lines.append(f"{signal}: log odds {fitted[signal].bias:+.3f} {fitted[signal].slope:+.3f} × value")
        else:
            lines.append(f"{signal}: counts for nothing; it does not help on articles left out")
    before, after = _left_out_loss(samples, []), _left_out_loss(samples, list(fitted))
    lines.append(f"mean log loss on articles left out: {before:.4f} without the models, {after:.4f} with them")
    return fitted


def chosen_lines(samples: Sequence[Sample]) -> dict[str, Line]:
    """The lines of the signals that lower the loss on articles left out; taken in one by one, the most helpful first.

    A signal must also do better than the bare fact that the model spoke, which mends the odds without any merit of the model.
    """
    signals = _signals(samples)
    chosen: list[str] = []
    loss = _left_out_loss(samples, chosen) if samples else 0.0
    while rest := [signal for signal in signals if signal not in chosen]:
        losses = {signal: _left_out_loss(samples, [*chosen, signal]) for signal in rest if _right_way(samples, chosen, signal)}
        losses = {s: value for s, value in losses.items() if value < _left_out_loss(_mute(samples, s), [*chosen, s])}
        best = min(losses, key=lambda signal: losses[signal], default=None)
        if best is None or losses[best] >= loss:
            break
        chosen.append(best)
        loss = losses[best]
    return fit(samples, chosen)


def _mute(samples: Sequence[Sample], signal: str) -> list[Sample]:
    """The samples with the same value of this signal wherever it spoke."""
    return [s._replace(signals={**s.signals, signal: 0.0}) if signal in s.signals else s for s in samples]


def _signals(samples: Sequence[Sample]) -> list[str]:
    return sorted({signal for sample in samples for signal in sample.signals})


def _right_way(samples: Sequence[Sample], chosen: Sequence[str], signal: str) -> bool:
    """Whether no signal of these speaks the wrong way round."""
    fitted = fit(samples, [*chosen, signal])
    return all(line.slope >= 0 or name in _EITHER_WAY for name, line in fitted.items())


def _left_out_loss(samples: Sequence[Sample], signals: Sequence[str]) -> float:
    """The mean log loss (natural) of each fifth of the articles under a fit on the others."""
    total = 0.0
    for fold in range(_FOLDS):
        inside = [sample for sample in samples if _fold(sample.document) == fold]
        others = [sample for sample in samples if _fold(sample.document) != fold]
        fitted = fit(others, signals)
        total += sum(log_loss(sample, fitted) for sample in inside)
    return total / len(samples)


def _fold(document: str) -> int:
    return hashlib.sha256(document.encode()).digest()[0] % _FOLDS


def log_loss(sample: Sample, lines: Mapping[str, Line]) -> float:
    """The natural log loss of a sample when these lines have had their say."""
    odds = sample.odds + sum(lines[signal].at(value) for signal, value in sample.signals.items() if signal in lines)
    return math.log1p(math.exp(-odds if sample.real else odds))


def fit(samples: Sequence[Sample], signals: Sequence[str]) -> dict[str, Line]:
    """A line for each signal, all at once: penalised maximum likelihood by Newton's method, with the odds as offset."""
    import numpy as np

    if not signals or not samples:
        return {}
    columns: list[NDArray[Any]] = []
    scale: list[tuple[float, float]] = []
    for signal in signals:
        here = np.array([signal in sample.signals for sample in samples], dtype=float)
        values = np.array([sample.signals.get(signal, 0.0) for sample in samples])
        count = here.sum() or 1.0
        mean = float((values * here).sum() / count)
        deviation = math.sqrt(float((((values - mean) * here) ** 2).sum() / count)) or 1.0
        columns += [here, (values - mean) / deviation * here]
        scale.append((mean, deviation))
    rows = np.stack(columns, axis=1)
    odds = np.array([sample.odds for sample in samples])
    real = np.array([sample.real for sample in samples], dtype=float)
    weights = _newton(rows, odds, real)
    found: dict[str, Line] = {}
    for number, signal in enumerate(signals):
        mean, deviation = scale[number]
        slope = float(weights[2 * number + 1]) / deviation
        found[signal] = Line(round(float(weights[2 * number]) - slope * mean, 3), round(slope, 3))
    return found


def _newton(rows: NDArray[Any], odds: NDArray[Any], real: NDArray[Any]) -> NDArray[Any]:
    """The weights, shape (columns,), of a logistic regression with offset and normal prior."""
    import numpy as np

    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(odds + rows @ weights, -30, 30)))
        gradient = rows.T @ (real - p) - weights / _PRIOR
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows + np.eye(rows.shape[1]) / _PRIOR
        step = np.linalg.solve(curvature, gradient)
        weights = weights + np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights


def _raised(role: Role, marks: Sequence[Sample], lines: list[str]) -> Line | None:
    """The log odds of what a model marks alone; None where too few of its marks are of known truth."""
    if not marks:
        return None
    real = sum(mark.real for mark in marks)
    if len(marks) < _MARKS:
        lines.append(f"{role}: {len(marks)} marks of its own of known truth, too few to report any ({_MARKS} at least)")
        return None
    lines.append(f"{role}: {len(marks)} marks of its own of known truth, {real} real")
    return fit(marks, [role])[role]
