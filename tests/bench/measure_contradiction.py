"""What the settings of `contradiction` are worth: planted contradictions found, genuine articles charged.

    python tests/bench/measure_contradiction.py                                 # planted ones only
    python tests/bench/measure_contradiction.py --data DATA [--similarity 0.1]  # and false findings on Wikinews

``--data`` is a folder with german/wikinews.tsv.gz (an id, a tab, a passage a line) and mtht/wmt21_en-de.jsonl.gz. Articles are
given whatever siblings discovery finds; with ``--similarity`` below the shipped setting these are, on purpose, articles on
*other* events. Voices: how many pairs of translations of one text (by two people; by a person and a machine) count as one, and
how many of the independent reports of the planted stories.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

from audit.article import Article
from audit.auditor import Auditor
from audit.detectors import Context
from audit.detectors.contradiction import detect
from audit.siblings import Sibling, discover
from audit.siblings.facts import FactRules, read
from audit.siblings.voices import voices
from audit.types import Document, Finding

CASES = Path(__file__).parent.parent / "cases" / "contradiction"


def findings(auditor: Auditor, article: Article, mates: Sequence[Sibling]) -> list[Finding]:
    """The findings that a document of which nothing is known would be charged with."""
    settings = auditor.assets.settings["contradiction"]
    found = detect(Context(article, auditor.languages, auditor.assets, mates, {}, settings))
    return [finding for finding in found if finding.weight >= 0]


def planted(auditor: Auditor, path: Path) -> tuple[int, int, int]:
    """Planted contradictions found, all planted ones, and findings elsewhere."""
    found = total = others = 0
    for story in tomllib.loads(path.read_text(encoding="utf-8"))["story"]:
        witnesses = [auditor.article(Document(id=f"s{i}", text=text, story="s")) for i, text in enumerate(story["siblings"])]
        for plant in story["plants"]:
            text = story["article"].replace(plant["old"], plant["new"])
            start = text.index(plant["new"])
            article = auditor.article(Document(id="a", text=text, story="s"))
            mates = discover.discover([article], witnesses, auditor.assets.settings["siblings"])[0]
            rows = findings(auditor, article, mates)
            hits = [row for row in rows if row.start < start + len(plant["new"]) and start < row.end]
            found, total, others = found + bool(hits), total + 1, others + len(rows) - len(hits)
    return found, total, others


def genuine(auditor: Auditor, path: Path, similarity: float | None) -> tuple[int, int, int]:
    """False findings, words, and articles with two siblings or more."""
    passages: dict[str, list[str]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            name, _, text = line.rstrip("\n").partition("\t")
            passages[name].append(text)
    articles = [auditor.article(Document(id=name, text="\n\n".join(texts))) for name, texts in passages.items()]
    settings = dict(auditor.assets.settings["siblings"])
    if similarity is not None:
        settings |= {"similarity": similarity, "shared_keys": 2}
    false = words = several = 0
    for article, mates in zip(articles, discover.discover(articles, [], settings), strict=True):
        if not mates:
            continue
        words, several = words + article.words, several + (len(mates) > 1)
        for row in findings(auditor, article, mates):
            false += 1
            print(f"{article.document.id}: {row.quote!r} ({row.weight:.2f}): {row.message}")
    return false, words, several


def translations(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Two translations of each document: by two people, and by a person and a machine."""
    parts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            machine = min(name for name in row["hyps"] if not name.startswith("fx-"))
            for name, text in (("A", row["refs"]["A"]), ("C", row["refs"]["C"]), ("machine", row["hyps"][machine])):
                parts[row["doc"]][name].append(text)
    pairs = {"two people": ("A", "C"), "a person and a machine": ("A", "machine")}
    return {
        label: [("\n\n".join(texts[one]), "\n\n".join(texts[other])) for texts in parts.values()]
        for label, (one, other) in pairs.items()
    }


def reports() -> list[tuple[str, str]]:
    """Pairs of independent reports on one event."""
    found: list[tuple[str, str]] = []
    for path in sorted(CASES.glob("stories*.toml")):
        for story in tomllib.loads(path.read_text(encoding="utf-8"))["story"]:
            found += combinations([story["article"], *story["siblings"]], 2)
    return found


def one_voice(auditor: Auditor, pairs: Iterable[tuple[str, str]]) -> int:
    """How many of the pairs count as one voice."""
    names = ("facts", "rules/agreement", "morphology/nouns", "morphology/adjectives")
    settings, rules = auditor.assets.settings["contradiction"], FactRules.load(*(auditor.assets.path(name) for name in names))
    both = ([read(auditor.article(Document(id=str(i), text=text)), rules) for i, text in enumerate(pair)] for pair in pairs)
    return sum(len(set(voices(facts, settings))) == 1 for facts in both)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--similarity", type=float)
    options = parser.parse_args()
    auditor = Auditor("de")
    for path in sorted(CASES.glob("stories*.toml")):
        found, total, others = planted(auditor, path)
        print(f"{path.name}: {found} of {total} planted contradictions found ({found / total:.0%}), {others} other findings")
    if options.data:
        false, words, several = genuine(auditor, options.data / "german" / "wikinews.tsv.gz", options.similarity)
        pairs = {**translations(options.data / "mtht" / "wmt21_en-de.jsonl.gz"), "independent reports": reports()}
        for label, some in pairs.items():
            print(f"voices, {label}: {one_voice(auditor, some)} of {len(some)} pairs are one")
        print(f"Wikinews: {false} findings in {words} words, {several} articles with two siblings or more")


if __name__ == "__main__":
    main()
