"""The screen: is this document translated, and by a machine, and from which language.

A linear model over hashed n-grams (`audit.neural.ngrams`) gives every document two scores in each of three views, one for
*translated by anyone* against original German, one for *machine* against *people* translating the same sources. A calibrated
layer turns them and the length into p_translated and p(machine | translated), whose product is p_machine; one more score tells
the source languages apart. Weights, recipe, figures and limits: models/de/screen/CARD.md.

>>> screen = Screen.load(Path("models/de/screen"))          # doctest: +SKIP
>>> screen.score([["Erster Absatz …", "Zweiter Absatz …"]])  # doctest: +SKIP
[ScreenScore(p_translated=0.9731, p_machine=0.9502, source_lang=(SourceLanguage(lang='en', p=0.9), …), words=412, decided=True)]
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from audit.errors import ModelError
from audit.neural.ngrams import VIEWS, Counts, Features, Featurizer, normalise
from audit.types import SourceLanguage

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = NDArray[np.float64]

FORMAT = 1
META_FILE, WEIGHTS_FILE, TOKENIZER_FILE = "screen.json", "weights.safetensors", "tokenizer.json"

# Fewer words carry too little for a charge against anyone: the answer is then `decided=False`.
MINIMUM_WORDS = 40
# The length that the calibration takes as its unit: about ten sentences of news.
UNIT_WORDS = 200
# Calibration was measured on documents of 20 to 1,500 words; beyond, the length counts as the nearer end.
SHORTEST, LONGEST = 20, 1500
# Four decimals on output: more would differ between machines.
DECIMALS = 4
# Documents whose features are held in memory at a time.
CHUNK = 64


@dataclass(frozen=True)
class ScreenScore:
    """The screen's answer for one document.

    `p_translated`, `p_machine`: calibrated, 0–1, p_machine ≤ p_translated. `source_lang`: most likely first, sums to 1, given
    that the document is translated. `words`: words read. `decided`: False where the document is too short to be judged.
    """

    p_translated: float
    p_machine: float
    source_lang: tuple[SourceLanguage, ...]
    words: int
    decided: bool


class _Languages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`names`: the two languages that the weights tell apart; `others`: those without training data, and their joint share."""

    names: tuple[str, str]
    scale: float
    offset: float
    others: tuple[str, ...]
    others_share: float


