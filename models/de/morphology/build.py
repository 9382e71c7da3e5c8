"""Builds nouns.tsv.gz: every form of a German noun with the cases, numbers and genders it can stand for.

    python models/de/morphology/build.py --nouns PATH/german_nouns/nouns.csv --data ../shared/data

``--nouns`` is the table of the package german-nouns (CC BY-SA 4.0, compiled from the German Wiktionary; install it without
its dependencies, or unpack the wheel), ``--data`` the folder that holds lexicon/wordfreq_de.tsv.gz (CC BY-SA 4.0): forms that
a word list of the present language does not know, and that are no short words, are left out, as are names.

A line of the result: the form, a tab, its readings as four hexadecimal digits. Bit 4 × case + kind is set where the form can
be that: cases nominative, genitive, dative, accusative (0–3), kinds masculine, feminine, neuter singular, plural (0–3).
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import defaultdict
from pathlib import Path

CASES = ("nominativ", "genitiv", "dativ", "akkusativ")
GENDERS = {"m": 0, "f": 1, "n": 2}
PLURAL = 3
NAMES = ("name", "toponym", "wortverbindung", "abkürzung", "affix", "lexem", "buchstabe", "zahl")
DETERMINERS = frozenset(
    {"dies", "jed", "jen", "welch", "manch", "solch", "ein", "kein", "mein", "dein", "sein", "ihr", "unser", "eu", "euer"}
    | {"all", "irgendein", "jedwed", "derjenig"}
)
SHORT = 8  # a form of at most this length is kept even where the word list does not know it
LEAST_ZIPF = 1.0


def readings(row: dict[str, str]) -> dict[str, int]:
    """The readings of every form in one row of the table."""
    genders = [GENDERS[row[key]] for key in ("genus", "genus 1", "genus 2", "genus 3", "genus 4") if row.get(key) in GENDERS]
    forms: dict[str, int] = defaultdict(int)
    for column, form in row.items():
        if not form or (" " in column and column.split()[0] not in CASES):
            continue
        head = column.split()
        if head[0] not in CASES or len(head) < 2:
            continue
        case = CASES.index(head[0])
        number = head[1].rstrip("*")
        if number == "plural":
            forms[form] |= 1 << (4 * case + PLURAL)
            continue
        numbered = row.get(f"genus {head[2]}") if len(head) > 2 and head[2].isdigit() else None
        for gender in [GENDERS[numbered]] if numbered in GENDERS else genders:
            forms[form] |= 1 << (4 * case + gender)
    return forms


def stems(zipf: dict[str, float], determiners: frozenset[str]) -> list[str]:
    """Stems that take -e, -em, -en, -er and -es and are no determiners: adjectives and participles."""
    endings = ("e", "em", "en", "er", "es")
    candidates = sorted(word[:-2] for word in zipf if word.endswith("em") and len(word) > 4 and word.isalpha())
    return [s for s in candidates if s not in determiners and all(zipf.get(s + end, 0.0) >= LEAST_ZIPF for end in endings)]


def write(path: Path, lines: str) -> None:
    """Gzip without a time stamp: the same content, the same bytes."""
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file:
        file.write(lines.encode("utf-8"))
    print(f"{path.name}: {lines.count(chr(10))} lines, {path.stat().st_size} bytes")


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--nouns", type=Path, required=True)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = args.parse_args()
    with gzip.open(options.data / "lexicon" / "wordfreq_de.tsv.gz", "rt", encoding="utf-8") as file:
        zipf = {word: float(value) for word, value in (line.rstrip("\n").split("\t")[:2] for line in list(file)[1:])}
    forms: dict[str, int] = defaultdict(int)
    with options.nouns.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if any(name in row["pos"].lower() for name in NAMES) or not row["lemma"][:1].isupper():
                continue
            for form, mask in readings(row).items():
                forms[form] |= mask
    kept = {
        form: mask
        for form, mask in forms.items()
        if mask
        and form.isalpha()
        and len(form) > 2
        and (len(form) <= SHORT or zipf.get(form.lower().replace("ß", "ss"), 0.0) >= LEAST_ZIPF)
    }
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out / "nouns.tsv.gz", "".join(f"{form}\t{mask:04x}\n" for form, mask in sorted(kept.items())))
    write(options.out / "adjectives.txt.gz", "".join(f"{stem}\n" for stem in stems(zipf, DETERMINERS)))


if __name__ == "__main__":
    main()
