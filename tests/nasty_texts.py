"""Nasty texts: what stands in the file is readable, but no article.

Each recipe takes a chance and a size (1: as nasty as asked), and gives the ending of a file's name and its bytes.
"""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

STORIES = Path(__file__).resolve().parents[1] / "reports" / "stories"
File = tuple[str, bytes]
# Strings that make patterns with nested or overlapping repetitions try everything there is; the last character spoils the match.
BAIT = (
    "a",
    "aa ",
    "ab-",
    "1",
    "1.",
    "1,2",
    "1:",
    "12 ",
    "a.",
    "a@",
    "a@b.",
    "#a",
    "www.",
    "http://",
    "(",
    "((a)",
    "[",
    "[a](",
    "[1][",
    "](",
    "![",
    "**a",
    "__a",
    "* ",
    "> ",
    "| ",
    "|  ",
    "\t",
    " ",
    "\n",
    "\r",
    " \n",
    "&",
    "&#1",
    "&amp",
    "\\u00",
    "\\x4",
    "=C3",
    "%C3",
    "<",
    "<a",
    "<unk>",
    "„",
    "“",
    "„a",
    "»",
    "'",
    "''",
    "``",
    "'s ",
    "—",
    " – ",
    "...",
    ". . ",
    "? !",
    "+++ ",
    "Ã",
    "Ã¤",
    "â€",
    "\ufffd",
    "\u00ad",
    "\u0301",
    "a\u0301",
    "\u200d",
    "Aa",
    "AA",
    "aB",
    "Ende ",
    "In: ",
    "1h",
    "1. Mai ",
    "10,000 ",
    "$1",
    "1 $",
    "No. ",
    "XVI ",
    "haha",
    "blablabla",
    "der die ",
    "und ",
    "ein ein ",
    "Herr A. ",
    "A.B.",
    "d'A ",
    "a’s",
    "¿",
    "« a",
    ":-)",
    "://",
    "charset=",
)
SPOIL = ("", "!", "\x01", "\n", "é", "x)", ";", " .", "\u200b")


