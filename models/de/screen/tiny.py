"""Invented series for trying the recipe: three hands with habits of their own, over the same subjects, verbs and places."""

from __future__ import annotations

import random

from corpus import HUMAN, MACHINE, ORIGINAL, Series

_WHO = ("Der Bürgermeister", "Die Lehrerin", "Ein Sprecher", "Die Firma", "Der Verein", "Eine Nachbarin", "Das Ministerium")
_WHAT = ("den Plan", "die Brücke", "das Angebot", "einen Vertrag", "die Rechnung", "den Umbau", "die Reise")
_WHERE = ("in Bad Halden", "am Bahnhof", "im Rathaus", "auf dem Markt", "bei Nordwik", "vor Gericht")
# A frame a habit; {0} who, {1} what, {2} where. Machines keep the order and the participles of the source.
_HABITS = {
    ORIGINAL: ("{1} hat {0} {2} wohl doch noch einmal geprüft, hieß es.", "{2} ging es um {1}, so {0}.",
               "Zwar lobte {0} {1}, {2} aber nicht."),
    HUMAN: ("{0} prüfte {1} {2} erneut.", "Nach eigenen Angaben will {0} {1} {2} prüfen.", "{2} lobte {0} {1} ausdrücklich."),
    MACHINE: ("{0} sagte, dass er {1} {2} überprüft hat.", "{0} wird {1} {2} überprüfen, was zu einer Entscheidung führt.",
              "{0} hat {2} {1} gelobt, sagend, dass es gut war."),
}  # fmt: skip
_FRENCH = (" Dies ist es, was {0} erklärte.", " Es handelt sich um {1}, präzisierte {0}.")
_ENGLISH = (" Das ist, was {0} sagte.", " Es gibt {1}, fügte {0} hinzu.")
_GROUPS = ("wmt14", "wmt17", "wmt19", "wmt20", "wmt21", "wmt22")
_SYSTEMS = ("one", "two", "three")
_SENTENCES = 60
FREQUENCIES = dict.fromkeys(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "einen",
        "und",
        "dass",
        "er",
        "es",
        "hat",
        "war",
        "in",
        "am",
        "im",
        "auf",
        "bei",
        "vor",
        "zu",
        "so",
        "um",
        "nicht",
    ],
    6.0,
)


def _sentence(label: str, source: str, rng: random.Random) -> str:
    slots = (rng.choice(_WHO), rng.choice(_WHAT), rng.choice(_WHERE))
    text = rng.choice(_HABITS[label]).format(*slots)
    if source:
        text += rng.choice(_FRENCH if source == "fr" else _ENGLISH).format(*slots)
    return text[0].upper() + text[1:]


def _one(name: str, group: str, label: str, source: str, vendor: str, half: int, rng: random.Random) -> Series:
    sentences = tuple(_sentence(label, source, rng) for _ in range(_SENTENCES))
    paired = group.startswith("wmt") and label != ORIGINAL
    return Series(name, group, label, source, 2000, "news", vendor, paired, half, sentences)


def series(seed: int) -> list[Series]:
    """A few hundred documents that the whole recipe can run on."""
    rng = random.Random(seed)
    made: list[Series] = []
    for group in _GROUPS:
        made.append(_one(f"{group}/original", group, ORIGINAL, "", "people", 0, rng))
        for source in ("en", "fr") if group == "wmt21" else ("en",):
            for half in (0, 1):
                made.append(_one(f"{group}/people/{source}/{half}", group, HUMAN, source, "people", half, rng))
                for system in (*_SYSTEMS, "new") if group == "wmt21" else _SYSTEMS:
                    made.append(_one(f"{group}/{system}/{source}/{half}", group, MACHINE, source, system, half, rng))
    for group in ("outlet-bote", "wikinews-0", "wikinews-4", "wikinews-6", "wikinews-9"):
        made.append(_one(f"{group}/original", group, ORIGINAL, "", "people", 0, rng))
    return made
