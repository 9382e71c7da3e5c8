"""Slips put into genuine sentences: words lost, doubled, in the wrong place or the wrong form, each with its kind.

`corrupted(sentence, random)` takes a tagged sentence and gives it back with one slip, or None where the drawn kind finds
nothing to work on. The kinds are those that readers of machine translations mark most: a verb, preposition, article, "sich",
"zu" or particle that is missing, a form that does not agree, a verb in the wrong place or one too many, a sentence cut off or
run into the next, nouns side by side that have lost what joined them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

AUXILIARIES = """
hat hatte haben hatten ist sind war waren wird werden wurde wurden kann können konnte konnten soll sollen sollte will wollen
muss müssen musste mussten
""".split()  # noqa: SIM905
NUMBER = {
    "hat": "haben", "haben": "hat", "ist": "sind", "sind": "ist", "war": "waren", "waren": "war", "wird": "werden",
    "werden": "wird", "wurde": "wurden", "wurden": "wurde", "kann": "können", "können": "kann", "soll": "sollen",
    "hatte": "hatten", "hatten": "hatte", "muss": "müssen", "müssen": "muss", "will": "wollen", "wollen": "will",
    "konnte": "konnten", "konnten": "konnte", "habe": "haben", "sei": "seien", "seien": "sei", "würde": "würden",
    "würden": "würde",
}  # fmt: skip
ARTICLES = {
    "den": ("dem", "der", "die"), "dem": ("den", "der", "die"), "der": ("dem", "den", "das", "die"), "die": ("der", "den", "das"),
    "das": ("die", "dem", "der"), "des": ("der", "dem"), "ein": ("eine", "einen"), "einen": ("einem", "eine", "ein"),
    "einem": ("einen", "einer"), "einer": ("einem", "eines", "eine"), "eine": ("einen", "ein", "einem"),
    "eines": ("einer", "einem"),
    "zum": ("zur",), "zur": ("zum",), "seine": ("sein", "seinen"), "seinen": ("seine", "seinem"), "seiner": ("seinem", "seine"),
    "ihre": ("ihren", "ihr"), "ihren": ("ihre", "ihrem"), "ihrer": ("ihrem", "ihre"), "dieser": ("dieses", "diese", "diesem"),
    "diese": ("dieser", "dieses"), "diesem": ("diesen", "dieser"), "dieses": ("diese", "dieser"), "diesen": ("diesem", "diese"),
}  # fmt: skip
APART = {"im": "in der", "zum": "zu der", "vom": "von der", "am": "an der", "beim": "bei der", "ins": "in die", "zur": "zu dem"}
PREPOSITIONS = "in an auf aus bei mit nach von vor zu für gegen durch über unter um zwischen".split()  # noqa: SIM905
ENDINGS = ("en", "er", "es", "em", "e")
SUBORDINATORS = frozenset("dass weil nachdem obwohl wenn bevor ob da damit während als sodass falls".split())  # noqa: SIM905
PARTICLES = "ab an auf aus bei ein fest her hin mit nach statt teil vor weg zurück zusammen um los".split()  # noqa: SIM905
EXTRA = ("zu", "sich", "der", "die", "den", "dem", "von", "in", "für", "auf", "dass", "es", "ab", "aus", "ein", "um")
FINITE = ("VV(FIN)", "VA(FIN)", "VM(FIN)")
STOPS = ",.;:!?"

KINDS = (
    "ok", "verb_missing", "preposition_missing", "article_missing", "sich_missing", "zu_missing", "particle_missing",
    "word_missing",
    "article_form", "adjective_form", "verb_number", "verb_form", "relative_form", "order", "verb_extra", "word_extra",
    "preposition_wrong", "seam", "cut", "chain",
)  # fmt: skip


class Tagged(NamedTuple):
    """A sentence: its words, their tags (HanTa) and lemmas."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    lemmas: tuple[str, ...]


class Corrupted(NamedTuple):
    """Words with a slip; ``labels``: an index of KINDS for each, 0 where nothing is wrong."""

    words: list[str]
    labels: list[int]


Maker = Callable[[Tagged, random.Random], Corrupted | None]


