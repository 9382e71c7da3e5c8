"""Role ``judge``: an instruction-tuned causal model, asked for the MQM errors of a passage with its sibling passages at hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from audit.errors import ModelError
from audit.neural.hub.batches import Batches
from audit.neural.hub.judge_prompt import Answer, data_ids, question, read
from audit.neural.hub.loading import Machine, open_model, quiet
from audit.neural.hub.memory import Memory
from audit.neural.hub.source import Source
from audit.types import Severity

if TYPE_CHECKING:
    from torch import Tensor

# Tokens of an answer at most: some ten errors with their explanations.
_ANSWER: Final = 768
# Characters kept of an explanation.
_EXPLAINED: Final = 240


class Charged(msgspec.Struct, frozen=True, array_like=True):
    """An error that the judge sees at a half-open range of the passage."""

    start: int
    end: int
    category: str
    severity: Severity
    explanation: str


class Ruling(msgspec.Struct, frozen=True, array_like=True):
    """What the judge says of a passage. ``reason``: why it said nothing that counts; ``dropped``: errors without a place."""

    errors: list[Charged]
    reason: str = ""
    dropped: int = 0


class Case(msgspec.Struct, frozen=True, array_like=True):
    """A passage, the half-open ranges of its sentences, and what siblings say at the same place, best first."""

    passage: str
    sentences: list[tuple[int, int]]
    others: list[str]


class Judge:
    """A judge, ready to be asked."""

    def __init__(self, source: Source, machine: Machine, memory: Path | None) -> None:
        """Raises ModelError where the model does not suit."""
        self.opened = open_model(source, "AutoModelForCausalLM", machine)
        if not self.opened.tokenizer.chat_template:
            raise ModelError(f"judge model {source.name}: no chat template; an instruction-tuned model is expected")
        self._batches = Batches(self.opened, machine.batch_tokens)
        self._answer = min(_ANSWER, self.opened.longest // 4)
        self._room = self.opened.longest - self._answer
        frame = len(self._rendered("", [])[0])
        if self._room - frame < 16:
            raise ModelError(
                f"judge model {source.name}: reads {self.opened.longest} tokens at once, and the question alone takes {frame}"
            )
        self._memory: Memory[Ruling] = Memory(memory, f"judge {self.opened.signature}", Ruling)

    @property
    def signature(self) -> str:
        return self.opened.signature

    def rule(self, cases: Sequence[Case]) -> list[Ruling]:
        """What the judge says of each passage, in order."""
        return self._memory.ask(cases, self._rule)

    def _rule(self, cases: Sequence[Case]) -> list[Ruling]:
        parts = [(number, start, end) for number, case in enumerate(cases) for start, end in self._parts(case)]
        asked = [(cases[number].passage[start:end], cases[number].others) for number, start, end in parts]
        answers = self._answers(asked)
        errors: list[list[Charged]] = [[] for _ in cases]
        reasons = [""] * len(cases)
        dropped = [0] * len(cases)
        for (number, start, end), answer in zip(parts, answers, strict=True):
            if isinstance(answer, str):
                reasons[number] = f"asked twice, and {answer}"
                continue
            placed = _placed(answer, cases[number].passage[start:end], start)
            errors[number] += placed
            dropped[number] += len(answer.errors) - len(placed)
        return [Ruling(*row) for row in zip(errors, reasons, dropped, strict=True)]

    def _answers(self, asked: Sequence[tuple[str, Sequence[str]]]) -> list[Answer | str]:
        """The answer to each question or, after a second try, why there is none."""
        answers = [read(text) for text in self._generated([self._rendered(*one)[0] for one in asked])]
        failed = [number for number, answer in enumerate(answers) if isinstance(answer, str)]
        again = [self._rendered(*asked[number], again=str(answers[number]))[0] for number in failed]
        for number, text in zip(failed, self._generated(again), strict=True):
            answers[number] = read(text)
        return answers

    def _parts(self, case: Case) -> list[tuple[int, int]]:
        """The passage, in runs of sentences where it is too long to be read at once; a sentence too long by itself is cut."""
        room = (self._room - len(self._rendered("", [])[0])) * 3 // 4
        read_at_once: list[tuple[int, int]] = []
        taken = 0
        for start, end in case.sentences or [(0, len(case.passage))]:
            size = len(data_ids(self.opened.tokenizer, case.passage[start:end])) + 1
            if read_at_once and taken + size <= room:
                read_at_once[-1] = (read_at_once[-1][0], end)
                taken += size
                continue
            pieces = -(-size // room)
            step = -(-(end - start) // pieces)
            read_at_once += [(at, min(end, at + step)) for at in range(start, end, step)]
            taken = size if pieces == 1 else room
        return read_at_once

    def _rendered(self, passage: str, others: Sequence[str], again: str = "") -> tuple[list[int], int]:
        """The question as tokens, sibling passages cut to what fits; and how many of these have a place in it."""
        kept = list(others)
        while True:
            text, slots, _ = question(passage, kept, again)
            with quiet(self.opened.source):
                rendered: str = self.opened.tokenizer.apply_chat_template(
                    [{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True
                )
            ids = self._filled(rendered, dict(zip(slots, (passage, *kept), strict=True)))
            if len(ids) <= self._room or not kept:
                return ids, len(kept)
            kept.pop()

    def _filled(self, rendered: str, texts: dict[str, str]) -> list[int]:
        ids: list[int] = []
        rest = rendered
        tokenizer = self.opened.tokenizer
        for slot, text in texts.items():
            before, found, rest = rest.partition(slot)
            if not found:
                raise ModelError(f"judge model {self.opened.source.name}: its chat template leaves out what it is asked")
            ids += tokenizer(before, add_special_tokens=False, verbose=False)["input_ids"]
            ids += data_ids(tokenizer, text)
        return ids + tokenizer(rest, add_special_tokens=False, verbose=False)["input_ids"]

    def _generated(self, rows: Sequence[list[int]]) -> list[str]:
        if not rows:
            return []
        from transformers import GenerationConfig

        tokenizer, model = self.opened.tokenizer, self.opened.model
        ends = model.generation_config.eos_token_id
        how = GenerationConfig(
            do_sample=False,
            max_new_tokens=self._answer,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id if ends is None else ends,
        )

        def predict(batch: Sequence[int], ids: Tensor, mask: Tensor) -> list[str]:
            made = model.generate(input_ids=ids, attention_mask=mask, generation_config=how)
            return tokenizer.batch_decode(made[:, ids.shape[1] :], skip_special_tokens=True)

        return self._batches.answers(rows, predict, left=True)


def _placed(answer: Answer, passage: str, offset: int) -> list[Charged]:
    """The errors whose quotation stands in the passage once, and only there can stand."""
    placed: list[Charged] = []
    for charge in answer.errors:
        quote = charge.quote.strip()
        if quote and passage.count(quote) == 1:
            start = offset + passage.index(quote)
            told = " ".join(charge.explanation.split())[:_EXPLAINED]
            placed.append(Charged(start, start + len(quote), charge.category, charge.severity, told))
    return sorted(placed, key=lambda error: (error.start, error.end, error.category))
