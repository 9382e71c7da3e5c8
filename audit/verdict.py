"""From suspicions to probabilities: what the whole document says about itself decides how much a suspicion counts.

All arithmetic is in natural log odds. A detector gives each finding a weight: the log odds that it is a real flaw where
nothing is known of the document. The document's own log odds of being machine-translated come from the screen and from
the findings; a finding is then judged by its own weight plus what the *rest* of the document says, never by itself twice.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from audit.article import Article
from audit.overlap import joined
from audit.text import Segment
from audit.types import (
    SEVERITIES,
    DocumentLabel,
    Finding,
    Passage,
    PassageLabel,
    Severity,
    SourceLanguage,
    Span,
    Verdict,
)

# Certainty is capped: no probability in the record is nearer to 0 or 1 than this.
_LEAST: Final = 0.005
_CONTEXT: Final = 24
# Log odds beyond which nothing changes; keeps the exponential finite.
_FAR: Final = 700.0
# Votes below this are the expected false alarms of one long text, and no vote.
_SOME_VOTE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Screened:
    """What the screen says of a document, or that it could not (``decided`` false): probabilities and source languages."""

    p_machine: float
    p_translated: float
    source_lang: tuple[SourceLanguage, ...]
    decided: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one document with its findings (all of them, the improbable too) and passages."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    passages: tuple[Passage, ...]


def log_odds(p: float) -> float:
    """Natural log odds of a probability, which is first kept away from 0 and 1."""
    p = min(max(p, _LEAST), 1 - _LEAST)
    return math.log(p / (1 - p))


def probability(odds: float) -> float:
    """The probability behind natural log odds, to four places and never 0 or 1."""
    p = 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
    return round(min(max(p, _LEAST), 1 - _LEAST), 4)


def lift(odds: float, bound: float) -> float:
    """What a document's log odds of being a machine's add to those of a flaw that machines leave: ln 2p, at least -``bound``."""
    return max(math.log(2 / (1 + math.exp(-max(odds, -_FAR)))), -bound)


class Judge:
    """Judges documents of one target language by the settings ``[<lang>.verdict]`` of models/thresholds.toml."""

    def __init__(self, settings: Mapping[str, Any], weights: Mapping[str, float], name: Callable[[str], str]) -> None:
        """``weights``: MQM weights by severity; ``name``: the English name of a language code."""
        self.settings = settings
        self.weights = weights
        self.name = name

    def judge(self, article: Article, findings: Sequence[Finding], screened: Screened | None) -> Judgement:
        """Posterior probabilities, passage labels and the document's verdict. ``findings`` come as detectors made them."""
        base = self._base(screened)
        votes = self._votes(findings, article.words)
        voted = sum(votes.values())
        # Machine output without any flaw that speaks for a machine is rarer than such German: silence is evidence, too.
        total = base + (voted if voted >= _SOME_VOTE else self.settings["silence"])
        judged = [self._posterior(finding, total - votes[finding.detector]) for finding in joined(findings)]
        judged = _fingerprinted(article, sorted(judged, key=_order))
        verdict = self._verdict(article, judged, total, screened)
        return Judgement(verdict, tuple(judged), _passages(article, judged, self.settings["passage"]))

    def undecided(self, article: Article, reason: str) -> Judgement:
        """The verdict on a document that was not looked into, and why."""
        prior = self.settings["prior"]
        verdict = Verdict(label="undecided", p_machine=prior, p_translated=prior, damage=0.0, reasons=(reason,))
        passages = tuple(_passage(i, segment, 0.0, "undecided") for i, segment in enumerate(_text_segments(article)))
        return Judgement(verdict, (), passages)

    def by_screen(self, article: Article, screened: Screened | None, reason: str) -> Judgement:
        """The verdict on a document that only the screen has read; ``reason`` says why no detector looked into it."""
        if screened is None or not screened.decided:
            return self.undecided(article, f"{reason}; too little text for the screen, or no screen installed")
        verdict = self._verdict(article, (), self._base(screened), screened)
        passages = tuple(_passage(i, segment, 0.0, "undecided") for i, segment in enumerate(_text_segments(article)))
        return Judgement(msgspec.structs.replace(verdict, reasons=(*verdict.reasons, reason)), (), passages)

    def _base(self, screened: Screened | None) -> float:
        """Log odds before any finding: the screen's where it dared to decide, else the prior."""
        if screened is None or not screened.decided:
            return log_odds(self.settings["prior"])
        return log_odds(screened.p_machine)

    def _votes(self, findings: Iterable[Finding], words: int) -> dict[str, float]:
        """What each detector's findings add to the document's log odds.

        More findings add less and less; as many as genuine German yields by chance (``false_alarms`` a 1,000 words) add nothing.
        """
        mass: dict[str, float] = defaultdict(float)
        for finding in findings:
            mass[finding.detector] += 1 / (1 + math.exp(-finding.weight))
        votes: dict[str, float] = {}
        for detector, found in mass.items():
            vote = self.settings["votes"].get(detector, {"weight": 0.0, "most": 0.0, "false_alarms": 0.0})
            surplus = max(0.0, found - vote["false_alarms"] * words / 1000)
            votes[detector] = min(vote["weight"] * math.log2(1 + surplus), vote["most"])
        return votes

    def _posterior(self, finding: Finding, rest: float) -> Finding:
        """The finding with its probability: its weight, and what the rest of the document says.

        A flaw that machines leave is as much likelier as a machine's hand in the page is likelier than one half, at most twice,
        and as much less likely as that hand is.
        """
        settings = self.settings["coupling"]
        coupling = settings.get(finding.detector, settings["default"])
        odds = finding.weight + coupling * lift(rest, settings["bound"])
        return msgspec.structs.replace(finding, probability=probability(odds), weight=round(finding.weight, 4))

    def _verdict(self, article: Article, findings: Sequence[Finding], total: float, screened: Screened | None) -> Verdict:
        p_machine = probability(total)
        p_translated = p_machine
        if screened is not None and screened.decided:
            p_translated = max(p_machine, round(screened.p_translated, 4))
        reported = [finding for finding in findings if finding.probability >= self.settings["report"]]
        label, reasons = self._label(article, p_machine, p_translated, screened)
        languages: tuple[SourceLanguage, ...] = ()
        if label in ("machine-translated", "translated"):
            languages = self._source_languages(reported, screened)
        return Verdict(
            label=label,
            p_machine=p_machine,
            p_translated=p_translated,
            source_lang=languages,
            damage=self.damage(article, reported),
            reasons=(*reasons, *_reasons(reported, self.name)),
        )

    def _label(
        self, article: Article, p_machine: float, p_translated: float, screened: Screened | None
    ) -> tuple[DocumentLabel, list[str]]:
        if article.words < self.settings["least_words"]:
            return "undecided", [f"only {article.words} words of article text"]
        reasons: list[str] = []
        if screened is not None and screened.decided and screened.p_machine >= 0.5:
            reasons.append(f"reads like machine translation (screen {screened.p_machine:.2f})")
        if p_machine >= self.settings["machine"]:
            return "machine-translated", reasons
        if p_translated >= self.settings["translated"]:
            return "translated", reasons
        return "original", reasons

    def _source_languages(self, findings: Sequence[Finding], screened: Screened | None) -> tuple[SourceLanguage, ...]:
        """The screen's distribution, raised by the language of each finding's evidence (``language_votes``)."""
        settings = self.settings["languages"]
        score = dict.fromkeys(settings["candidates"], 0.0)
        if screened is not None and screened.decided and screened.source_lang:
            guesses = {guess.lang: guess.p for guess in screened.source_lang}
            score = {lang: math.log(max(guesses.get(lang, 0.0), _LEAST)) for lang in sorted({*score, *guesses})}
        for finding in findings:
            langs = {evidence.lang for evidence in finding.evidence if evidence.lang}
            for lang in sorted(langs & score.keys()):
                score[lang] += finding.probability * settings["votes"].get(finding.detector, 0.0)
        top = max(score.values())
        mass = {lang: math.exp(value - top) for lang, value in score.items()}
        whole = sum(mass.values())
        ranked = sorted(((round(m / whole, 4), lang) for lang, m in mass.items()), key=lambda pair: (-pair[0], pair[1]))
        return tuple(SourceLanguage(lang=lang, p=p) for p, lang in ranked if p >= settings["least"])

    def damage(self, article: Article, findings: Iterable[Finding]) -> float:
        """MQM-weighted errors per 1,000 words of article text; findings in furniture do not count."""
        spans = [segment.whole for segment in article.segments if segment.kind == "furniture"]
        weight = sum(
            self.weights[finding.severity]
            for finding in findings
            if finding.field == "title" or not any(spans[i].covers(finding.span) for i in _touched(spans, finding.span))
        )
        return round(1000 * weight / article.words, 2) if article.words else 0.0


