"""How many slips the network finds, and how much it suspects in genuine German and in machine translations.

    python models/de/slips/measure.py --data DIR [--weights FILE] [--sentences 250] [--words 100000] [--kinds]

Slips: each maker of corrupt.py puts one into sentences of genuine news that no training drew from (tagged by HanTa); a slip is
found where a suspicion of any kind reaches it. Suspicions per 100,000 words, by score: in the same news, in debates, in people's
translations and in machine translations of years that were left out. ``--kinds`` lists the suspicions of each kind as well.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from corrupt import MAKERS, Corrupted, Maker, Tagged, seam
from sentences import LEAST_EDITED, YEARS_OUT, quarter, rows

from audit.article import Article
from audit.auditor import Auditor
from audit.neural.slips import Network, load
from audit.neural.suspicions import _search
from audit.syntax import load_lexis
from audit.text import tokenize
from audit.types import Document

STEPS = (0.5, 0.7, 0.8, 0.9, 0.95)
SHORTEST, LONGEST, SEGMENTS = 8, 40, 12
LANGUAGE_MODELS = re.compile(r"(maps-alpaca|bayling-(alpaca|bayling|bloomz|parrot)).*7b")
OLDER = ("taraxu_en-de", "taraxu_es-de")  # of 2010: rules and statistics


def news(data: Path) -> Iterator[str]:
    """Paragraphs of news whose outlet or article is in none of the quarter that training drew from."""
    for row in rows(data / "german/wikinews.tsv.gz"):
        if quarter(f"wn/{row[0]}"):
            yield from row[-1].split("\\n")
    for row in rows(data / "german/wmt_original_2008-2022.tsv.gz"):
        document = row[2] or f"{row[0]}-{row[4][:-1]}"
        if row[1] == "news" and quarter(re.split(r"[._-]", f"wmt/{document}", maxsplit=1)[0]):
            yield row[-1]


def debates(data: Path) -> Iterator[str]:
    yield from (row[1] for i, row in enumerate(rows(data / "german/bundestag_2009-2015.tsv.gz")) if i % 150 < 3)


def segments(data: Path, name: str) -> Iterator[dict[str, dict[str, str]]]:
    with gzip.open(data / "mtht" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def people(data: Path) -> Iterator[str]:
    for year in sorted(YEARS_OUT):
        for row in segments(data, f"wmt{year % 100:02}_en-de"):
            if row.get("origlang") != "de":
                edited = row.get("refsim", {})
                yield from (text for name, text in row["refs"].items() if edited.get(name, [0])[0] < LEAST_EDITED)  # type: ignore[operator]


def machines(data: Path, names: tuple[str, ...], chosen: Callable[[str], bool]) -> Iterator[str]:
    """Outputs of the systems chosen, one system after the other."""
    for name in names:
        texts: dict[str, list[str]] = defaultdict(list)
        for row in segments(data, name):
            for system, text in row["hyps"].items():
                if chosen(system):
                    texts[system].append(text)
        for system in sorted(texts):
            yield from texts[system]


def texts(data: Path) -> dict[str, Iterator[str]]:
    out = tuple(f"wmt{year % 100:02}_en-de" for year in sorted(YEARS_OUT))
    return {
        "news": news(data),
        "debates": debates(data),
        "references": people(data),
        "systems of 2021": machines(data, ("wmt21_en-de",), lambda name: not name.startswith("fx-")),
        "Bergamot tiny": machines(data, out, lambda name: name == "fx-bergamot-tiny"),
        "MLQE 2020": machines(data, ("mlqe_pe_en-de",), lambda name: True),
        "language models of 7 billion weights": machines(data, ("wmt22_en-de",), lambda name: bool(LANGUAGE_MODELS.match(name))),
        "older systems": machines(data, OLDER, lambda name: not name.startswith("fx-")),
    }


def tagged(paragraphs: Iterator[str]) -> list[Tagged]:
    """Whole sentences of running text, in an order drawn once."""
    from HanTa import HanoverTagger
    from sentencex import segment

    tagger = HanoverTagger.HanoverTagger("morphmodel_ger.pgz")
    every = sorted({s.strip() for text in paragraphs for s in segment("de", text)})
    random.Random(11).shuffle(every)
    found: list[Tagged] = []
    for sentence in every:
        words = [token.text for token in tokenize(sentence)]
        if SHORTEST <= len(words) <= LONGEST and words[-1] == ".":
            triples = tagger.tag_sent(words)
            found.append(Tagged(tuple(words), tuple(t[2] for t in triples), tuple(t[1] for t in triples)))
        if len(found) == 4000:  # enough for the rarest kind
            break
    return found


def is_found(made: Corrupted, net: Network) -> float:
    """The highest score of a suspicion at the words that bear the slip."""
    sentence = tokenize(" ".join(made.words))
    if len(sentence) != len(made.words):  # a mark that is read otherwise when spaced
        return -1.0
    (scores,) = net.probabilities([sentence])
    return float(max(1 - scores[i, 0] for i, label in enumerate(made.labels) if label))


def slips(net: Network, sentences: list[Tagged], count: int) -> None:
    """Prints for each maker the share of its slips that are found."""

    def run_together(s: Tagged, rng: random.Random) -> Corrupted | None:
        return seam(s, rng.choice(sentences))

    makers: list[Maker] = [*(maker for maker, _ in MAKERS), run_together]
    names = [maker.__name__ for maker in makers]
    # makers that are closures of one function are told by the kind of what they make
    for maker, name in zip(makers, names, strict=True):
        rng, scores, kind = random.Random(7), [], name
        for sentence in sentences:
            made = maker(sentence, rng)
            if made is not None and any(made.labels) and (score := is_found(made, net)) >= 0:
                scores.append(score)
                kind = net.kinds[max(made.labels)] if name == "make" else name
            if len(scores) == count:
                break
        shares = "".join(f"{sum(score >= least for score in scores) / max(1, len(scores)):>8.2f}" for least in STEPS)
        print(f"{kind:<22}{len(scores):>6}{shares}")


def suspected(auditor: Auditor, net: Network, paragraphs: Iterator[str], most: int) -> tuple[int, Counter[tuple[str, float]]]:
    """Words read, and suspicions by kind and step ("all" for any kind)."""
    words, found = 0, Counter[tuple[str, float]]()
    while words < most and (part := list(islice(paragraphs, SEGMENTS))):
        article: Article = auditor.article(Document(id="measured", text="\n\n".join(part)))
        words += article.words
        for suspicion in _search(article, net):
            for least in STEPS:
                if suspicion.score >= least:
                    found.update([("all", least), (suspicion.kind, least)])
    return words, found


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--weights", type=Path, help="another slips.safetensors than the one that ships")
    args.add_argument("--sentences", type=int, default=250, help="slips of each kind")
    args.add_argument("--words", type=int, default=100_000, help="words read of each kind of text, at most")
    args.add_argument("--kinds", action="store_true")
    options = args.parse_args()
    auditor = Auditor("de")
    net = load(options.weights or auditor.assets.path("slips"), load_lexis(auditor.assets))
    print(f"{'share found of':<22}{'slips':>6}" + "".join(f"{least:>8}" for least in STEPS))
    slips(net, tagged(news(options.data)), options.sentences)
    print("\nsuspicions per 100,000 words, by score")
    for name, paragraphs in texts(options.data).items():
        words, found = suspected(auditor, net, paragraphs, options.words)
        for kind in sorted({kind for kind, _ in found}) if options.kinds else ["all"]:
            rates = "".join(f"{100_000 * found[kind, least] / words:>8.0f}" for least in STEPS)
            print(f"{name:<38}{words:>8} words  {kind:<20}{rates}")


if __name__ == "__main__":
    main()
