"""Documents made ready for the page: plain rows of text, numbers and lists that its script turns into elements.

Offsets become runs of text here, so that the page needs none: browsers count UTF-16 units, the record code points. Keys are
short because each stands thousands of times in a large report:

- a run ``[text, [finding, …]]``; a block ``{k: kind, l: label, s: score, i: passage, r: [run, …], g: [[document, chrF], …]}``;
- a finding ``{d: detector, c: category, v: severity, p: probability, q: quote, m: {language: message}, x: place, g:
  suggestions [[text, p], …], e: evidence, f: fingerprint, z: 1 where it is new}``; findings are numbered from 0
  within their article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from audit.report import order
from audit.report.messages import translations
from audit.report.parallel import cut, expected, runs
from audit.report.readable import Readable, unwrapped
from audit.report.visible import Lines
from audit.types import SEVERITIES, DocumentReport, Evidence, Finding, Passage

Row = dict[str, Any]
_DIGITS: Final = 4


class Shelf:
    """The documents of a report by id, each made readable once."""

    def __init__(self, documents: Iterable[DocumentReport]) -> None:
        self.documents = {document.id: document for document in documents}
        self._texts: dict[str, Readable] = {}

    def text(self, document_id: str) -> Readable:
        if document_id not in self._texts:
            self._texts[document_id] = Readable(self.documents[document_id].text)
        return self._texts[document_id]

    def quote(self, evidence: Evidence) -> str:
        """The quoted words of a sibling as a reader knows them."""
        document = self.documents.get(evidence.document or "")
        quote = evidence.quote or ""
        start, end = evidence.start, evidence.end
        if document is None or start is None or end is None or document.text[start:end] != quote:
            return unwrapped(quote)
        return self.text(document.id).shown(start, end).strip() or unwrapped(quote)


def summary(document: DocumentReport, story: int | None) -> Row:
    """What the overview needs to know of a document; findings as ``[detector, category, severity, probability]``."""
    verdict = document.verdict
    return {
        "id": document.id,
        "t": document.title,
        "g": document.lang,
        "w": document.words,
        "l": verdict.label,
        "m": round(verdict.p_machine, _DIGITS),
        "n": round(verdict.p_translated, _DIGITS),
        "d": verdict.damage,
        "o": [[source.lang, round(source.p, _DIGITS)] for source in verdict.source_lang],
        "f": [[f.detector, f.category, SEVERITIES.index(f.severity), round(f.probability, _DIGITS)] for f in document.findings],
        "s": [[link.id, link.similarity, link.chrf] for link in document.siblings],
        "y": story,
        "j": judged(document),
    }


def judged(document: DocumentReport) -> bool:
    """Whether anything was looked into: a document in another language was not."""
    return document.verdict.label != "undecided" or any(passage.label != "undecided" for passage in document.passages)


def article(document: DocumentReport, shelf: Shelf, languages: Sequence[str], new: Collection[str] = ()) -> Row:
    """One article in full; ``new`` are the fingerprints of findings that an earlier run did not have."""
    return _Article(document, shelf, languages, new).row()


class _Article:
    def __init__(self, document: DocumentReport, shelf: Shelf, languages: Sequence[str], new: Collection[str]) -> None:
        self.new = new
        self.document = document
        self.shelf = shelf
        self.languages = languages
        self.text = shelf.text(document.id)
        self.lines = Lines(document.text)

    @cached_property
    def title(self) -> Readable:
        return Readable(self.document.title)

    def row(self) -> Row:
        document = self.document
        numbered = list(enumerate(document.findings))
        titled = [(f.start, f.end, n) for n, f in numbered if f.field == "title"]
        return {
            "h": _runs(document.title, 0, len(document.title), titled),
            "b": self._blocks([(n, f) for n, f in numbered if f.field == "text"]),
            "r": [translations(reason, self.languages) for reason in document.verdict.reasons],
            "f": [self._finding(finding) for finding in document.findings],
            "o": order.first(document.findings),
            "k": [[skip.detector, translations(skip.reason, self.languages)] for skip in document.skips],
        }

    def _blocks(self, findings: Sequence[tuple[int, Finding]]) -> list[Row]:
        """The passages as a reader knows them; a finding outside of them brings its line along."""
        shown = self.text
        marks = [(*shown.range(f.start, f.end), n) for n, f in findings]
        placed: set[int] = set()
        rows: list[tuple[int, Row]] = []
        for passage in self.document.passages:
            start, end = shown.range(passage.start, passage.end)
            if start < end:
                mine = [(max(a, start), min(b, end), n) for a, b, n in marks if a < end and start < b and a < b]
                placed |= {n for _, _, n in mine}
                rows.append((passage.start, _block(passage, _runs(shown.text, start, end, mine))))
        for n, finding in findings:
            if n not in placed:
                start, end = self.lines.line(self.lines.place(finding.start)[0])
                line = _runs(self.document.text, start, max(end, finding.end), [(finding.start, finding.end, n)])
                rows.append((finding.start, {"k": "gap", "l": "", "s": 0, "i": -1, "r": line}))
        return [row for _, row in sorted(rows, key=lambda item: item[0])]

    def _finding(self, finding: Finding) -> Row:
        line = self.lines.place(finding.start)[0] if finding.field == "text" else 0
        row: Row = {
            "d": finding.detector,
            "c": finding.category,
            "v": SEVERITIES.index(finding.severity),
            "p": round(finding.probability, _DIGITS),
            "q": self._quote(finding),
            "m": translations(finding.message, self.languages),
            "x": line,
            "f": finding.fingerprint,
        }
        if finding.fingerprint in self.new:
            row["z"] = 1
        if finding.suggestions:
            row["g"] = [[s.text, round(s.probability, _DIGITS)] for s in finding.suggestions]
        if finding.evidence:
            row["e"] = [self._evidence(finding, evidence) for evidence in finding.evidence]
        return row

    def _quote(self, finding: Finding) -> str:
        """The quoted words; where they run over a line's end, as a reader knows them."""
        wrapped = finding.field == "text" and "\n" in finding.quote
        return (self.text.shown(finding.start, finding.end).strip() if wrapped else "") or finding.quote

    def _evidence(self, finding: Finding, evidence: Evidence) -> Row:
        row: Row = {"k": evidence.kind}
        if evidence.note:
            row["n"] = translations(evidence.note, self.languages)
        if evidence.lang:
            row["l"] = evidence.lang
        if evidence.word:
            row["w"] = evidence.word
        if evidence.document:
            row["d"] = evidence.document
        if evidence.quote:
            row |= self._quoted(finding, evidence)
        return row

    def _quoted(self, finding: Finding, evidence: Evidence) -> Row:
        """A quotation; beside that of a sibling stands the article's own sentence, with the words that answer each other."""
        if evidence.kind != "sibling" and evidence.document is None:
            return self._elsewhere(evidence)
        own, start, end = self._own(finding)
        texts = [suggestion.text for suggestion in finding.suggestions]
        mine, theirs = runs(own, start, end, self.shelf.quote(evidence), expected(finding.message, finding.quote, texts))
        row: Row = {"q": theirs, "h": mine}
        if (place := self._passage(evidence)) is not None:
            row["b"] = place
        return row

    def _own(self, finding: Finding) -> tuple[str, int, int]:
        text = self.text if finding.field == "text" else self.title
        begin, stop = text.sentence(finding.start, finding.end)
        first, last = text.range(finding.start, finding.end)
        if begin < stop and first < last:
            return text.text[begin:stop], first - begin, last - begin
        return finding.quote, 0, len(finding.quote)

    def _elsewhere(self, evidence: Evidence) -> Row:
        """Another place in the same text, within its sentence."""
        quote = evidence.quote or ""
        if evidence.start is None or evidence.end is None or self.document.text[evidence.start : evidence.end] != quote:
            return {"q": [(unwrapped(quote), "other")]}
        begin, stop = self.text.sentence(evidence.start, evidence.end)
        first, last = self.text.range(evidence.start, evidence.end)
        row: Row = {"q": cut(self.text.text[begin:stop], [(first - begin, last - begin, "other")])}
        if (place := _passage_at(self.document, evidence.start)) is not None:
            row["b"] = place
        return row

    def _passage(self, evidence: Evidence) -> int | None:
        """The passage of a sibling in which the quotation begins, where the report holds the sibling."""
        document = self.shelf.documents.get(evidence.document or "")
        if document is None or evidence.start is None:
            return None
        return _passage_at(document, evidence.start)