def _order(finding: Finding) -> tuple[bool, int, str, int, str, str]:
    """The title's findings first; then by start and detector, as the record promises, and in full for equal bytes."""
    return finding.field != "title", finding.start, finding.detector, finding.end, finding.category, finding.message


def _text_segments(article: Article) -> list[Segment]:
    return [segment for segment in article.segments if segment.field == "text"]


def _passage(index: int, segment: Segment, score: float, label: PassageLabel) -> Passage:
    span = segment.whole
    return Passage(index=index, start=span.start, end=span.end, kind=segment.kind, score=score, label=label)


def _passages(article: Article, findings: Sequence[Finding], limits: Mapping[str, float]) -> tuple[Passage, ...]:
    """Each passage with the probability that at least one of its findings is real."""
    segments = _text_segments(article)
    spans = [segment.whole for segment in segments]
    clean = [1.0] * len(spans)
    for finding in findings:
        if finding.field == "text":
            for i in _touched(spans, finding.span):
                clean[i] *= 1 - finding.probability
    passages: list[Passage] = []
    for index, segment in enumerate(segments):
        score = round(1 - clean[index], 4)
        label: PassageLabel = "artifact" if score >= limits["artifact"] else "suspect" if score >= limits["suspect"] else "clean"
        passages.append(_passage(index, segment, score, label))
    return tuple(passages)


