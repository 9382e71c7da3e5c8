"""What must hold of any input whatever: nothing raises but what is meant to, and every offset is right.

Hypothesis (tests/test_properties.py) and atheris (tests/bench/fuzz_audit.py) hand these functions what they make up.
"""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path

import msgspec

from audit.auditor import Auditor, Report
from audit.io import Limits, read
from audit.report import FORMATS, decode, render
from audit.text import Segment, clean, tokenize
from audit.types import Document, DocumentReport, Evidence, Failure, Finding, Passage, Suggestion, Verdict

# Small, so that what is too long is within reach of made-up input.
LIMITS = Limits(text_bytes=20_000, words=2_000, record_bytes=40_000, page_tags=500, expansion=50)
ENDINGS = (".txt", ".md", ".html", ".jsonl", ".csv", ".parquet", ".warc", ".wet", ".txt.gz", ".jsonl.zst", ".csv.gz", ".warc.gz")
# What texts are made of: the beginnings of every rule, words of news, and what makes readers stumble.
_PIECES = """
Der die das einem einer Erklärung Minister Präsident Merkel Putin Poutine Selenskyj Silinsky Bâle Basel Berufung Anruf Appell
Telefonat Stapel Batterie Satz Strafe Rasen Prato Toast Brindisi NATO Western Defence nicht kein für für die die und und sagte
sagte Das ist ist hat haben wurde werden Am Montag , Montag 14. März 2021 12/03/2021 23: 52: 13 07h12 5 p.m. 10,000 3.5 Millionen
$5 5$ Prozent 70 % Uhr „ “ " » « ' ’ ( ) [ ] – — - . . . ! ? : ; ... www.a.de a@b.de #x @y https://x.de/a?b=c &auml; &#228; Ã¤
â€“ \ufffd \u00ad \u200b \u202e \u0308 👍 👩\u200d👧 | > * # • 1. [1][x] [a](b) **b** the of and with great concern le la les
tribunal de het niet over el los il che Anklage drücken Fingerwedeln auf der Seite Lesen Sie Mehr Laat een reactie achter Foto:
dpa Straße Haus Häuser Vereinigte Staaten Grenze Mexiko USA drei dreizehn Verletzte er sie es ihm ihr dessen der
"""
PIECES = (*_PIECES.split(), " ", "\n", "\n\n", "\t", "\r\n", "\x00", "\u2028", "\x1c", ". ", "! ", ": ")


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


@cache
def auditor() -> Auditor:
    """One auditor for all examples."""
    return Auditor("de")


def made_of(numbers: bytes) -> str:
    """A text of pieces, one for each byte; a byte of 250 and more leaves out the space before the next piece."""
    parts: list[str] = []
    for number in numbers:
        if number >= 250:
            parts.append("")
        else:
            piece = PIECES[number % len(PIECES)]
            parts.append(piece if piece.isspace() or not parts or parts[-1] == "" else f" {piece}")
    return "".join(parts)


def check_reading(ending: str, content: bytes) -> list[Document]:
    """Any bytes under any name are documents and failures, each failure one printable line; documents are sound."""
    found: list[Document] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"x{ending}")
        path.write_bytes(content)
        for row in read([str(path)], limits=LIMITS):
            if isinstance(row, Failure):
                assert row.reason and not _UNPRINTABLE.search(row.source + row.reason), row
                continue
            assert row.text.strip() and len(row.text.encode()) <= LIMITS.text_bytes
            found.append(row)
    assert len({document.id for document in found}) == len(found)
    return found


def check_text(text: str) -> None:
    """The cleaned view maps back: ranges are ordered, cover no more than there is, and tokens are where they say."""
    view = clean(text)
    assert len(view.text) == len(view.starts) == len(view.ends)
    last = 0
    for start, end in zip(view.starts, view.ends, strict=True):
        assert 0 <= last <= start < end <= len(text)
        last = start
    at = 0
    for token in tokenize(view.text):
        assert token.start >= at and view.text[token.start : token.end] == token.text
        at = token.end