class _Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Coefficients of `terms` for p(translated) and for p(machine | translated)."""

    translated: tuple[float, float, float, float, float]
    machine: tuple[float, float, float, float, float]


class _Meta(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """screen.json: what the numbers in the weights file mean."""

    format: int
    version: str
    bits: int
    heads: dict[str, tuple[str, ...]]
    calibration: _Calibration
    languages: _Languages


def terms(score: Floats, words: NDArray[np.int64]) -> Floats:
    """What calibration sees of documents: their length, their score, and their score by length. Shape (documents, 5)."""
    length = np.clip(words, SHORTEST, LONGEST) / UNIT_WORDS
    log = np.log2(length)
    return np.stack([np.ones(len(length)), np.sqrt(length), log, score, score * log], axis=1)


class _Table:
    """The weights of one view. Two heads lie in one complex number: looked up and summed in one pass."""

    def __init__(self, weights: NDArray[np.float16]) -> None:
        self._pair = np.ascontiguousarray(weights[:, :2]).astype(np.float32).view(np.complex64)[:, 0]
        self._third = weights[:, 2].astype(np.float32) if weights.shape[1] > 2 else None

    def score(self, counts: Counts) -> tuple[complex, float]:
        """(translated + machine·i, language): the square roots of the counts, normed to length 1, times the weights."""
        if not len(counts.buckets):
            return 0j, 0.0
        roots = np.sqrt(counts.counts).astype(np.float32)
        norm = counts.total**0.5
        pair = self._pair.take(counts.buckets)
        third = 0.0 if self._third is None else _dot(self._third.take(counts.buckets), roots)
        return complex(_dot(pair.real, roots), _dot(pair.imag, roots)) / norm, third / norm


def _dot(weights: NDArray[np.float32], roots: NDArray[np.float32]) -> float:
    """Single products, double sums: the last digits must not depend on how a machine groups its additions."""
    return float((weights * roots).sum(dtype=np.float64))


class Screen:
    """The loaded screen. `version` belongs in the signature of every record that used it."""

    version: str

    def __init__(self, meta: _Meta, tensors: dict[str, NDArray[Any]], tokenizer: Tokenizer) -> None:
        self.version = meta.version
        self._meta = meta
        self._tables = [_Table(tensors[view.name]) for view in VIEWS]
        self._coefficients = np.array([meta.calibration.translated, meta.calibration.machine], np.float64)
        self._featurizer = Featurizer(tokenizer, tensors["familiar"], meta.bits)

    @classmethod
    def load(cls, folder: Path) -> Screen:
        """Reads the screen of one target language; raises ModelError on a missing, damaged or misshapen file."""
        from tokenizers import Tokenizer

        try:
            meta = msgspec.json.decode((folder / META_FILE).read_bytes(), type=_Meta)
            tensors = load_file(folder / WEIGHTS_FILE)
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except (OSError, msgspec.MsgspecError, SafetensorError) as error:
            raise ModelError(f"the screen in {folder} cannot be read: {error}") from error
        except Exception as error:  # tokenizers raises bare Exception on a malformed file
            raise ModelError(f"{folder / TOKENIZER_FILE} is no tokenizer: {error}") from error
        _check(folder, meta, tensors, tokenizer)
        return cls(meta, tensors, tokenizer)

    def score(self, documents: Sequence[Sequence[str]]) -> list[ScreenScore]:
        """One answer a document, in order. A document is its article passages, furniture already left out."""
        chunks = [documents[start : start + CHUNK] for start in range(0, len(documents), CHUNK)]
        found: list[ScreenScore] = []
        # The tokenizer works outside the interpreter's lock, so it reads the next chunk while this one is counted. Counting in
        # two threads as well is slower (800 articles a second, not 1,500): numpy's short calls hand the lock to and fro.
        with ThreadPoolExecutor(max_workers=1) as ahead:
            reading = [ahead.submit(self._read, chunk) for chunk in chunks[:1]]
            for following in (*chunks[1:], None):
                if not reading:
                    break
                texts = reading.pop().result()
                if following is not None:
                    reading.append(ahead.submit(self._read, following))
                found += [self._answer(self._featurizer.features(plain, encoding)) for plain, encoding in texts]
        return found

    def _read(self, documents: Sequence[Sequence[str]]) -> list[tuple[str, Any]]:
        """Normalised texts with their encodings."""
        plain = [normalise(" ".join(passages)) for passages in documents]
        return list(zip(plain, self._featurizer.encode(plain), strict=True))

    def _answer(self, features: Features) -> ScreenScore:
        scored = [table.score(counts) for counts, table in zip(features.views, self._tables, strict=True)]
        sums = np.array([sum(pair.real for pair, _ in scored), sum(pair.imag for pair, _ in scored)])
        seen = terms(sums, np.array([features.words] * 2))
        p_translated, p_manner = 1 / (1 + np.exp(-(self._coefficients * seen).sum(axis=1)))
        return ScreenScore(
            p_translated=round(float(p_translated), DECIMALS),
            p_machine=round(float(p_translated * p_manner), DECIMALS),
            source_lang=self._languages(sum(third for _, third in scored)),
            words=features.words,
            decided=features.words >= MINIMUM_WORDS,
        )

    def _languages(self, score: float) -> tuple[SourceLanguage, ...]:
        told = self._meta.languages
        second = 1 / (1 + np.exp(-(told.scale * score + told.offset)))
        shares = dict(zip(told.names, ((1 - second), second), strict=True))
        rest = told.others_share
        answer = [(name, round(float(share) * (1 - rest), DECIMALS)) for name, share in shares.items()]
        answer += [(name, round(rest / len(told.others), DECIMALS)) for name in told.others]
        return tuple(SourceLanguage(lang=name, p=p) for name, p in sorted(answer, key=lambda pair: (-pair[1], pair[0])))


def _check(folder: Path, meta: _Meta, tensors: dict[str, NDArray[Any]], tokenizer: Tokenizer) -> None:
    """Raises ModelError unless every shape fits every other and every number is finite."""

    def demand(holds: bool, what: str) -> None:
        if not holds:
            raise ModelError(f"the screen in {folder} is damaged: {what}")

    demand(meta.format == FORMAT, f"format {meta.format}, this program reads {FORMAT}")
    demand(set(tensors) == {view.name for view in VIEWS} | {"familiar"}, f"it holds {sorted(tensors)}")
    demand(set(meta.heads) == {view.name for view in VIEWS}, f"heads for {sorted(meta.heads)}")
    for view in VIEWS:
        table, heads = tensors[view.name], meta.heads[view.name]
        demand(heads[:2] == ("translated", "machine"), f"heads {heads} of view {view.name}")
        demand(table.shape == (1 << meta.bits, len(heads)), f"{view.name} has shape {table.shape}")
        demand(table.dtype == np.float16 and _finite(table), f"{view.name} holds no finite float16")
    demand(tensors["familiar"].shape == (tokenizer.get_vocab_size(),), "flags and vocabulary differ in length")


def _finite(table: NDArray[np.float16]) -> bool:
    """Whether no exponent is all ones: what isfinite says, at a tenth of its time."""
    return not bool(((table.view(np.uint16) & 0x7C00) == 0x7C00).any())