def _touched(spans: Sequence[Span], span: Span) -> range:
    """The indices of the spans, which are in order and do not overlap, that share a character with this one."""
    return range(
        bisect_right(spans, span.start, key=lambda other: other.end), bisect_left(spans, span.end, key=lambda other: other.start)
    )


def _fingerprinted(article: Article, findings: Sequence[Finding]) -> list[Finding]:
    """The findings with fingerprints that hold over re-runs and over edits in other passages."""
    seen: Counter[str] = Counter()
    fields = {"text": article.document.text, "title": article.document.title or ""}
    passages = {field: [segment.whole for segment in article.segments if segment.field == field] for field in fields}
    found: list[Finding] = []
    for finding in findings:
        text = fields[finding.field]
        touched = _touched(passages[finding.field], finding.span)
        passage = passages[finding.field][touched[0]] if touched else finding.span
        before = text[max(passage.start, finding.start - _CONTEXT) : finding.start]
        after = text[finding.end : min(passage.end, finding.end + _CONTEXT)]
        key = "\x1f".join((finding.detector, finding.field, finding.quote, " ".join(before.split()), " ".join(after.split())))
        seen[key] += 1
        digest = hashlib.sha256(f"{key}\x1f{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()
        found.append(msgspec.structs.replace(finding, fingerprint=digest[:16]))
    return found


def _reasons(findings: Sequence[Finding], name: Callable[[str], str]) -> list[str]:
    """What was found, a line each: foreign words that explain several findings, then the detectors, the busiest first."""
    pivots: Counter[tuple[str, str]] = Counter()
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.detector].append(finding)
        pivots.update({(e.lang, e.word) for e in finding.evidence if e.kind == "pivot" and e.lang and e.word})
    shared = [(pivot, n) for pivot, n in sorted(pivots.items(), key=lambda item: (-item[1], item[0])) if n > 1]
    lines = [f"{n} words explained by {name(lang)} {word}" for (lang, word), n in shared[:3]]
    for detector, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        langs = Counter(lang for finding in group for lang in {e.lang for e in finding.evidence if e.lang})
        named = ", ".join(name(lang) for lang, _ in sorted(langs.items(), key=lambda item: (-item[1], item[0])))
        lines.append(f"{len(group)} × {detector.replace('_', ' ')}" + (f" ({named})" if named else ""))
    return lines


def at_least(severity: Severity, least: Severity) -> bool:
    """Whether a severity is as grave as another, or graver."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)
