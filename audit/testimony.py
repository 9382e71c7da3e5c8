"""What a user's own models say of one article: values for its findings, places that they alone mark, and all of it on record.

Nothing is weighed here (`audit.witnesses`): a calibration needs the same values before anybody knows what they are worth.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.article import Article
from audit.own_models import Role
from audit.places import Place, own_words, place_of, sentence, whole_text
from audit.siblings import Aligned, Sibling
from audit.text import Segment
from audit.types import SEVERITIES, Evidence, Finding, Opinion, Severity, Skip

if TYPE_CHECKING:
    from audit.neural.hub.embedder import Embedder
    from audit.neural.hub.judge import Judge
    from audit.neural.hub.language_model import LanguageModel
    from audit.neural.hub.pairs import Entailment, Quality
    from audit.neural.hub.tagger import Tagged, Tagger

# Probabilities are kept this far from 0 and 1 before their log odds are taken: no model is surer than that.
_LEAST: Final = 0.005
# A tagger's or classifier's own marks begin where it holds them for likelier than not.
_LIKELY: Final = 0.5
_COMPARED: Final = 4  # suggestions of a finding that are compared, as `audit.contrast` does
_BOUND: Final = 8.0  # natural log; what a comparison can say at most, as in `audit.contrast`


class Mark(NamedTuple):
    """A place that a model marks by itself; ``value`` is its signal there."""

    role: Role
    place: Place
    value: float
    category: str
    severity: Severity
    message: str
    evidence: tuple[Evidence, ...] = ()

    def finding(self, article: Article, weight: float) -> Finding:
        """The mark as a finding with these log odds, under its role's name."""
        span = self.place.segment.span(self.place.start, self.place.end)
        field = self.place.segment.field
        original = article.document.text if field == "text" else article.document.title or ""
        return Finding(
            detector=self.role,
            category=self.category,
            severity=self.severity,
            field=field,
            start=span.start,
            end=span.end,
            quote=original[span.start : span.end],
            message=self.message,
            weight=weight,
            evidence=self.evidence,
        )


class Heard(NamedTuple):
    """A model's signal for a finding, and the words for it."""

    value: float
    note: str


