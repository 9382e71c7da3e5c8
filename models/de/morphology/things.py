"""Builds things.txt.gz: nouns that neither speak nor think nor decide, told by how German texts use them.

    python models/de/morphology/things.py --data ../shared/data

Counted is how often a noun of nouns.tsv.gz is the subject of a verb of saying, thinking or deciding: right behind it with its
article ("sagte der Sprecher"), or at the start of a sentence with the verb behind ("Der Verband warnt"). A noun is a thing
where texts use it often and never, or hardly ever, so. People are left out whatever the counts say: surnames, nouns with a
feminine in -in (Arzt, Ärztin), weak masculines (Zeuge), nominalised adjectives, kinship. What is rare or doubtful is not in
the list.

Texts: debates of the Bundestag (official works), Wikinews (CC BY 2.5), Wikipedia (CC BY-SA), WMT news (research use): single
words and counts are taken from them, no text. A line of the result: a noun in the nominative singular.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from build import write

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
from audit.clauses import FINITE, JOINED, OTHER, PARTICIPLE, SPEECH, load_verbs  # noqa: E402
from audit.grammar import Grammar, load  # noqa: E402

TOKEN = re.compile(r"[\wäöüÄÖÜß-]+|[^\w\s]")
NOMINATIVE = 0x000F
PLURAL = 0x0008
LEAST = 40  # occurrences from which on it means something that a noun never speaks
SHARE = 1 / 1000  # "Der Bericht sagt" is said, though a report is a thing
# "Der Anschlag forderte Tote", "der Regen drohte": verbs whose subject may be a thing as well.
LOOSE = ("forder", "droh", "verlang", "plan", "verspr", "entsch", "unterst", "will", "woll", "weiß", "schreib", "schrieb", "sag")
PEOPLE = ("mann", "frau", "chef", "leute", "rat", "erin", "istin", "entin", "vater", "mutter", "staat", "tochter", "sohn")
KIN_WORDS = """
Nation
Vater Sohn Bruder Onkel Opa Papa Mann Papst Hund Star Junge Mutter Tochter Schwester Tante Oma Mama Frau Dame Person
Leiche Geisel Gast Kerl Typ Prinz Mönch Pfarrer Star Profi Promi Star Fan Boss Coach Kumpel Bub Zwilling Häftling
Flüchtling Säugling Liebling Neuling Lehrling Vorstand Beirat Rat Senat Staat Konzern Verein Verband Verlag Club Klub
Bund Kreml Westen Osten Norden Süden Iran Irak Sudan Libanon Vatikan Jemen Kongo Tschad Oman Rivale Star Gott Teufel
Engel Geist Feind Freund Dieb Wirt Koch Arzt König Graf Herzog Kaiser Zar Scheich Sultan Schah Emir Sieger Verlierer
Miss Single Kanzlei Bachelor Souverän Eintracht Gegenseite Hisbollah Kreistag
"""
KIN = frozenset(KIN_WORDS.split())


def texts(data: Path) -> Iterator[str]:
    for name in ("bundestag_2009-2015", "reden_barbaresi", "wikinews", "wikipedia_small", "wmt_original_2008-2022"):
        with gzip.open(data / "german" / f"{name}.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                yield line.rstrip("\n").split("\t")[-1]
    for path in sorted((data / "mtht").glob("wmt*-de.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield from (json.loads(line).get("refs") or {}).values()
    for path in sorted((data / "parallel").glob("news_*-de.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield line.rstrip("\n").split("\t")[-1]


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    options = args.parse_args()
    rules = HERE.parent / "rules"
    grammar = load(rules / "agreement.toml", HERE / "nouns.tsv.gz", HERE / "adjectives.txt.gz")
    verbs = load_verbs(HERE / "verbs.tsv.gz", rules / "clauses.toml")
    speaks = {form for form, bits in verbs.forms.items() if bits & SPEECH and bits & FINITE and not bits & (JOINED | OTHER)}
    strict = {form for form in speaks if not form.startswith(LOOSE) and not verbs.forms[form] & PARTICIPLE}
    total: Counter[str] = Counter()
    subject: Counter[str] = Counter()
    surname: Counter[str] = Counter()
    given = set((HERE.parent / "names" / "given_names.txt").read_text(encoding="utf-8").split())
    for text in texts(options.data):
        words = TOKEN.findall(text)
        for i, word in enumerate(words):
            if word[0].isupper() and len(word) > 2:
                total[word] += 1
                surname[word] += i > 0 and words[i - 1] in given
            if word in speaks:
                for noun, bare in (behind(words, i, grammar), before(words, i, grammar)):
                    if noun and (word in strict or not bare):
                        subject[noun] += 5 if word in strict else 1
    often = {noun for noun, n in subject.items() if n >= 25 and n > 5 * total[noun] / 80 and len(noun) > 2}
    speakers = tuple(sorted(noun.lower() for noun in often))
    kept = [
        noun for noun, n in total.items()
        if n >= LEAST and subject[noun] <= SHARE * 5 * n and noun not in given
        and (surname[noun] < 2 or surname[noun] < n / 100) and is_thing(noun, grammar) and not noun.lower().endswith(speakers)
    ]  # fmt: skip
    write(HERE / "things.txt.gz", "".join(f"{noun}\n" for noun in sorted(kept)))


def is_thing(noun: str, grammar: Grammar) -> bool:
    """Whether the form of a masculine or feminine singular leaves it open that this is a thing."""
    mask = grammar.noun(noun)
    if not mask & 0x3 or mask & PLURAL or noun in KIN or not grammar.nouns.get(noun):
        return False
    if mask & 0x1 and not mask & 0x1000:  # weak: den Zeugen
        return False
    feminines = {f"{noun.removesuffix('e')}in", f"{umlauted(noun)}in", f"{noun.removesuffix('er')}erin"}
    return not (feminines & grammar.nouns.keys() or grammar.is_adjective(noun.lower()) or noun.endswith(PEOPLE))


def umlauted(noun: str) -> str:
    for i in range(len(noun) - 1, -1, -1):
        if noun[i].lower() in "aou":
            letter = {"a": "ä", "o": "ö", "u": "ü"}[noun[i].lower()]
            return noun[:i] + (letter.upper() if noun[i].isupper() else letter) + noun[i + 1 :]
    return noun


def behind(words: list[str], i: int, grammar: Grammar) -> tuple[str, bool]:
    """The noun of the phrase right behind a verb, and whether it is bare, perhaps a name ("sagte Vogt")."""
    for j in range(i + 1, min(len(words), i + 5)):
        word = words[j]
        if word[0].isupper() and len(word) > 2:
            opened = j == i + 1 or words[i + 1] in ("der", "die", "das", "ein", "eine")
            return (word if opened and grammar.noun(word) & NOMINATIVE else ""), j == i + 1
        if word not in grammar.determiners and not grammar.is_adjective(word):
            break
    return "", False


def before(words: list[str], i: int, grammar: Grammar) -> tuple[str, bool]:
    """The noun right before a verb that opens the sentence, with its article or bare: "Der Verband warnt"."""
    word = words[i - 1] if i else ""
    if len(word) < 3 or not word[0].isupper() or not grammar.noun(word) & NOMINATIVE:
        return "", False
    j = i - 2
    while j >= 0 and words[j][0].islower() and grammar.is_adjective(words[j]):
        j -= 1
    bare = j == i - 2
    if j >= 0 and words[j] in ("Der", "Die", "Das", "Ein", "Eine"):
        bare, j = False, j - 1
    ordinal = j > 0 and words[j - 1].isdigit()  # "am 3. Januar sagte"
    return (word if j < 0 or (words[j] in ".!?“\":" and not ordinal) else ""), bare


if __name__ == "__main__":
    main()
