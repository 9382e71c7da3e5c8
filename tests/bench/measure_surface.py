"""How often the rules of surface detectors fire in machine translation and in German by people.

    python tests/bench/measure_surface.py --data DATA [--detectors typography encoding repetition] [--half work|final]
                                          [--systems 3] [--each-system] [--only-originals] [--examples 0]
                                          [--by-weight] [--weak]

DATA holds ``mtht/*.jsonl.gz`` (segments with machine and human translations of the same sources) and ``german/`` (wikinews,
WMT originals). Segments are joined to documents of twenty, so that detectors see what they see in articles. For each rule
(the note of a finding's first evidence) the table has findings per 100,000 words in machine translations (systems of
the WMT evaluations, and four services run on all sets), in human translations and in German originals, and ``lnLR``: the
natural logarithm of machine over all human text, half a finding added to each count. The half is drawn by the document's id:
weights and rules come from ``work``, false alarms are reported on ``final``. ``--by-weight`` takes findings of one weight for
one rule (calque: its strengths); ``--weak`` parts the machines otherwise: ``weak`` ones (rules and statistics of 2010, the
smallest Bergamot, language models of 6 to 13 billion weights), all of them, and ``good`` ones, as many as ``--systems`` says. The
last lines give findings of positive weight per 1,000 words, for each test set and system or human translator with
``--each-system``.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from audit.auditor import Auditor
from audit.detectors import detectors
from audit.types import Document, Finding

SEGMENTS = 20  # to a document: a news article of 400 words
POST_EDITED = ("taraxu", "newssyscomb", "mlqe")  # their references are edited machine output
MACHINE = ("system", "service", "weak", "good")
WEAK = re.compile(
    r"taraxu-|fx-bergamot-tiny|maps-alpaca|bayling-(alpaca|bayling|bloomz|chatglm|parrot|vicuna)|alma-ALMA-13B-LoRA"
)
HUMAN = ("translated", "wikinews", "wmt")


class Text(NamedTuple):
    """A document and whose it is: ``system``, ``service``, ``translated`` (by people), ``wikinews`` or ``wmt`` (originals)."""

    group: str
    id: str
    text: str

    @property
    def source(self) -> str:
        """The test set and its system or translator; the corpus of an original."""
        return self.id.rpartition("/")[0] if self.group in (*MACHINE, "translated") else f"{self.group} (all)"


def half(document_id: str) -> str:
    return "work" if hashlib.sha256(document_id.encode()).digest()[0] % 2 else "final"


def originals(data: Path) -> Iterator[Text]:
    with gzip.open(data / "german/wikinews.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            document, _, text = line.rstrip("\n").partition("\t")
            yield Text("wikinews", document, text)
    articles: dict[str, list[str]] = defaultdict(list)
    with gzip.open(data / "german/wmt_original_2008-2022.tsv.gz", "rt", encoding="utf-8") as file:
        next(file)
        for line in file:
            year, domain, document, _, segment, text = line.rstrip("\n").split("\t")
            if domain not in ("conversation", "social", "ecommerce"):  # chats and shops: no journalism
                articles[document or f"{year}-{int(segment) // SEGMENTS}"].append(text)
    for document, lines in articles.items():
        yield Text("wmt", document, "\n\n".join(lines))


def translations(data: Path, systems: int, weak: bool) -> Iterator[Text]:
    """Machine and human translations; of each file as many systems as asked for, drawn by their names' hashes."""
    for path in sorted((data / "mtht").glob("*.jsonl.gz")):
        edited = path.name.startswith(POST_EDITED)
        if edited and not (weak and path.name.startswith("taraxu")):
            continue
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        names = sorted(
            {name for row in rows for name in row["hyps"]}, key=lambda n: hashlib.sha256(f"{path.name}{n}".encode()).digest()
        )
        feeble = [name for name in names if weak and WEAK.match(name)]
        for name in [*feeble, *[name for name in names if name not in feeble][:systems]]:
            group = "service" if name.startswith("fx-") else "system"
            group = group if not weak else "weak" if name in feeble else "good"
            yield from _documents(group, f"{path.name}/{name}", [row["hyps"].get(name) for row in rows])
        people = [row for row in rows if row.get("origlang") != "de" and not edited]
        for name in sorted({name for row in people for name in row["refs"]}):
            yield from _documents("translated", f"{path.name}/{name}", [row["refs"].get(name) for row in people])