def _passage_at(document: DocumentReport, offset: int) -> int | None:
    return next((passage.index for passage in document.passages if passage.start <= offset < passage.end), None)


def _block(passage: Passage, line: list[list[Any]]) -> Row:
    row: Row = {"k": passage.kind, "l": passage.label, "s": round(passage.score, 2), "i": passage.index, "r": line}
    if passage.agreement:
        row["g"] = [[agreement.document, round(agreement.chrf)] for agreement in passage.agreement]
    return row


def _runs(text: str, start: int, end: int, marks: Iterable[tuple[int, int, int]]) -> list[list[Any]]:
    """The text in runs under the same findings; marks are half-open ranges of ``text`` within ``start`` and ``end``."""
    begins: Mapping[int, list[int]] = defaultdict(list)
    ends: Mapping[int, list[int]] = defaultdict(list)
    for begin, stop, number in marks:
        begins[begin].append(number)
        ends[stop].append(number)
    found: list[list[Any]] = []
    active: set[int] = set()
    bounds = sorted({start, end, *begins, *ends})
    for left, right in pairwise(bounds):
        active = (active - set(ends.get(left, ()))) | set(begins.get(left, ()))
        found.append([text[left:right], sorted(active)] if active else [text[left:right]])
    return found


def stories(documents: Sequence[DocumentReport]) -> list[list[str]]:
    """Ids of documents that are linked as siblings, directly or over others; documents that stand alone are left out.

    Ids that the report does not hold (documents that were only compared with) stand behind those it does.
    """
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for document in documents:
        for link in document.siblings:
            leader[find(link.id)] = find(document.id)
    groups: dict[str, list[str]] = defaultdict(list)
    # In the order of the report; a dictionary keeps the first place of each.
    for name in dict.fromkeys([*(d.id for d in documents), *(link.id for d in documents for link in d.siblings)]):
        if name in leader:
            groups[find(name)].append(name)
    return list(groups.values())