def _made(words: list[str], kind: str, first: int, end: int) -> Corrupted:
    """The words with ``words[first:end]`` labelled."""
    labels = [0] * len(words)
    for i in range(max(0, first), min(len(words), end)):
        labels[i] = KINDS.index(kind)
    return Corrupted(words, labels)


def _without(s: Tagged, i: int, kind: str) -> Corrupted:
    """The sentence without word ``i``: both neighbours of the gap are labelled, marks are not."""
    words = list(s.words[:i] + s.words[i + 1 :])
    made = _made(words, kind, i - 1, i + 1)
    return Corrupted(words, [0 if word in STOPS else label for word, label in zip(words, made.labels, strict=True)])


def _drawn(places: list[int], rng: random.Random) -> int | None:
    return rng.choice(places) if places else None


def _finite(s: Tagged) -> list[int]:
    return [i for i, tag in enumerate(s.tags) if tag in FINITE]


def _clause(s: Tagged, i: int) -> tuple[int, int]:
    """The stretch between marks in which word ``i`` stands."""
    first = i
    while first and s.words[first - 1] not in STOPS:
        first -= 1
    end = i
    while end < len(s.words) and s.words[end] not in STOPS:
        end += 1
    return first, end


def _is_subordinate(s: Tagged, i: int) -> bool:
    first, _ = _clause(s, i)
    return any(s.words[j].lower() in SUBORDINATORS or s.tags[j].startswith(("PREL", "KOUS", "PW")) for j in range(first, i))


def verb_missing(s: Tagged, rng: random.Random) -> Corrupted | None:
    i = _drawn([i for i in _finite(s) if i], rng)
    return None if i is None else _without(s, i, "verb_missing")


def participle_missing(s: Tagged, rng: random.Random) -> Corrupted | None:
    i = _drawn([i for i, tag in enumerate(s.tags) if tag in ("VV(PP)", "VV(INF)") and i], rng)
    return None if i is None else _without(s, i, "verb_missing")


def _missing(kind: str, test: Callable[[Tagged, int], bool]) -> Maker:
    def make(s: Tagged, rng: random.Random) -> Corrupted | None:
        i = _drawn([i for i in range(1, len(s.words) - 1) if test(s, i)], rng)
        return None if i is None else _without(s, i, kind)

    return make


preposition_missing = _missing("preposition_missing", lambda s, i: s.tags[i].startswith("APPR") and s.words[i].islower())
article_missing = _missing("article_missing", lambda s, i: s.tags[i] == "ART" and not s.tags[i + 1].startswith(("NE", "CARD")))
sich_missing = _missing("sich_missing", lambda s, i: s.words[i] == "sich")
zu_missing = _missing("zu_missing", lambda s, i: s.tags[i] == "PTKZU")
particle_missing = _missing("particle_missing", lambda s, i: s.tags[i] == "PTKVZ" and s.words[i] in PARTICLES)
word_missing = _missing("word_missing", lambda s, i: s.tags[i] in ("NN", "PPER", "PDS", "PIS", "PPOSAT"))


def _replaced(s: Tagged, i: int, new: list[str], kind: str, before: int = 0, after: int = 0) -> Corrupted:
    words = [*s.words[:i], *new, *s.words[i + 1 :]]
    return _made(words, kind, i - before, i + len(new) + after)


def article_form(s: Tagged, rng: random.Random) -> Corrupted | None:
    places = [i for i in range(len(s.words) - 1) if s.words[i] in ARTICLES or s.words[i] in APART]
    i = _drawn([i for i in places if s.tags[i].startswith(("ART", "APPRART", "PPOSAT", "PDAT"))], rng)
    if i is None:
        return None
    word = s.words[i]
    if word in APART and (word not in ARTICLES or rng.random() < 0.5):
        return _replaced(s, i, APART[word].split(), "article_form", after=1)
    return _replaced(s, i, [rng.choice(ARTICLES[word])], "article_form", after=1)


def adjective_form(s: Tagged, rng: random.Random) -> Corrupted | None:
    places = [i for i in range(len(s.words) - 1) if s.tags[i] == "ADJ(A)" and s.words[i].endswith(ENDINGS)]
    i = _drawn([i for i in places if s.words[i][0].islower() and len(s.words[i]) > 4], rng)
    if i is None:
        return None
    word = s.words[i]
    ending = next(e for e in ENDINGS if word.endswith(e))
    others = [e for e in (*ENDINGS, "") if e != ending]
    return _replaced(s, i, [word.removesuffix(ending) + rng.choice(others)], "adjective_form")