@cache
def stories() -> tuple[str, ...]:
    """The bundled articles."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(STORIES.rglob("*.txt")))


def prose(chance: random.Random) -> str:
    """One of the articles."""
    return chance.choice(stories())


def text(content: str, ending: str = ".txt") -> File:
    """A text as a file; what cannot be encoded is written as it would come out of careless programs."""
    return ending, content.encode("utf-8", "surrogatepass")


def one_long_word(chance: random.Random, size: float) -> File:
    letters = chance.choice(["a", "Ä", "ab", "Donau", "ß", "a\u0308", "漢", "👍"])
    length = chance.choice([10_000, 300_000, 1_900_000, 20_000_000])
    return text((letters * int(length * size / len(letters.encode()) + 1)) + chance.choice(["", " Ende.", "\n"]))


def many_lines(chance: random.Random, size: float) -> File:
    count = int(chance.choice([2_000, 20_000, 200_000]) * size)
    line = chance.choice(["Ja.", "1", "Der Rat tagt.", "| a |", "> Er sagt", "- Punkt", "* ", "# Kopf", "§", "„Nein“"])
    return text("\n".join([line] * count))


def one_endless_sentence(chance: random.Random, size: float) -> File:
    words = prose(chance).replace(".", ",").replace("\n", " ").split()
    return text(" ".join(chance.choices(words, k=int(chance.choice([2_000, 20_000, 60_000]) * size))))


def white_space(chance: random.Random, size: float) -> File:
    blank = chance.choice([" ", "\n", "\t", "\r\n", "\u00a0", "\u2028", "\u3000", "\x0b\x0c", "\u200b", " \n"])
    length = int(chance.choice([1_000, 100_000, 900_000]) * size / len(blank.encode()))
    return text(chance.choice(["", "Anfang"]) + blank * length + chance.choice(["", "Ende der Geschichte."]))


def control_characters(chance: random.Random, size: float) -> File:
    article = list(prose(chance))
    for _ in range(int(chance.choice([1, 30, 3_000]) * max(size, 0.1))):
        article.insert(chance.randrange(len(article)), chr(chance.choice([1, 7, 8, 12, 27, 28, 31, 127, 133, 159])))
    return text("".join(article))


def emoji_storm(chance: random.Random, size: float) -> File:
    parts = ["👩\u200d👩\u200d👧\u200d👦", "🏳\ufe0f\u200d🌈", "👍🏿", "🇩🇪", "❤\ufe0f", "\u200d", "1\ufe0f\u20e3", "Feuer ", "🔥"]
    return text("".join(chance.choices(parts, k=int(chance.choice([50, 5_000, 60_000]) * size) + 1)))


def combining_storm(chance: random.Random, size: float) -> File:
    out = []
    for char in prose(chance)[: int(chance.choice([100, 2_000]) * max(size, 0.1))]:
        out.append(char + "".join(chr(chance.randrange(0x300, 0x36F)) for _ in range(chance.choice([0, 1, 5, 60]))))
    return text("".join(out))


def right_to_left(chance: random.Random, size: float) -> File:
    marks = "\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2068\u2069\u200e\u200f"
    words = [*prose(chance).split(" "), "שלום", "مرحبا بالعالم", "عاجل:", "٢٠٢٤"]
    return text(
        " ".join(chance.choice(marks) * chance.randrange(3) + chance.choice(words) for _ in range(int(400 * max(size, 0.2))))
    )


def other_scripts(chance: random.Random, size: float) -> File:
    alphabets = [
        "漢字仮名交じり文",
        "ภาษาไทยไม่มีวรรค",
        "देवनागरी लिपि",
        "ქართული",
        "አማርኛ",
        "Кириллица ",
        "ελληνικά ",
        "𝔉𝔯𝔞𝔨𝔱𝔲𝔯 ",
        "ⲁⲃⲅ",
    ]
    script = chance.choice(alphabets)
    return text("".join(chance.choices([*script, *script, " ", "\n", prose(chance)[:200]], k=int(3_000 * max(size, 0.05)))))


def bait_for_patterns(chance: random.Random, size: float) -> File:
    unit, spoil = chance.choice(BAIT), chance.choice(SPOIL)
    line = unit * int(chance.choice([30, 1_000, 50_000]) * size + 5) + spoil
    return text(chance.choice([line, f"{prose(chance)}\n\n{line}", f"{line}\n{line}\n", f"Er sagte: {line} und ging."]))


def mixed_bait(chance: random.Random, size: float) -> File:
    units = chance.choices(BAIT, k=chance.randrange(2, 5))
    return text("".join(chance.choices([*units, "Haus ", "ging "], k=int(chance.choice([200, 20_000]) * max(size, 0.05)))))


def mojibake(chance: random.Random, size: float) -> File:
    article = prose(chance)
    for _ in range(chance.randrange(1, 5)):
        article = article.encode("utf-8").decode("cp1252", "replace")
    return text(article[: int(60_000 * max(size, 0.2))])


def entities(chance: random.Random, size: float) -> File:
    parts = [
        "&auml;",
        "&#228;",
        "&#xE4;",
        "&",
        "&amp;amp;",
        "&#99999999;",
        "&#xD800;",
        "&nbsp;",
        "&;",
        "&Ouml",
        "Haus ",
        "&#0;",
        "&lt;b&gt;",
    ]
    return text("".join(chance.choices(parts, k=int(chance.choice([100, 20_000]) * max(size, 0.05)))))


def brackets(chance: random.Random, size: float) -> File:
    count = int(chance.choice([500, 20_000]) * max(size, 0.05))
    unit = chance.choice(["[a](b", "[[", "](((", "[1][x", "(", "„", "»«", "**", "_ _", "**a ** b", "![x]("])
    return text(unit * count + chance.choice(["", ")" * count, "]" * count, "“" * count]))


def numbers(chance: random.Random, size: float) -> File:
    parts = [
        "1",
        "10,000",
        "1.5",
        "3.14.15",
        "12:30",
        "07h12",
        "15/03/2021",
        "$5",
        "5 $",
        "1.000.000,00",
        "½",
        "٣",
        "1e9",
        "-",
        ". ",
        "%",
        "Mrd.",
    ]
    return text(" ".join(chance.choices(parts, k=int(chance.choice([300, 10_000]) * max(size, 0.05)))))


def addresses(chance: random.Random, size: float) -> File:
    parts = [
        "https://a.de/",
        "www.",
        "a@b.de",
        "@x",
        "#x",
        "a.b.c.d.e",
        "info@",
        "x.com/" + "y" * 300,
        "://",
        ".de",
        "a-b-c.",
        "…",
    ]
    return text(chance.choice(["", " "]).join(chance.choices(parts, k=int(chance.choice([300, 10_000]) * max(size, 0.05)))))


def one_sentence_over_and_over(chance: random.Random, size: float) -> File:
    sentence = chance.choice([s for s in prose(chance).split(". ") if len(s) > 20]).strip() + "."
    return text(chance.choice([" ", "\n", "\n\n"]).join([sentence] * int(chance.choice([20, 500, 4_000]) * max(size, 0.05))))


def one_word_over_and_over(chance: random.Random, size: float) -> File:
    word = chance.choice(["die", "Haus", "Herr", "Berlin", "nicht", "the", "haha", "Anruf", "Merkel-Merkel", "Poutine", "einem"])
    return text(" ".join([word] * int(chance.choice([100, 5_000, 100_000]) * size + 1)) + ".")


def names_only(chance: random.Random, size: float) -> File:
    syllables = [
        "Sil",
        "Sel",
        "ens",
        "kyj",
        "in",
        "ski",
        "Pou",
        "tine",
        "Mer",
        "kel",
        "Erd",
        "o",
        "Mac",
        "ron",
        "Schr",
        "ö",
        "der",
    ]
    words = [
        "".join(chance.choices(syllables, k=chance.randrange(1, 5))).capitalize() for _ in range(int(3_000 * max(size, 0.05)))
    ]
    return text(". ".join(" ".join(words[at : at + 5]) for at in range(0, len(words), 5)))


def shuffled_article(chance: random.Random, size: float) -> File:
    words = prose(chance).split(" ")
    chance.shuffle(words)
    return text(" ".join(words))


def mutated_article(chance: random.Random, size: float) -> File:
    article = list(prose(chance))
    alphabet = [*"abcäöüß .,;:!?\"'„“»«()[]-–\n\t|>*#&@0123456789", "\u00ad", "\u200b", "\u0308", "🎉", "\ufeff", "\x85"]
    for _ in range(chance.choice([5, 50, 500])):
        at = chance.randrange(len(article))
        match chance.randrange(3):
            case 0:
                article[at] = chance.choice(alphabet)
            case 1:
                article.insert(at, chance.choice(alphabet))
            case _:
                del article[at]
    return text("".join(article))


def cut_article(chance: random.Random, size: float) -> File:
    article = prose(chance)
    start = chance.randrange(len(article))
    return text(article[start : start + chance.choice([1, 2, 7, 60, 500])])


def wrapped_and_framed(chance: random.Random, size: float) -> File:
    width = chance.choice([1, 5, 40, 72, 120])
    flat = prose(chance).replace("\n", " ")
    lines = [flat[at : at + width] for at in range(0, len(flat), width)]
    left, right = chance.choice([("| ", " |"), ("> ", ""), (">>> ", ""), ("|", ""), ("- ", ""), ("1. ", ""), ("\u2502 ", "")])
    return text(chance.choice(["\n", "\r\n", "\r", "\u2028"]).join(f"{left}{line}{right}" for line in lines))


def siblings_galore(chance: random.Random, size: float) -> File:
    rows = []
    for number in range(max(3, int(chance.choice([10, 60]) * size))):
        words = prose(chance).split(" ")
        for _ in range(chance.choice([0, 3, 100])):
            words[chance.randrange(len(words))] = chance.choice(
                ["", "13", "nicht", "\n\n", "Merkel", "Übermorgen", "👍", "x" * 500]
            )
        rows.append(json.dumps({"id": f"s{number}", "text": " ".join(words), "story": chance.choice(["a", "b", ""])}))
    return ".jsonl", "\n".join(rows).encode()


TEXTS = (
    one_long_word,
    many_lines,
    one_endless_sentence,
    white_space,
    control_characters,
    emoji_storm,
    combining_storm,
    right_to_left,
    other_scripts,
    bait_for_patterns,
    mixed_bait,
    mojibake,
    entities,
    brackets,
    numbers,
    addresses,
    one_sentence_over_and_over,
    one_word_over_and_over,
    names_only,
    shuffled_article,
    mutated_article,
    cut_article,
    wrapped_and_framed,
    siblings_galore,
)