class Testimony:
    """Everything that the models say of an article and its findings; ``heard`` is by the finding's number and the signal."""

    def __init__(
        self, article: Article, findings: Sequence[Finding], aligned: Mapping[Segment, Sequence[Aligned]], pairs: int
    ) -> None:
        """``pairs``: passages of siblings that a sentence is compared with at most."""
        self.article = article
        self.findings = findings
        self.places = [place_of(article, finding) for finding in findings]
        self.heard: dict[int, dict[str, Heard]] = defaultdict(dict)
        self.marks: list[Mark] = []
        self.opinions: list[Opinion] = []
        self.skips: list[Skip] = []
        self._aligned = aligned
        self._pairs = pairs

    def tagger(self, model: Tagger) -> None:
        segments = self.article.prose
        for segment, tagged in zip(segments, model.tag([segment.text for segment in segments]), strict=True):
            if not tagged:
                continue
            worst = max(tagged, key=lambda tag: tag.probability)
            self._note("tagger", model.signature, Place(segment, 0, len(segment.text)), worst.probability, worst.meaning)
            for run in _runs(tagged, segment.text):
                place = Place(segment, run[0].start, run[-1].end)
                p = sum(tag.probability for tag in run) / len(run)
                said = max(run, key=lambda tag: tag.probability).meaning
                self._note("tagger", model.signature, place, round(p, 3), said)
                category, severity = _charge(said)
                message = f"{model.signature} holds “{segment.text[place.start : place.end]}” for wrong."
                self.marks.append(Mark("tagger", place, log_odds(p), category, severity, message))
            for number, place in self._in(segment):
                inside = [tag.probability for tag in tagged if tag.start < place.end and place.start < tag.end]
                if inside:
                    note = f"wrong with probability {max(inside):.2f}"
                    self.heard[number]["tagger"] = Heard(log_odds(max(inside)), note)

    def lm(self, model: LanguageModel) -> None:
        from audit.neural.encoder import Query

        compared: list[tuple[int, Query]] = []
        alone: list[tuple[int, Query]] = []
        for number, (finding, place) in enumerate(zip(self.findings, self.places, strict=True)):
            if place is None:
                continue
            words = tuple(suggestion.text for suggestion in finding.suggestions[:_COMPARED])
            query = Query(place.segment.text, place.start, place.end, words)
            (compared if words else alone).append((number, query))
        for (number, query), fits in zip(compared, model.fit([query for _, query in compared]), strict=True):
            best = max(range(len(fits)), key=lambda at: fits[at])
            value = min(max(fits[best], -_BOUND), _BOUND)
            self.heard[number]["lm"] = Heard(value, f"“{query.alternatives[best]}” fits this place by {value:+.2f} (natural log)")
        for (number, _), value in zip(alone, model.surprisal([query for _, query in alone]), strict=True):
            self.heard[number]["lm_surprisal"] = Heard(value, f"reads odd by {value:.2f} nats a token")

    def nli(self, model: Entailment) -> None:
        rows = self._compared("nli")
        relations = model.relations([(own_words(segment, row), row.text) for segment, row in rows])
        for (segment, row), said in zip(rows, relations, strict=True):
            place = sentence(segment, row)
            p = said.contradiction
            label = max(("contradiction", "entailment", "neutral"), key=lambda name: float(getattr(said, name)))
            self._note("nli", model.signature, place, p, label, row)
            other = row.sibling.article.document.id
            self._strongest(place, "nli", Heard(log_odds(p), f"contradicts {other} with probability {p:.2f}"))
            if p >= _LIKELY:
                message = f"{model.signature} reads a contradiction to {other}."
                proof = (_quoted(row),)
                self.marks.append(Mark("nli", place, log_odds(p), "Accuracy/Mistranslation", "major", message, proof))

    def qe(self, model: Quality) -> None:
        rows = self._compared("qe")
        scores = model.scores([(own_words(segment, row), row.text) for segment, row in rows])
        sums: dict[Place, list[float]] = defaultdict(list)
        for (segment, row), score in zip(rows, scores, strict=True):
            place = sentence(segment, row)
            self._note("qe", model.signature, place, score, "", row)
            sums[place].append(score)
        for place, values in sums.items():
            mean = sum(values) / len(values)
            for number, inner in self._in(place.segment):
                if place.start <= inner.start and inner.end <= place.end:
                    self.heard[number]["qe"] = Heard(mean, f"scores the sentence {mean:.3f} against its siblings")

    def embedder(self, model: Embedder, siblings: Sequence[Sibling]) -> None:
        rows = self._compared("embedder")
        texts = [text for segment, row in rows for text in (own_words(segment, row), row.text)]
        documents = [whole_text(self.article), *(whole_text(sibling.article) for sibling in siblings)]
        vectors = model.embed([*texts, *documents])
        for at, (segment, row) in enumerate(rows):
            cosine = float(vectors[2 * at] @ vectors[2 * at + 1])
            self._note("embedder", model.signature, sentence(segment, row), round(cosine, 3), "", row)
        own, *others = vectors[len(texts) :]
        for sibling, vector in zip(siblings, others, strict=True):
            self.opinions.append(
                Opinion(
                    role="embedder",
                    model=model.signature,
                    field="text",
                    start=0,
                    end=len(self.article.document.text),
                    value=round(float(own @ vector), 3),
                    document=sibling.article.document.id,
                )
            )

    def judge(self, model: Judge) -> None:
        from audit.neural.hub.judge import Case

        segments = self.article.prose
        cases = [
            Case(segment.text, list(segment.sentences), list(dict.fromkeys(row.text for row in self._best(segment))))
            for segment in segments
        ]
        unheard: list[str] = []
        for segment, ruling in zip(segments, model.rule(cases), strict=True):
            whole = Place(segment, 0, len(segment.text))
            if ruling.reason:
                unheard.append(ruling.reason)
            if ruling.reason and not ruling.errors:
                continue
            if not ruling.errors:
                self._note("judge", model.signature, whole, 0.0, "")
            for error in ruling.errors:
                place = Place(segment, error.start, error.end)
                self._note("judge", model.signature, place, 1.0, error.severity, note=error.explanation)
                message = error.explanation or f"{model.signature} holds “{segment.text[error.start : error.end]}” for wrong."
                self.marks.append(Mark("judge", place, 1.0, error.category, error.severity, message))
            for number, place in self._in(segment):
                marked = any(error.start < place.end and place.start < error.end for error in ruling.errors)
                self.heard[number]["judge"] = Heard(float(marked), "calls this an error" if marked else "calls this no error")
        for reason in dict.fromkeys(unheard):
            count = unheard.count(reason)
            self.skips.append(Skip(detector="judge", reason=f"{count} of {len(cases)} passages: {reason}"))

    def _in(self, segment: Segment) -> Iterator[tuple[int, Place]]:
        """The findings of a segment by number."""
        for number, place in enumerate(self.places):
            if place is not None and place.segment is segment:
                yield number, place

    def _best(self, segment: Segment) -> Sequence[Aligned]:
        return sorted(self._aligned.get(segment, ()), key=lambda row: -row.score)[: self._pairs]

    def _compared(self, role: Role) -> list[tuple[Segment, Aligned]]:
        """The pairs of `compared`; without any, the role is skipped."""
        if not (rows := self.compared()):
            self.skips.append(Skip(detector=role, reason="no passage of a sibling to compare with"))
        return rows

    def compared(self) -> list[tuple[Segment, Aligned]]:
        """Each aligned sentence with the best passages of siblings."""
        rows: list[tuple[Segment, Aligned]] = []
        for segment in self.article.prose:
            by_sentence: dict[int, list[Aligned]] = defaultdict(list)
            for row in sorted(self._aligned.get(segment, ()), key=lambda row: -row.score):
                if len(by_sentence[row.own_start]) < self._pairs:
                    by_sentence[row.own_start].append(row)
            rows += [(segment, row) for _, group in sorted(by_sentence.items()) for row in group]
        return rows

    def _strongest(self, place: Place, signal: str, heard: Heard) -> None:
        """Of several comparisons the strongest counts for the findings of the sentence."""
        for number, inner in self._in(place.segment):
            if place.start <= inner.start and inner.end <= place.end:
                known = self.heard[number].get(signal)
                if known is None or heard.value > known.value:
                    self.heard[number][signal] = heard

    def _note(
        self, role: Role, model: str, place: Place, value: float, label: str, row: Aligned | None = None, note: str = ""
    ) -> None:
        span = place.segment.span(place.start, place.end)
        document = row.sibling.article.document.id if row is not None else None
        self.opinions.append(
            Opinion(
                role=role,
                model=model,
                field=place.segment.field,
                start=span.start,
                end=span.end,
                value=value,
                label=label,
                document=document,
                note=note,
            )
        )


