"""Builds the German lexicon of confusables and the context vectors.

    python models/de/lexicon/build.py --data DIR

DIR holds lexicon/, parallel/, mtht/ and german/ (CARD.md names what lies in them). Five minutes of one core, 5 GB.
Writes lexicon.safetensors and vectors.safetensors next to itself; same data, same bytes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from safetensors.numpy import save_file

sys.path.insert(0, str(Path(__file__).resolve().parent))

import alignment
import calques
import confusables
import embed
import sources
import tables
import usage

HERE: Final = Path(__file__).resolve().parent
# Probabilities are stored as 8 · log2 in a byte: 1.0 → 0, down to 2^-31.
_LOG_STEPS: Final = 8
_LEAST_NOUN_COUNT: Final = 4
_MOST_FORMS: Final = 7
# A capitalised foreign word counts as a name where German text has it so often, and hardly ever in lower case.
_LEAST_NAME_COUNT: Final = 12
_SHORTEST_NAME: Final = 4
_LEAST_RENDERING: Final = 0.1


def blob(strings: list[str]) -> np.ndarray:
    """Strings as UTF-8 bytes, a line each."""
    return np.frombuffer("\n".join(strings).encode("utf-8"), dtype=np.uint8).copy()


def log_byte(values: list[float]) -> np.ndarray:
    return np.clip(np.round(-_LOG_STEPS * np.log2(np.maximum(values, 1e-9))), 0, 255).astype(np.uint8)


def unit_byte(values: list[float]) -> np.ndarray:
    return np.clip(np.round(255 * np.asarray(values, dtype=np.float64)), 0, 255).astype(np.uint8)


def starts(owners: list[int], size: int) -> np.ndarray:
    """CSR offsets [size + 1] of rows sorted by owner."""
    return np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=size))]).astype(np.uint32)


def note(text: str, since: float) -> None:
    print(f"{time.monotonic() - since:6.0f} s  {text}", file=sys.stderr, flush=True)


def translation_tables(data: Path, since: float) -> tuple[dict[str, tables.Table], dict[str, tables.Table]]:
    """p(German | foreign) and p(foreign | German) by language."""
    forward: dict[str, tables.Table] = {}
    backward: dict[str, tables.Table] = {}
    german_zipf = sources.zipf(data, "de")
    for lang in sources.LANGUAGES:
        zipf = sources.zipf(data, lang)
        inventory, entries = list(sources.senses(lang)), list(sources.dictionary(data, lang))
        terms = frozenset(t for t in [f for f, _ in inventory] + [e.foreign for e in entries] if " " in t)
        pairs = [
            (alignment.foreign_tokens(f, lang, terms, zipf), alignment.german_tokens(g, german_zipf))
            for f, g in (*sources.parallel(data, lang), *sources.machine(data, lang))
        ]
        links = alignment.align(pairs) if pairs else []
        forward[lang] = tables.translations(inventory, entries, links, zipf)
        backward[lang] = tables.inverted(forward[lang], zipf)
        note(f"{lang}: {len(entries)} rows, {len(pairs)} sentence pairs, {len(links)} links, {len(forward[lang])} words", since)
    return forward, backward


def interchangeable(data: Path, lang: str, table: tables.Table) -> set[tuple[str, str]]:
    terms = frozenset(term for term in table if " " in term)
    return alignment.interchangeable(sources.versions(data, lang), table, lang, terms, sources.zipf(data, lang))


def counted_nouns(words: list[str], counts: np.ndarray, zipf: dict[str, float]) -> tuple[dict[str, int], dict[str, str]]:
    """Nouns with their occurrences, and verb stems with their infinitives, for compounds."""
    nouns = {
        word: int(count)
        for word, count in zip(words, counts.tolist(), strict=True)
        if word[0].isupper()
        and word.isalpha()
        and not word.isupper()
        and count >= _LEAST_NOUN_COUNT
        and len(word) >= 3
        and zipf.get(word.lower(), 0.0) > 0
    }
    verbs = [
        w
        for w, c in zip(words, counts.tolist(), strict=True)
        if c >= 50 and w.islower() and confusables.part_of_speech(w) == "verb"
    ]
    stems = {(verb[:-2] if verb.endswith("en") else verb[:-1]): verb for verb in verbs if len(verb) > 4}
    return nouns, stems


def lexicon(data: Path, text: embed.Corpus, vectored: list[str], since: float) -> dict[str, np.ndarray]:
    words, counts, ids, forms = text
    forward, backward = translation_tables(data, since)
    zipf = sources.zipf(data, "de")
    inventories = [list(sources.senses(lang)) for lang in sources.LANGUAGES]
    inventory = frozenset(g for rows in inventories for _, groups in rows for group in groups for g in group)
    allowed = frozenset(g for back in backward.values() for g in back if confusables.usable(g, zipf, inventory))
    bridges = tables.bridges(inventories)
    listed = {(a, b) for a, b in _listed(data, allowed)}
    chosen = {pair for lang in ("en", "fr") for pair in interchangeable(data, lang, forward[lang])}
    note(f"{len(chosen)} pairs that translators choose between", since)
    synonymy = tables.Synonymy(backward, listed, bridges, chosen)
    rows = list(confusables.confusables(forward, backward, synonymy, allowed))
    note(f"{len(allowed)} words, {len(rows)} confusables", since)
    near = confusables.neighbours(forward, backward, synonymy, allowed)
    nouns, stems = counted_nouns(words, counts, zipf)
    compounds = [w for w, c in zip(words, counts.tolist(), strict=True) if c >= 2 and w.isalpha() and w[0].isupper()]
    firsts, lasts = confusables.compound_parts(nouns, stems, compounds)
    note(f"{len(near)} words with near-synonyms, {len(firsts)} first parts, {len(lasts)} last parts", since)
    attested = frozenset(zipf) | {w.lower() for w, c in zip(words, counts.tolist(), strict=True) if c >= 2}
    german_names = {g for table in forward.values() for row in table.values() for g in row if g[:1].isupper() and " " not in g}
    compound_of = calques.split_compounds(sorted(german_names), firsts, lasts)
    made = _unambiguous(calques.calques(forward, synonymy, allowed, compound_of, attested, calques.adjacent(words, ids)))
    note(f"{len(made)} calques", since)
    useful = {r.word for r in rows} | {r.other for r in rows} | set(near) | {n for row in near.values() for n, _ in row}
    useful |= set(firsts.values()) | lasts | {part for calque in made for part in calque[:2]}
    phrases = list(sources.phrases())
    known = frozenset(useful | {word for phrase in phrases for word in phrase[4:]})
    order = list(vectored) + sorted(known - frozenset(vectored))
    number = {word: i for i, word in enumerate(order)}
    pivots = sorted({(r.lang, r.pivot) for r in rows})
    pivot_number = {pivot: i for i, pivot in enumerate(pivots)}
    names = sorted({calque.name for calque in made} | {f"{calque.lang}:{calque.term}" for calque in made})
    name_number = {name: i for i, name in enumerate(names)}
    keys = sorted(((number[c.first] * len(order) + number[c.second]) * 2 + int(c.joined), c) for c in made)
    renderings = translated_names(data, forward, allowed, forms)
    others = frozenset(r.other for r in rows) | {calque.name for calque in made}
    rows.sort(key=lambda r: number[r.word])  # stable: strongest first within a word
    near_rows = sorted(((number[w], number[n], s) for w, row in near.items() for n, s in row), key=lambda r: (r[0], -r[2], r[1]))
    overuse, confirmed = usage.usage(data, order)
    note("use of words by machines and people", since)
    return {
        "words": blob(order),
        "overuse": overuse,
        "confirmed": confirmed,
        "zipf": np.array([round(20 * zipf.get(w.lower(), 0.0)) for w in order], dtype=np.uint8),
        "head": np.array([w in lasts for w in order], dtype=np.uint8),
        "modifiers": blob(list(firsts)),
        "modifier_words": np.array([number[w] for w in firsts.values()], dtype=np.uint32),
        "pivots": blob([pivot for _, pivot in pivots]),
        "pivot_lang": np.array([sources.LANGUAGES.index(lang) for lang, _ in pivots], dtype=np.uint8),
        "languages": blob(list(sources.LANGUAGES)),
        "strong": blob(sorted(sources.NOMINALISED)),
        "confusable_start": starts([number[r.word] for r in rows], len(order)),
        "confusable_word": np.array([number[r.other] for r in rows], dtype=np.uint32),
        "confusable_pivot": np.array([pivot_number[r.lang, r.pivot] for r in rows], dtype=np.uint32),
        "back": log_byte([r.back for r in rows]),
        "forward": log_byte([r.forward for r in rows]),
        "wrong": log_byte([r.wrong for r in rows]),
        "synonymy": unit_byte([r.synonymy for r in rows]),
        "apart": np.array([min(synonymy.apart(r.word, r.other), 255) for r in rows], dtype=np.uint8),
        "calque_key": np.array([key for key, _ in keys], dtype=np.uint64),
        "calque_term": np.array([name_number[f"{c.lang}:{c.term}"] for _, c in keys], dtype=np.uint32),
        "calque_name": np.array([name_number[c.name] for _, c in keys], dtype=np.uint32),
        "calque_names": blob(names),
        "forms": blob(inflections(order, others, forms)),
        "phrases": blob(["\t".join(phrase) for phrase in phrases]),
        "name_word": np.array([number[r.german] for r in renderings if r.german in number], dtype=np.uint32),
        "name_spelling": blob([f"{r.lang}:{r.name}" for r in renderings if r.german in number]),
        "near_start": starts([r[0] for r in near_rows], len(order)),
        "near_word": np.array([r[1] for r in near_rows], dtype=np.uint32),
        "near_synonymy": unit_byte([r[2] for r in near_rows]),
    }


def _unambiguous(found: Iterable[calques.Calque]) -> list[calques.Calque]:
    """One calque for each pair of words: the first one, terms being in the order of languages and letters."""
    kept: dict[tuple[str, str, bool], calques.Calque] = {}
    for calque in found:
        kept.setdefault((calque.first, calque.second, calque.joined), calque)
    return list(kept.values())


class Rendering(NamedTuple):
    """A proper name that is also a foreign word, with a German translation of that word: Prato, it, Rasen."""

    german: str
    lang: str
    name: str


def translated_names(
    data: Path, forward: dict[str, tables.Table], allowed: frozenset[str], forms: dict[str, int]
) -> list[Rendering]:
    """Names that a machine may take for words, by German word. Names: those of the lists, and capitalised words of German text
    that are no German words."""
    listed = sources.names(data)
    found = []
    for lang, table in forward.items():
        for foreign, row in table.items():
            name = foreign[:1].upper() + foreign[1:]
            if " " in foreign or len(foreign) < _SHORTEST_NAME or forms.get(foreign, 0) > forms.get(name, 0):
                continue
            seen = sources.german(name) not in allowed and forms.get(name, 0) >= _LEAST_NAME_COUNT > 4 * forms.get(foreign, 0)
            if name in listed or seen:
                words = [g for g, p in row.items() if p >= _LEAST_RENDERING and g in allowed and g[0].isupper()]
                # a name's German form (Turchia, Türkei) is no mistake
                found += [Rendering(g, lang, name) for g in words if g != name and g not in listed]
    found += [Rendering(g, lang, name) for lang, name, g in sources.renderings() if g in allowed]
    return sorted(set(found))


def inflections(order: list[str], others: frozenset[str], forms: dict[str, int]) -> list[str]:
    """For each word its commonest forms other than the lemma, separated by spaces; empty where it is never suggested."""
    rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for form, count in forms.items():
        word = sources.german(form)
        if (
            word in others
            and form != word
            and count >= 2
            and form[0].isupper() == word[0].isupper()
            and ("-" in form) == ("-" in word)
        ):
            rows[word].append((-count, form))
    return [" ".join(form for _, form in sorted(rows[word])[:_MOST_FORMS]) if word in rows else "" for word in order]


def _listed(data: Path, allowed: frozenset[str]) -> list[tuple[str, str]]:
    """Pairs of the synonym lists, sorted; their heads are written in lower case, so the spelling is looked up."""
    spelling: dict[str, list[str]] = {}
    for word in sorted(allowed):
        spelling.setdefault(word.lower(), []).append(word)
    pairs = []
    for head, other in sources.synonyms(data):
        for word in spelling.get(head, []):
            if other in allowed and word != other and word[0].isupper() == other[0].isupper():
                pairs.append((min(word, other), max(word, other)))
    return pairs


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True, help="folder with lexicon/, parallel/, mtht/ and german/")
    data = args.parse_args().data
    since = time.monotonic()
    text = embed.corpus(data)
    words, counts, ids, _ = text
    chosen = embed.vocabulary(words, counts)
    note(f"{len(ids)} words of German, {len(chosen)} lemmas with a vector", since)
    vectors = embed.reduce(embed.cooccurrence(ids, chosen))
    save_file({"vectors": np.clip(np.round(vectors * embed.SCALE), -127, 127).astype(np.int8)}, HERE / "vectors.safetensors")
    note("vectors written", since)
    arrays = lexicon(data, text, [words[i] for i in chosen], since)
    save_file(arrays, HERE / "lexicon.safetensors")
    note(f"lexicon written, {sum(a.nbytes for a in arrays.values()) / 1e6:.1f} MB", since)


if __name__ == "__main__":
    main()
