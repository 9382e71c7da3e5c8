"""Roles ``nli`` and ``qe``: classifiers of two texts, a passage and a sibling's passage that speaks of the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from audit.errors import ModelError, UsageError
from audit.neural.hub.batches import Batches, checked
from audit.neural.hub.loading import Machine, Opened, label_names, mapped, open_model
from audit.neural.hub.memory import Memory
from audit.neural.hub.source import Source
from audit.neural.hub.tokens import PairFrame

if TYPE_CHECKING:
    from torch import Tensor

_AUTO: Final = "AutoModelForSequenceClassification"
_RELATIONS: Final = ("entailment", "neutral", "contradiction")


class Relation(msgspec.Struct, frozen=True, array_like=True):
    """What a sentence says of another: probabilities, of both directions the one in which they contradict each other more."""

    entailment: float
    neutral: float
    contradiction: float


class _Pairs:
    """Reads pairs of texts; what does not fit is cut at the end of the longer one."""

    def __init__(self, opened: Opened, tokens: int | None) -> None:
        self.opened = opened
        self._frame = PairFrame.of(opened.tokenizer)
        self._typed = "token_type_ids" in opened.tokenizer.model_input_names and self._frame.second > 0
        self._batches = Batches(opened, tokens)

    def logits(self, pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
        """The model's outputs for each pair."""
        tokenizer = self.opened.tokenizer
        ids: dict[str, list[int]] = {
            text: tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"] for pair in pairs for text in pair
        }
        room = max(2, self.opened.longest - self._frame.size)
        rows: list[list[int]] = []
        seconds: list[int] = []
        for one, two in ((ids[one], ids[two]) for one, two in pairs):
            first, second = _cut(len(one), len(two), room)
            rows.append(self._frame.around(one[:first], two[:second]))
            seconds.append(self._frame.second_from(one[:first]))

        def predict(batch: Sequence[int], inputs: Tensor, mask: Tensor) -> list[list[float]]:
            extra: dict[str, Any] = {}
            if self._typed:
                import torch

                types = torch.zeros_like(inputs)
                for index, number in enumerate(batch):
                    types[index, seconds[number] : len(rows[number])] = self._frame.second
                extra["token_type_ids"] = types
            logits = self.opened.model(input_ids=inputs, attention_mask=mask, **extra).logits.float()
            return logits.cpu().tolist()

        return self._batches.answers(rows, predict)


class Entailment:
    """An entailment / contradiction / neutral classifier."""

    def __init__(self, source: Source, machine: Machine, labels: Mapping[str, str], memory: Path | None) -> None:
        """``labels``: what labels mean whose names do not say it. Raises ModelError, UsageError where the model does not suit."""
        opened = open_model(source, _AUTO, machine)
        names = label_names(opened.config)
        self.meanings = mapped(source, names, labels, relation)
        if missing := [said for said in ("entailment", "contradiction") if said not in self.meanings]:
            raise UsageError(f"nli model {source.name}: none of its labels {', '.join(names)} says {' or '.join(missing)}")
        self._pairs = _Pairs(opened, machine.batch_tokens)
        told = ",".join(f"{name}={said}" for name, said in zip(names, self.meanings, strict=True))
        self._memory: Memory[Relation] = Memory(memory, f"nli {opened.signature} {told}", Relation)

    @property
    def signature(self) -> str:
        return self._pairs.opened.signature

    def relations(self, pairs: Sequence[tuple[str, str]]) -> list[Relation]:
        """How the two texts of each pair relate, read in both directions."""
        return self._memory.ask(pairs, self._read)

    def _read(self, pairs: Sequence[tuple[str, str]]) -> list[Relation]:
        both = [pair for one, two in pairs for pair in ((one, two), (two, one))]
        read = [self._relation(row) for row in self._pairs.logits(both)]
        return [max(read[at : at + 2], key=lambda said: said.contradiction) for at in range(0, len(read), 2)]

    def _relation(self, logits: Sequence[float]) -> Relation:
        from math import exp

        values = checked(self._pairs.opened, logits)
        mass = [exp(value - max(values)) for value in values]
        shares = {
            said: sum(m for m, meant in zip(mass, self.meanings, strict=True) if meant == said) / sum(mass) for said in _RELATIONS
        }
        return Relation(**{said: round(share, 3) for said, share in shares.items()})


def relation(label: str) -> str | None:
    """What a label of a classifier says; None where its name says nothing."""
    plain = label.strip().lower().replace("-", "_")
    if plain.startswith(("not_entail", "non_entail")):
        return "neutral"
    return next((said for said in _RELATIONS if plain and (plain.startswith(said[:6]) or said == plain)), None)


class Quality:
    """A regression head on pairs: how well a passage agrees with a sibling's, on the model's own scale."""

    def __init__(self, source: Source, machine: Machine, memory: Path | None) -> None:
        """Raises ModelError where the model does not suit."""
        opened = open_model(source, _AUTO, machine)
        if (outputs := int(opened.config.num_labels)) != 1:
            raise ModelError(
                f"qe model {source.name}: a regression head has one output, this one has {outputs} "
                f"({', '.join(label_names(opened.config)[:4])})"
            )
        self._pairs = _Pairs(opened, machine.batch_tokens)
        self._memory: Memory[float] = Memory(memory, f"qe {opened.signature}", float)

    @property
    def signature(self) -> str:
        return self._pairs.opened.signature

    def scores(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The score of each pair (passage, sibling passage)."""
        return self._memory.ask(pairs, lambda new: [checked(self._pairs.opened, row)[0] for row in self._pairs.logits(new)])


def _cut(one: int, two: int, room: int) -> tuple[int, int]:
    """Lengths of two texts that fit together: the longer one gives way first."""
    if one + two <= room:
        return one, two
    shorter = min(one, two, room // 2)
    return (shorter, min(two, room - shorter)) if one <= two else (min(one, room - shorter), shorter)
