"""Role ``tagger``: any token-classification model whose labels say OK/BAD, MQM severities or kinds of error.

Each stretch of a passage gets the probability that it is wrong: one less the probability of all labels that say "right".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from audit.errors import UsageError
from audit.neural.hub.batches import Batches, checked, windows
from audit.neural.hub.loading import Machine, label_names, mapped, open_model
from audit.neural.hub.memory import Memory
from audit.neural.hub.source import Source
from audit.neural.hub.tokens import Frame

if TYPE_CHECKING:
    from torch import Tensor

_RIGHT: Final = frozenset({"ok", "o", "good", "correct", "right", "none", "no-error", "no_error", "noerror", "neutral"})
_WRONG: Final = frozenset({"bad", "error", "err", "wrong", "incorrect"})
_SEVERITIES: Final = frozenset({"minor", "major", "critical"})
# Kinds of error by the last part of their MQM names, and the category of the record that each stands for.
KINDS: Final[Mapping[str, str]] = {
    "accuracy": "Accuracy/Mistranslation",
    "mistranslation": "Accuracy/Mistranslation",
    "addition": "Accuracy/Addition",
    "omission": "Accuracy/Omission",
    "untranslated": "Accuracy/Source language fragment",
    "source language fragment": "Accuracy/Source language fragment",
    "fluency": "Fluency/Grammar",
    "grammar": "Fluency/Grammar",
    "spelling": "Fluency/Spelling",
    "punctuation": "Fluency/Punctuation",
    "inconsistency": "Fluency/Inconsistency",
    "character encoding": "Fluency/Character encoding",
    "style": "Style/Unnatural or awkward",
    "awkward": "Style/Unnatural or awkward",
    "unnatural or awkward": "Style/Unnatural or awkward",
    "terminology": "Terminology/Inconsistent",
    "inconsistent": "Terminology/Inconsistent",
    "locale convention": "Locale convention",
    "coherence": "Coherence/Gibberish",
    "gibberish": "Coherence/Gibberish",
}
# Tokens that two windows of a long passage share; each token is read where it has the more context.
_OVERLAP: Final = 32


class Tagged(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of a text, half-open, with the probability that it is wrong and what is most likely wrong with it.

    ``meaning`` is bad, a severity, or a category of the record.
    """

    start: int
    end: int
    probability: float
    meaning: str


def meaning(label: str) -> str | None:
    """What a label says: ok, bad, a severity, or a category of the record; None where it says nothing."""
    plain = " ".join(label.strip().lower().replace("_", " ").split())
    plain = plain[2:] if plain[:2] in ("b-", "i-", "e-", "s-", "l-", "u-") else plain
    if plain in _RIGHT or plain.replace(" ", "_") in _RIGHT:
        return "ok"
    if plain in _WRONG:
        return "bad"
    return plain if plain in _SEVERITIES else KINDS.get(plain) or KINDS.get(plain.rpartition("/")[2])


class Tagger:
    """A tagger, ready to read passages."""

    def __init__(self, source: Source, machine: Machine, labels: Mapping[str, str], memory: Path | None) -> None:
        """``labels``: what labels mean whose names do not say it. Raises ModelError, UsageError where the model does not suit."""
        self.opened = open_model(source, "AutoModelForTokenClassification", machine)
        names = label_names(self.opened.config)
        self.meanings = mapped(source, names, labels, meaning)
        if "ok" not in self.meanings or set(self.meanings) == {"ok"}:
            raise UsageError(
                f"tagger model {source.name}: its labels {', '.join(names)} must tell right from wrong; name them: "
                f"--tagger-labels {names[0]}=ok,…"
            )
        self._frame = Frame.of(self.opened.tokenizer)
        self._batches = Batches(self.opened, machine.batch_tokens)
        told = ",".join(f"{name}={said}" for name, said in zip(names, self.meanings, strict=True))
        self._memory: Memory[list[Tagged]] = Memory(memory, f"tagger {self.opened.signature} {told}", list[Tagged])

    @property
    def signature(self) -> str:
        return self.opened.signature

    def tag(self, texts: Sequence[str]) -> list[list[Tagged]]:
        """For each text its words or parts of words, in order, with the probability that each is wrong."""
        return self._memory.ask(texts, self._tag)

    def _tag(self, texts: Sequence[str]) -> list[list[Tagged]]:
        tokenizer = self.opened.tokenizer
        room = max(1, self.opened.longest - self._frame.size)
        rows: list[list[int]] = []
        asked: list[tuple[int, int, int, int]] = []  # text, first token, window's end, place of the first in the row
        offsets: list[list[tuple[int, int]]] = []
        for number, text in enumerate(texts):
            read = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            ids: list[int] = read["input_ids"]
            offsets.append(read["offset_mapping"])
            for first, end in windows(len(ids), room, min(_OVERLAP, room // 4)) if ids else ():
                rows.append(self._frame.around(ids[first:end]))
                asked.append((number, first, end, len(self._frame.head)))
        scores = self._batches.answers(rows, self._predict)
        best: list[dict[int, tuple[int, list[float]]]] = [{} for _ in texts]
        for (number, first, end, head), row in zip(asked, scores, strict=True):
            for at in range(first, end):
                margin = min(at - first, end - 1 - at)
                if at not in best[number] or margin > best[number][at][0]:
                    best[number][at] = (margin, row[head + at - first])
        return [self._spans(known, places) for known, places in zip(best, offsets, strict=True)]

    def _predict(self, batch: Sequence[int], ids: Tensor, mask: Tensor) -> list[Any]:
        logits = self.opened.model(input_ids=ids, attention_mask=mask).logits.float()
        return logits.softmax(-1).cpu().tolist()

    def _spans(self, known: Mapping[int, tuple[int, Sequence[float]]], places: Sequence[tuple[int, int]]) -> list[Tagged]:
        spans: list[Tagged] = []
        for at, (start, end) in enumerate(places):
            if end <= start:
                continue
            probabilities = checked(self.opened, known[at][1])
            by_meaning: dict[str, float] = {}
            for said, p in zip(self.meanings, probabilities, strict=True):
                by_meaning[said] = by_meaning.get(said, 0.0) + p
            wrong = {said: p for said, p in by_meaning.items() if said != "ok"}
            likeliest = max(wrong, key=lambda said: wrong[said])
            spans.append(Tagged(start, end, round(min(1.0, sum(wrong.values())), 3), likeliest))
        return spans