def log_odds(p: float) -> float:
    """Natural log odds of a probability kept away from 0 and 1, to three places."""
    p = min(max(p, _LEAST), 1 - _LEAST)
    return round(math.log(p / (1 - p)), 3)


def _runs(tagged: Iterable[Tagged], text: str) -> Iterator[list[Tagged]]:
    """Neighbouring words, and parts of words, that are likelier wrong than not."""
    run: list[Tagged] = []
    for tag in tagged:
        if tag.probability >= _LIKELY and (not run or not text[run[-1].end : tag.start].strip()):
            run.append(tag)
            continue
        if run:
            yield run
        run = [tag] if tag.probability >= _LIKELY else []
    if run:
        yield run


def _charge(meaning: str) -> tuple[str, Severity]:
    """Category and severity of what a tagger says; what it does not say is taken for the commonest kind."""
    for severity in SEVERITIES:
        if meaning == severity:
            return "Accuracy/Mistranslation", severity
    return ("Accuracy/Mistranslation" if meaning == "bad" else meaning), "major"


def _quoted(row: Aligned) -> Evidence:
    """The sibling's words as proof. A headline given apart has no place in the text."""
    document = row.sibling.article.document
    if row.segment.field == "title":
        return Evidence(kind="sibling", document=document.id, quote=row.text)
    span: Any = row.span
    quote = document.text[span.start : span.end]
    return Evidence(kind="sibling", document=document.id, start=span.start, end=span.end, quote=quote)