def check_segments(segments: tuple[Segment, ...], document: Document) -> None:
    """Passages are in order and their sentences and tokens lie within them."""
    last = -1
    for segment in segments:
        original = document.text if segment.field == "text" else document.title or ""
        span = segment.whole
        assert 0 <= span.start < span.end <= len(original)
        if segment.field == "text":
            assert span.start > last
            last = span.start
        for start, end in segment.sentences:
            assert 0 <= start < end <= len(segment.text)
        assert segment.sentences == tuple(sorted(segment.sentences))


def check_audit(texts: list[str], title: str | None = None) -> Report:
    """Every detector copes with every text, and says where: documents are each other's siblings."""
    documents = [Document(id=str(i), text=text, title=title, story="s") for i, text in enumerate(texts)]
    report = auditor().audit(documents)
    refused = ("the text is empty", "not valid Unicode", "too long")
    assert all(failure.reason.startswith(refused) for failure in report.failures), report.failures
    for row in report.documents:
        document = documents[int(row.id)]
        check_segments(auditor().article(document).segments, document)
        check_row(row, {other.id: other for other in report.documents})
    return report


def check_row(row: DocumentReport, others: dict[str, DocumentReport]) -> None:
    """Offsets, probabilities and order of one document's row."""
    assert 0 <= row.verdict.p_machine <= 1 and 0 <= row.verdict.p_translated <= 1 and row.verdict.damage >= 0
    places: list[tuple[str, int, str]] = []
    for finding in row.findings:
        original = row.text if finding.field == "text" else row.title
        assert 0 <= finding.start < finding.end and original[finding.start : finding.end] == finding.quote, finding
        assert 0 <= finding.probability <= 1 and finding.message and finding.fingerprint
        places.append(("0" if finding.field == "title" else "1", finding.start, finding.detector))
        for proof in finding.evidence:
            if proof.kind == "sibling" and proof.document in others and proof.quote is not None:
                assert others[proof.document].text[proof.start : proof.end] == proof.quote, proof
    assert [place[1:] for place in places if place[0] == "1"] == sorted(place[1:] for place in places if place[0] == "1")
    for passage in row.passages:
        assert 0 <= passage.start < passage.end and 0 <= passage.score <= 1


def check_reports(report: Report) -> None:
    """Every format can be written and encoded, and what is written as JSON is read as it was."""
    for name in FORMATS:
        render(report, name).encode("utf-8")
    again = decode(render(report, "json").encode("utf-8"), "the report")
    assert msgspec.json.encode(again.documents) == msgspec.json.encode(report.documents)


def record_of(strings: list[str]) -> Report:
    """A record whose every string is one of these, as no audit would make it."""

    def pick(number: int) -> str:
        return strings[number % len(strings)]

    text = pick(0) or "x"
    finding = Finding(
        detector=pick(1),
        category=pick(2),
        severity="major",
        field="text",
        start=0,
        end=len(text),
        quote=text,
        message=pick(3),
        weight=0.0,
        probability=0.5,
        fingerprint=pick(4),
        suggestions=(Suggestion(text=pick(5), probability=0.5),),
        evidence=(Evidence(kind="rule", note=pick(6), word=pick(7), quote=pick(8)),),
    )
    verdict = Verdict(label="undecided", p_machine=0.5, p_translated=0.5, damage=1.0, reasons=(pick(9), pick(10)))
    passage = Passage(index=0, start=0, end=len(text), kind="body", score=0.5, label="clean")
    row = DocumentReport(
        id=pick(11), lang="de", title=pick(12), words=1, text=text, verdict=verdict, passages=(passage,), findings=(finding,)
    )
    return Report(signature=pick(13), documents=(row,), failures=(Failure(source=pick(14), reason=pick(15)),))