def verb_number(s: Tagged, rng: random.Random) -> Corrupted | None:
    i = _drawn([i for i in _finite(s) if i], rng)
    if i is None:
        return None
    word = s.words[i]
    if word in NUMBER:
        new = NUMBER[word]
    elif word.endswith("te"):
        new = word + "n"
    elif word.endswith("ten"):
        new = word[:-1]
    elif s.tags[i] == "VV(FIN)" and (word.endswith("t") or word == s.lemmas[i]):
        new = s.lemmas[i] if word.endswith("t") else word.removesuffix("n").removesuffix("e") + "t"
    else:
        return None
    return None if new == word else _replaced(s, i, [new], "verb_number")


def verb_form(s: Tagged, rng: random.Random) -> Corrupted | None:
    i = _drawn([i for i, tag in enumerate(s.tags) if tag in ("VV(PP)", "VV(INF)", "VV(FIN)", "VV(IZU)") and i], rng)
    if i is None:
        return None
    word, stem = s.words[i], s.lemmas[i].removesuffix("n").removesuffix("e")
    if s.tags[i] == "VV(PP)":
        new = rng.choice([s.lemmas[i], stem + "t", stem + "te"])
    elif s.tags[i] == "VV(FIN)":
        new = rng.choice([s.lemmas[i], "ge" + stem + "t"])
    else:
        prefix = "" if stem.startswith(("be", "er", "ver", "ent", "zer", "ge")) else "ge"
        new = rng.choice([prefix + stem + "t", stem + "t", stem + "te"])
    return None if new == word else _replaced(s, i, [new], "verb_form")


def relative_form(s: Tagged, rng: random.Random) -> Corrupted | None:
    forms = ("der", "die", "das", "den", "dem")
    i = _drawn([i for i in range(1, len(s.words)) if s.tags[i] == "PRELS" and s.words[i] in forms], rng)
    return None if i is None else _replaced(s, i, [rng.choice([form for form in forms if form != s.words[i]])], "relative_form")


def _moved(s: Tagged, i: int, to: int) -> Corrupted:
    """Word ``i`` stands behind what was word ``to``: it and where it should have stood are labelled."""
    words = list(s.words)
    word = words.pop(i)
    at = to + 1 if to < i else to
    words.insert(at, word)
    return _made(words, "order", at, at + 1)


def order(s: Tagged, rng: random.Random) -> Corrupted | None:
    """The finite verb or the participle where another language has it."""
    i = _drawn([i for i, tag in enumerate(s.tags) if tag in (*FINITE, "VV(PP)", "VV(INF)", "VA(INF)") and i], rng)
    if i is None:
        return None
    first, end = _clause(s, i)
    if s.tags[i] not in FINITE:  # next to its auxiliary: "hat gesagt den Satz"
        finite = [j for j in range(first, i) if s.tags[j] in ("VA(FIN)", "VM(FIN)")]
        return _moved(s, i, finite[0]) if finite and i - finite[0] > 2 else None
    if _is_subordinate(s, i):  # behind the subject
        to = first
        while to < i and s.tags[to] not in ("NN", "NE", "PPER", "PIS"):
            to += 1
        return _moved(s, i, to) if to < i - 1 else None
    if s.tags[i + 1 if i + 1 < len(s.tags) else i] == "PPER":  # "Gestern er kam"
        return _moved(s, i, i + 1)
    if end - i > 3 and rng.random() < 0.6:
        return _moved(s, i, end - 1)
    to = i + 1
    while to < end - 1 and s.tags[to] not in ("NN", "NE"):
        to += 1
    return _moved(s, i, to) if to < end - 1 else None


def swapped(s: Tagged, rng: random.Random) -> Corrupted | None:
    i = rng.randrange(1, len(s.words) - 2)
    if s.words[i] in STOPS or s.words[i + 1] in STOPS or (s.tags[i], s.tags[i + 1]) == ("NN", "NN"):
        return None
    words = list(s.words)
    words[i], words[i + 1] = words[i + 1], words[i]
    return _made(words, "order", i, i + 2)


