"""The quality gate: floors under what each detector finds and leaves alone, and under the audit of the bundled stories.

    python tests/gate.py                                          # figures and floors, side by side
    python tests/gate.py --raise                                  # lift every floor to the figure of today; none is lowered
    python tests/gate.py --lower calque.found --reason "…"        # lower one to the figure of today; the reason is kept

``cases`` is the number of cases, ``found`` the share of the texts with a flaw in which the detector finds it, ``silent`` the
share of innocent texts that it leaves alone (tests/cases); ``stories`` are the measures of `audit.evaluate` on reports/stories
with reports/gold. Figures of ``ceilings`` must not rise, all others must not fall.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

TESTS = Path(__file__).resolve().parent
GATE = TESTS / "gate.toml"
CASES = TESTS / "cases"
REPORTS = TESTS.parent / "reports"
CEILINGS = ("stories.false_per_1000", "stories.people_accused")
# Rounding of a floor: what a last digit does must not fail a build.
_DIGITS = 4
# A short line passes for a headline, which some detectors do not judge.
_TAIL = " So stand es am nächsten Tag in der Zeitung."
_BODY = "Der Rat der Stadt hat am Montag nach langer Debatte dem Bau der neuen Brücke zugestimmt.\n\n"
# Log odds from which a finding counts as made: even ones; where siblings prove it, those that become even in a page that is a
# machine's beyond doubt.
_LEAST = {"wrong_sense": -0.7, "term_drift": -0.7}


class Case(NamedTuple):
    """A text, the words that must be found (none: the detector must be silent), and the siblings."""

    text: str
    quote: str | None
    siblings: tuple[str, ...] = ()


def cases() -> dict[str, list[Case]]:
    """The cases of each detector that tests/cases has."""
    readers = {
        "agreement": _bracketed,
        "pronoun": _bracketed,
        "calque": _headed,
        "garbled": _headed,
        "foreign_fragment": _plain,
        "name_variant": _plain,
        "typography": _plain,
        "encoding": _plain,
        "repetition": _plain,
        "site_furniture": _furniture,
        "translated_name": _accompanied,
        "term_drift": _accompanied,
    }
    found = {name: list(reader(name)) for name, reader in readers.items()}
    return found | {"contradiction": list(_contradictions()), "wrong_sense": list(_pairs())}


def _rows(name: str) -> Iterator[list[str]]:
    for line in (CASES / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split("\t")


def _bracketed(name: str) -> Iterator[Case]:
    for kind, text, *_ in _rows(name):
        marked = re.search(r"\[([^\]]+)\]", text)
        written = "\n\n".join(part + _TAIL for part in text.replace("[", "").replace("]", "").split(" ¶ "))
        yield Case(written, marked[1] if kind == "fires" and marked else None)


def _headed(name: str) -> Iterator[Case]:
    rows = _rows(name)
    head = next(rows)
    for cells in rows:
        row = dict(zip(head, cells, strict=True))
        yield Case(row["text"], row["quote"] if row["verdict"] == "fires" else None)


def _plain(name: str) -> Iterator[Case]:
    quoted = {"foreign_fragment": 1, "name_variant": 1}.get(name, 2)
    for row in _rows(name):
        cells = [_unescaped(cell) for cell in row] if name == "encoding" else row
        yield Case(cells[0], None if cells[1] == "-" else cells[quoted])


def _unescaped(cell: str) -> str:
    return re.sub(r"\\(?:\\|u([0-9a-f]{4})|U([0-9a-f]{8}))", lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else "\\", cell)


def _furniture(name: str) -> Iterator[Case]:
    for line, kind in _rows(name):
        yield Case(_BODY + line, None if kind == "-" else line)


def _accompanied(name: str) -> Iterator[Case]:
    for text, quote, sibling in _rows(name):
        yield Case(text.replace(" ¶ ", "\n\n"), None if quote == "-" else quote, (sibling,))


def _contradictions() -> Iterator[Case]:
    for path in sorted((CASES / "contradiction").glob("stories*.toml")):
        for story in tomllib.loads(path.read_text(encoding="utf-8"))["story"]:
            siblings = tuple(story["siblings"])
            yield Case(story["article"], None, siblings)
            for plant in story["plants"]:
                yield Case(story["article"].replace(plant["old"], plant["new"]), plant["new"], siblings)
    for case in tomllib.loads((CASES / "contradiction" / "lookalikes.toml").read_text(encoding="utf-8"))["case"]:
        yield Case(case["article"], None, tuple(case["siblings"]))


def _pairs() -> Iterator[Case]:
    for path in sorted((CASES / "wrong_sense").glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("\n\n")[1:]:
            head, *lines = block.strip().splitlines()
            written = head.partition(" | ")[2].partition(" > ")[0]
            texts = {line[0]: line[2:] for line in lines}
            yield Case(texts["-"], written, tuple(texts["+"].split(" // ")))
            yield Case(texts["="], None, tuple(texts["~"].split(" // ")))


def measured() -> dict[str, float]:
    """Every figure by its name."""
    from audit.auditor import Auditor

    auditor = Auditor("de")
    figures: dict[str, float] = {}
    for name, rows in cases().items():
        hits = [_is_found(auditor, name, case) for case in rows]
        wrong = [hit for hit, case in zip(hits, rows, strict=True) if case.quote]
        right = [not hit for hit, case in zip(hits, rows, strict=True) if not case.quote]
        figures[f"{name}.cases"] = len(rows)
        figures[f"{name}.found"] = round(sum(wrong) / len(wrong), _DIGITS)
        figures[f"{name}.silent"] = round(sum(right) / len(right), _DIGITS)
    return figures | _stories()


def _is_found(auditor: Any, name: str, case: Case) -> bool:
    """Whether the detector finds the words; in an innocent text, whether it finds anything."""
    from audit.detectors import detectors
    from audit.siblings import discover
    from audit.types import Document

    article = auditor.article(Document(id="audited", text=case.text, story="s"))
    others = [auditor.article(Document(id=f"sibling-{i}", text=text, story="s")) for i, text in enumerate(case.siblings)]
    mates = discover.discover([article], others, auditor.sibling_settings)[0] if others else ()
    found = detectors()[name].detect(auditor.context(article, mates, name))
    made = [finding for finding in found if finding.weight >= _LEAST.get(name, 0.0)]
    if case.quote is None:
        return bool(made)
    return any(finding.quote in case.quote or _stem(case.quote) in finding.quote for finding in made)


def _stem(quote: str) -> str:
    """A word of the challenge set is given as its lemma; what is written may be inflected."""
    return quote.strip(".,")


def _stories() -> dict[str, float]:
    from audit.auditor import Auditor
    from audit.evaluate import evaluate, read_gold, read_labels
    from audit.io import read
    from audit.options import Options
    from audit.types import Document

    documents = [row for row in read([str(REPORTS / "stories")]) if isinstance(row, Document)]
    record = Auditor("de", options=Options(min_probability=0.0)).audit(documents)
    result = evaluate(record, read_gold(REPORTS / "gold" / "gold.jsonl"), read_labels(REPORTS / "gold" / "labels.jsonl"))
    figures = {
        "gold": result.gold,
        "recall": result.recall.value,
        "average_precision": result.average_precision,
        "auc": result.verdicts.auc,
        "machine_called": result.verdicts.machine_called.value,
        "people_accused": result.verdicts.people_accused.value,
        "false_per_1000": result.false.per_1000,
    }
    return {f"stories.{name}": round(value, _DIGITS) for name, value in figures.items() if value is not None}


def floors() -> dict[str, float]:
    """What tests/gate.toml holds, by the names of the figures."""
    return {
        f"{name}.{key}": value
        for name, rows in tomllib.loads(GATE.read_text("utf-8"))["floors"].items()
        for key, value in rows.items()
    }


def fallen(figures: dict[str, float], held: dict[str, float]) -> list[str]:
    """What is worse than its floor, a line each; a figure without a floor, or a floor without a figure, is too."""
    lines = [f"{name}: no floor in {GATE.name} (python tests/gate.py --raise)" for name in sorted(figures.keys() - held.keys())]
    for name, floor in held.items():
        value = figures.get(name)
        if value is None:
            lines.append(f"{name}: not measured any more")
        elif value > floor if name in CEILINGS else value < floor:
            lines.append(f"{name}: {value:g} is worse than {floor:g}")
    return lines


def raised(figures: dict[str, float], held: dict[str, float]) -> dict[str, float]:
    """The better of figure and floor."""
    better = {name: (min if name in CEILINGS else max)(value, held.get(name, value)) for name, value in figures.items()}
    return {**held, **better}


def write(held: dict[str, float], lowered: list[dict[str, Any]]) -> None:
    """tests/gate.toml anew, in a fixed order."""
    lines = [
        "# Floors under the figures of tests/gate.py, which explains and changes this file; a test holds the program to them."
    ]
    for section in sorted({name.partition(".")[0] for name in held}):
        lines += ["", f"[floors.{section}]"]
        lines += [f"{name.partition('.')[2]} = {value:g}" for name, value in held.items() if name.startswith(f"{section}.")]
    for row in lowered:
        said = row["reason"].replace("\\", "\\\\").replace('"', '\\"')
        lines += [
            "",
            "[[lowered]]",
            f'figure = "{row["figure"]}"',
            f"from = {row['from']:g}",
            f"to = {row['to']:g}",
            f'reason = "{said}"',
        ]
    GATE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--raise", dest="lift", action="store_true", help="lift every floor to the figure of today")
    args.add_argument("--lower", metavar="FIGURE", help="lower this floor to the figure of today")
    args.add_argument("--reason", help="why; at least four words, kept in the file")
    chosen = args.parse_args()
    if bool(chosen.lower) != bool(chosen.reason) or (chosen.reason and len(chosen.reason.split()) < 4):
        args.error("--lower and --reason go together, and a reason has at least four words")
    figures = measured()
    held = floors() if GATE.exists() else {}
    lowered = tomllib.loads(GATE.read_text("utf-8")).get("lowered", []) if GATE.exists() else []
    if chosen.lower:
        if chosen.lower not in figures:
            args.error(f"no figure named {chosen.lower}")
        lowered.append({"figure": chosen.lower, "from": held[chosen.lower], "to": figures[chosen.lower], "reason": chosen.reason})
        held[chosen.lower] = figures[chosen.lower]
        write(held, lowered)
    elif chosen.lift:
        held = raised(figures, held)
        write(held, lowered)
    for name, value in figures.items():
        print(f"{name:<32}{value:>10g}{held.get(name, float('nan')):>10g}")
    worse = fallen(figures, held)
    print("\n".join(worse) or "nothing has fallen", file=sys.stderr)
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main())
