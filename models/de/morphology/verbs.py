"""Builds verbs.tsv.gz: every form of a German verb with the persons and numbers it can stand for.

    python models/de/morphology/verbs.py --data ../shared/data

Infinitives are those that several dictionaries name (lexicon/*-de.tsv.gz, Wiktionary, CC BY-SA), kept where a word list of the
present language (lexicon/wordfreq_de.tsv.gz, CC BY-SA 4.0) knows their preterite or participle; forms follow from the principal
parts in models/de/rules/conjugate.py and below, own work, behind every prefix that the word list confirms.

A line of the result: the form, a tab, its readings as three hexadecimal digits, the sum of

    1, 2, 4     first, second, third person singular         8, 10, 20   the same in the plural
    40          past participle                              80          infinitive
    100         joined with its particle ("anruft"): finite only at the end of a clause, or not finite at all
    200         a word of another class, too ("weit", "laut", "statt")
    400         only of those who speak, think or decide (the list speech in models/de/rules/clauses.toml)
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

from build import write

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "rules"))
from conjugate import STRONG, weak  # noqa: E402

S1, S2, S3, P1, P2, P3 = 0x1, 0x2, 0x4, 0x8, 0x10, 0x20
PARTICIPLE, INFINITIVE, JOINED, OTHER, SPEECH = 0x40, 0x80, 0x100, 0x200, 0x400
LEAST_ZIPF = 1.0
DICTIONARIES = ("en", "es", "fr", "it", "nl")

MORE_STRONG = """
fliehen flieht floh geflohen flöhe
gelingen gelingt gelang gelungen gelänge
misslingen misslingt misslang misslungen misslänge
lügen lügt log gelogen löge
trügen trügt trog getrogen tröge
ringen ringt rang gerungen ränge
schwingen schwingt schwang geschwungen schwänge
dringen dringt drang gedrungen dränge
zwingen zwingt zwang gezwungen zwänge
schlingen schlingt schlang geschlungen schlänge
klingen klingt klang geklungen klänge
winden windet wand gewunden wände
scheiden scheidet schied geschieden schiede
schreiten schreitet schritt geschritten schritte
streiten streitet stritt gestritten stritte
gleiten gleitet glitt geglitten glitte
kriechen kriecht kroch gekrochen kröche
riechen riecht roch gerochen röche
fließen fließt floss geflossen flösse
genießen genießt genoss genossen genösse
schreien schreit schrie geschrien schriee
verzeihen verzeiht verzieh verziehen verziehe
gedeihen gedeiht gedieh gediehen gediehe
preisen preist pries gepriesen priese
meiden meidet mied gemieden miede
schweigen schweigt schwieg geschwiegen schwiege
reiben reibt rieb gerieben riebe
schleichen schleicht schlich geschlichen schliche
streichen streicht strich gestrichen striche
laden lädt lud geladen lüde
schaffen schafft schuf geschaffen schüfe
blasen bläst blies geblasen bliese
braten brät briet gebraten briete
saufen säuft soff gesoffen söffe
heißen heißt hieß geheißen hieße
schmelzen schmilzt schmolz geschmolzen schmölze
schwellen schwillt schwoll geschwollen schwölle
quellen quillt quoll gequollen quölle
löschen lischt losch geloschen lösche
wiegen wiegt wog gewogen wöge
wägen wägt wog gewogen wöge
biegen biegt bog gebogen böge
frieren friert fror gefroren fröre
fechten ficht focht gefochten föchte
flechten flicht flocht geflochten flöchte
stechen sticht stach gestochen stäche
schrecken schrickt schrak geschrocken schräke
werben wirbt warb geworben würbe
befehlen befiehlt befahl befohlen befähle
empfehlen empfiehlt empfahl empfohlen empfähle
gebären gebärt gebar geboren gebäre
genesen genest genas genesen genäse
schleifen schleift schliff geschliffen schliffe
pfeifen pfeift pfiff gepfiffen pfiffe
schelten schilt schalt gescholten schölte
bersten birst barst geborsten bärste
steigen steigt stieg gestiegen stiege
treiben treibt trieb getrieben triebe
stinken stinkt stank gestunken stänke
hauen haut hieb gehauen hiebe
spinnen spinnt spann gesponnen spänne
sinnen sinnt sann gesonnen sänne
rinnen rinnt rann geronnen ränne
bewegen bewegt bewog bewogen bewöge
"""
PAST_PRESENT = {"können", "müssen", "sollen", "wollen", "dürfen", "mögen", "wissen"}
INSEPARABLE = ("be", "emp", "ent", "er", "ge", "hinter", "miss", "ver", "wider", "zer", "über", "unter", "um", "durch", "voll")
SEPARABLE_WORDS = """
ab an auf aus bei da dabei dafür dagegen daher dahin daran davon dazu ein empor entgegen fehl fern fest fort frei
gegenüber gleich heim her herab heran herauf heraus herbei herein herum herunter hervor hin hinauf hinaus hinein
hinter hinunter hinweg hinzu hoch klar los mit nach nieder offen preis statt still stand teil tot um unter voll vor
voran voraus vorbei vorüber vorweg weg weiter wieder zu zurecht zurück zusammen zuvor zuwider durch über
"""
SEPARABLE = tuple(SEPARABLE_WORDS.split())
SEIN = {
    "bin": S1, "bist": S2, "ist": S3, "sind": P1 | P3, "seid": P2, "war": S1 | S3, "warst": S2, "waren": P1 | P3, "wart": P2,
    "sei": S1 | S3, "seist": S2, "seien": P1 | P3, "wäre": S1 | S3, "wärst": S2, "wären": P1 | P3, "gewesen": PARTICIPLE,
}  # fmt: skip


def split_prefix(verb: str, bases: dict[str, list[str]]) -> tuple[str, str]:
    """A verb as prefix and listed base; the longest base wins, no prefix where the verb is listed itself."""
    for cut in range(len(verb) - 3):
        prefix, base = verb[:cut], verb[cut:]
        if base in bases and (not prefix or prefix in INSEPARABLE or prefix in SEPARABLE or is_double(prefix)):
            return prefix, base
    return "", ""


def is_double(prefix: str) -> bool:
    """Whether two prefixes stand here: "vorent|halten", "anver|trauen"."""
    return any(prefix.startswith(s) and prefix[len(s) :] in INSEPARABLE for s in SEPARABLE)


def strong_forms(verb: str, prefix: str, parts: list[str]) -> dict[str, int]:
    """Every form of a strong verb, its prefix joined."""
    infinitive, third, past, participle, subjunctive = parts
    stem = infinitive.removesuffix("en") if infinitive.endswith("en") else infinitive.removesuffix("n")
    link = "e" if stem.endswith(("t", "d")) else ""
    plural = past + ("n" if past.endswith("e") else "en")
    forms: dict[str, int] = defaultdict(int)
    if infinitive == "sein":
        forms |= SEIN | {"sein": INFINITIVE}
    else:
        forms[infinitive] |= INFINITIVE | P1 | P3
        forms[stem + "e"] |= S1 | S3
        forms[third] |= S1 | S3 if infinitive in PAST_PRESENT else S3
        forms[stem + link + "t"] |= P2
        forms[past] |= S1 | S3
        forms[plural] |= P1 | P3
        forms[subjunctive] |= S1 | S3
        forms[subjunctive + ("" if subjunctive.endswith("en") else "n")] |= P1 | P3
        forms[participle] |= PARTICIPLE
    if infinitive == "werden":
        forms["worden"] |= PARTICIPLE
    return prefixed(prefix, forms, participle)


def prefixed(prefix: str, forms: dict[str, int], participle: str) -> dict[str, int]:
    """The forms behind a prefix; an inseparable one swallows the participle's ge-, a separable one marks finite forms."""
    if not prefix:
        return dict(forms)
    result: dict[str, int] = defaultdict(int)
    separable = prefix in SEPARABLE or is_double(prefix)
    inseparable = prefix in INSEPARABLE or is_double(prefix)
    for form, bits in forms.items():
        if form in (participle, "gewesen"):
            if separable:
                result[prefix + form] |= PARTICIPLE
            if inseparable:
                result[prefix + (form.removeprefix("ge") if not form.startswith("gege") else form[2:])] |= PARTICIPLE
        else:
            both = separable and inseparable and prefix in INSEPARABLE
            result[prefix + form] |= bits | (JOINED if separable and not both else 0)
            if separable and bits & INFINITIVE:
                result[prefix + "zu" + form] |= INFINITIVE | JOINED
    return dict(result)