def _documents(group: str, name: str, lines: list[str | None]) -> Iterator[Text]:
    for start in range(0, len(lines), SEGMENTS):
        part = [line for line in lines[start : start + SEGMENTS] if line]
        if part:
            yield Text(group, f"{name}/{start}", "\n\n".join(part))


def measure(
    texts: Iterable[Text], wanted: list[str], examples: int, by_weight: bool
) -> tuple[dict[str, Counter[str]], Counter[str], Counter[tuple[str, str]]]:
    auditor = Auditor("de")
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    words: Counter[str] = Counter()
    alarms: Counter[tuple[str, str]] = Counter()
    for text in texts:
        article = auditor.article(Document(id=text.id, text=text.text))
        words[text.group] += article.words
        words[text.source] += article.words
        for detector in wanted:
            for finding in detectors()[detector].detect(auditor.context(article, (), detector)):
                rule = f"{detector}: " + (f"weight {finding.weight:.1f}" if by_weight else finding.evidence[0].note or "")
                rules[rule][text.group] += 1
                alarms[text.group, detector] += finding.weight > 0
                alarms[text.source, detector] += finding.weight > 0
                if rules[rule][text.group] <= examples:
                    print(_example(rule, text, finding))
    return rules, words, alarms


def _example(rule: str, text: Text, finding: Finding) -> str:
    around = text.text[max(0, finding.start - 40) : finding.end + 30].replace("\n", " ")
    return f"{rule:34} {text.group:11} {finding.weight:5.1f} [{finding.quote}] {around}"


def report(
    rules: dict[str, Counter[str]], words: Counter[str], alarms: Counter[tuple[str, str]], each_system: bool
) -> Iterator[str]:
    groups = tuple(group for group in (*MACHINE, *HUMAN) if words[group])
    yield f"{'words':40}" + "".join(f"{words[group]:>12}" for group in groups)
    yield f"{'per 100,000 words':40}" + "".join(f"{group:>12}" for group in groups) + "   lnLR (machine : human)"
    for rule, counts in sorted(rules.items()):
        rates = "".join(f"{1e5 * counts[group] / max(1, words[group]):12.2f}" for group in groups)
        machine, people = (_smoothed(counts, words, part) for part in (MACHINE, HUMAN))
        yield f"{rule:40}{rates}   {math.log(machine / people):5.2f}"
    for (group, detector), count in sorted(alarms.items()):
        if (each_system or group in groups) and words[group]:
            yield f"weight > 0 per 1,000 words  {group:60}{detector:12}{1000 * count / words[group]:8.4f}"


def _smoothed(counts: Counter[str], words: Counter[str], groups: tuple[str, ...]) -> float:
    return (sum(counts[group] for group in groups) + 0.5) / max(1, sum(words[group] for group in groups))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--detectors", nargs="+", default=["typography", "encoding", "repetition"])
    parser.add_argument("--half", choices=["work", "final"], default="work")
    parser.add_argument("--systems", type=int, default=3)
    parser.add_argument("--each-system", action="store_true", help="findings per 1,000 words for each set and system")
    parser.add_argument("--only-originals", action="store_true", help="leave the translations out")
    parser.add_argument("--by-weight", action="store_true", help="findings of one weight are one rule")
    parser.add_argument("--weak", action="store_true", help="weak machines against good ones")
    parser.add_argument("--examples", type=int, default=0, help="findings to print for each rule and kind of text")
    args = parser.parse_args()
    texts = [text for text in originals(args.data) if half(text.id) == args.half]
    if not args.only_originals:
        texts += [text for text in translations(args.data, args.systems, args.weak) if half(text.id) == args.half]
    print("\n".join(report(*measure(texts, args.detectors, args.examples, args.by_weight), args.each_system)))


if __name__ == "__main__":
    main()