def verb_extra(s: Tagged, rng: random.Random) -> Corrupted | None:
    i = _drawn([i for i in _finite(s) if i + 1 < len(s.words)], rng)
    if i is None:
        return None
    extra = rng.choice(AUXILIARIES)
    _, end = _clause(s, i)
    at = i + 1 if rng.random() < 0.5 else rng.randrange(i + 1, end + 1)
    if extra == s.words[i] or (at < len(s.words) and s.words[at] == extra):
        return None
    words = [*s.words[:at], extra, *s.words[at:]]
    return _made(words, "verb_extra", at, at + 1)


def word_extra(s: Tagged, rng: random.Random) -> Corrupted | None:
    """A particle, preposition, article, "zu" or "sich" too many."""
    at = rng.randrange(1, len(s.words))
    extra = rng.choice(EXTRA)
    if s.words[at - 1] == extra or s.words[at] == extra:
        return None
    words = [*s.words[:at], extra, *s.words[at:]]
    return _made(words, "word_extra", at, at + 1)


def particle_wrong(s: Tagged, rng: random.Random) -> Corrupted | None:
    i = _drawn([i for i, tag in enumerate(s.tags) if tag == "PTKVZ" and s.words[i] in PARTICLES], rng)
    return None if i is None else _replaced(s, i, [rng.choice([p for p in PARTICLES if p != s.words[i]])], "word_extra")


def preposition_wrong(s: Tagged, rng: random.Random) -> Corrupted | None:
    i = _drawn([i for i, tag in enumerate(s.tags) if tag == "APPR" and s.words[i] in PREPOSITIONS], rng)
    return None if i is None else _replaced(s, i, [rng.choice([p for p in PREPOSITIONS if p != s.words[i]])], "preposition_wrong")


def cut(s: Tagged, rng: random.Random) -> Corrupted | None:
    """The last clause breaks off."""
    first, end = _clause(s, len(s.words) - 2)
    if s.words[-1] != "." or end - first < 4:
        return None
    at = rng.randrange(first + 2, end)
    words = [*s.words[:at], s.words[-1]]
    return None if len(words) < 5 else _made(words, "cut", at - 2, at)


def chain(s: Tagged, rng: random.Random) -> Corrupted | None:
    """Two nouns that have lost the article or preposition between them."""
    places = [i for i in range(1, len(s.words) - 1) if s.tags[i] in ("ART", "APPR", "APPRART", "KON") and s.tags[i - 1] == "NN"]
    i = _drawn([i for i in places if s.tags[i + 1] == "NN"], rng)
    if i is None:
        return None
    words = list(s.words[:i] + s.words[i + 1 :])
    return _made(words, "chain", i - 1, i + 1)


def seam(one: Tagged, two: Tagged) -> Corrupted | None:
    """Two sentences without the mark between them."""
    if one.words[-1] != "." or not two.words[0][0].isupper():
        return None
    words = [*one.words[:-1], *two.words]
    at = len(one.words) - 1
    return _made(words, "seam", at - 1, at + 1)


# Share of each kind in what is drawn; kinds that find nothing to work on are drawn again.
MAKERS: tuple[tuple[Maker, float], ...] = (
    (verb_missing, 2.5), (participle_missing, 1.2), (preposition_missing, 1.2), (article_missing, 1.0), (sich_missing, 0.8),
    (zu_missing, 0.8), (particle_missing, 0.8), (word_missing, 1.0), (article_form, 2.0), (adjective_form, 1.5),
    (verb_number, 1.8), (verb_form, 1.5), (relative_form, 1.0), (order, 3.0), (swapped, 0.7), (verb_extra, 1.5),
    (word_extra, 1.2), (particle_wrong, 0.8), (preposition_wrong, 1.0), (cut, 1.2), (chain, 1.2),
)  # fmt: skip


def corrupted(s: Tagged, rng: random.Random) -> Corrupted | None:
    """The sentence with one slip of a drawn kind; None where five draws found nothing to work on."""
    if len(s.words) < 5:
        return None
    makers, shares = zip(*MAKERS, strict=True)
    for maker in rng.choices(makers, shares, k=5):
        made = maker(s, rng)
        if made is not None:
            return made
    return None