def weak_forms(verb: str, prefix: str, zipf: dict[str, float]) -> dict[str, int]:
    """Every form of a regular verb."""
    base = verb.removeprefix(prefix)
    infinitive, finite, participles = weak(base)
    stem = finite[2]
    if not prefix and not known(participles[0], zipf):  # "umfassen": umfasst, not geumfasst
        participles = [stem]
    forms: dict[str, int] = defaultdict(int)
    forms[infinitive] |= INFINITIVE | P1 | P3
    forms[finite[1]] |= S1 | S3
    forms[stem] |= S3 | P2
    forms[stem + "e"] |= S1 | S3
    forms[stem + "en"] |= P1 | P3
    forms[participles[0]] |= PARTICIPLE
    return prefixed(prefix, forms, participles[0])


def prefix_of_weak(verb: str, zipf: dict[str, float]) -> str:
    """The separable prefix of a regular verb, told by a participle with -ge- or an infinitive with -zu- in the word list."""
    for prefix in sorted(SEPARABLE, key=len, reverse=True):
        base = verb.removeprefix(prefix)
        if base != verb and len(base) > 3 and (zipf.get(f"{prefix}zu{base}", 0) >= LEAST_ZIPF):
            return prefix
    return ""


def infinitives(data: Path) -> set[str]:
    """Verbs that dictionaries name, at least two entries of them."""
    counts: Counter[str] = Counter()
    for lang in DICTIONARIES:
        with gzip.open(data / "lexicon" / f"{lang}-de.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                _, pos, german, _, _, provenance, *_ = line.rstrip("\n").split("\t")
                german = german.removeprefix("sich ")
                word = german.isalpha() and german.islower() and german.endswith("n")
                if pos == "verb" and word and "ergane" not in provenance:  # that dictionary is GPL
                    counts[german] += 1
    return {verb for verb, n in counts.items() if n >= 2 and len(verb) > 2}


def other_words(data: Path) -> set[str]:
    """Adjectives, adverbs and function words that dictionaries name."""
    words: set[str] = set()
    for lang in DICTIONARIES:
        with gzip.open(data / "lexicon" / f"{lang}-de.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                _, pos, german, _, _, provenance, *_ = line.rstrip("\n").split("\t")
                if pos in ("adj", "adv", "prep", "conj", "pron", "det", "num") and german.islower() and "pivot" not in provenance:
                    words.add(german)
    return words


def known(form: str, zipf: dict[str, float]) -> bool:
    return zipf.get(form.replace("ß", "ss"), 0.0) >= LEAST_ZIPF


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    options = args.parse_args()
    with gzip.open(options.data / "lexicon" / "wordfreq_de.tsv.gz", "rt", encoding="utf-8") as file:
        zipf = {word: float(value) for word, value in (line.rstrip("\n").split("\t")[:2] for line in list(file)[1:])}
    bases = {line.split()[0]: line.split() for line in (STRONG + MORE_STRONG).strip().splitlines() if line}
    speech = set(tomllib.loads((HERE.parent / "rules" / "clauses.toml").read_text(encoding="utf-8"))["verbs"]["speech"])
    forms: dict[str, int] = defaultdict(int)
    for verb in sorted(infinitives(options.data) | bases.keys() | speech):
        prefix, base = split_prefix(verb, bases)
        preterite = prefix + bases[base][2] if base else ""
        regular = weak_forms(verb, prefix_of_weak(verb, zipf), zipf)
        weak_preterite = next((form for form, bits in regular.items() if bits & S3 and form.endswith("te")), "")
        strong = bool(base) and zipf.get(preterite.replace("ß", "ss"), 0.0) >= zipf.get(weak_preterite, 0.0)
        strong = strong or (bool(base) and verb in bases)
        paradigm = strong_forms(verb, prefix, bases[base]) if strong else regular
        past = [form for form, bits in paradigm.items() if bits & PARTICIPLE or form.endswith(("te", "ten"))]
        if strong or any(known(form, zipf) for form in past):
            for form, bits in paradigm.items():
                forms[form] |= bits | (SPEECH if verb in speech else 0)
    for form in list(forms):  # "angehört" is anhören's participle and angehören's present tense
        for prefix in SEPARABLE:
            base = form.removeprefix(prefix)
            if base != form and forms[form] & PARTICIPLE and forms.get(base, 0) & S3:
                forms[form] |= S3 | JOINED
    others = other_words(options.data)
    rows = []
    for form, bits in sorted(forms.items()):
        if not known(form, zipf) or len(form) < 2:
            continue
        other = OTHER if form in others and not bits & (PARTICIPLE | INFINITIVE) else 0
        rows.append(f"{form}\t{bits | other:03x}\n")
    write(HERE / "verbs.tsv.gz", "".join(rows))


if __name__ == "__main__":
    main()
