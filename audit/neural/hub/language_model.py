"""Role ``lm``: any masked or causal language model, asked which word fits a place better, and how odd a place reads.

The comparison is that of `audit.neural.encoder.Encoder`: log P(other | text) − log P(written | text), less a share of the
words' own commonness, within the same window. A masked model sees the words masked all at once; a causal one is asked for the
words and for what follows them. The oddness of a place is its pseudo-log-likelihood per token, with the sign turned: each token
masked alone (Salazar et al. 2020) or, by a causal model, as read from the left.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from audit.errors import ModelError
from audit.neural.encoder import COMMONNESS, WINDOW, Query
from audit.neural.hub.batches import Batches, Predict, checked
from audit.neural.hub.loading import Machine, Opened, open_model, read_config
from audit.neural.hub.memory import Memory
from audit.neural.hub.source import Source
from audit.neural.hub.tokens import Frame

if TYPE_CHECKING:
    from torch import Tensor

    from audit.neural.encoder import Encoder

# Tokens after the words that a causal model is asked for: a good half of a sentence, and room is left for words of any length.
_FOLLOWING: Final = 16


class LanguageModel(Protocol):
    """What the role gives, whichever model stands behind it."""

    @property
    def signature(self) -> str: ...

    def fit(self, queries: Sequence[Query]) -> list[tuple[float, ...]]:
        """For each query how much better each alternative fits than the written words (natural log; 0: equally well)."""
        ...

    def surprisal(self, queries: Sequence[Query]) -> list[float]:
        """How odd the written words of each query are where they stand, in nats a token; their alternatives do not matter."""
        ...


class _Row(NamedTuple):
    """Token ids of a text with the places of the tokens asked for; ``hidden`` are the tokens that stand there."""

    ids: list[int]
    places: list[int]
    hidden: list[int]


class _Asked(NamedTuple):
    """A text as tokens, cut to the window: which of them are the words in question."""

    ids: list[int]
    first: int
    end: int


class _Hosted:
    """A model of transformers' behind both questions."""

    def __init__(self, opened: Opened, machine: Machine, memory: Path | None) -> None:
        self.opened = opened
        self._frame = Frame.of(opened.tokenizer)
        self._batches = Batches(opened, machine.batch_tokens)
        self._room = max(2, min(WINDOW, opened.longest - self._frame.size))
        self._fits: Memory[list[float]] = Memory(memory, f"lm fit {opened.signature}", list[float])
        self._odds: Memory[float] = Memory(memory, f"lm surprisal {opened.signature}", float)

    @property
    def signature(self) -> str:
        return self.opened.signature

    def fit(self, queries: Sequence[Query]) -> list[tuple[float, ...]]:
        return [tuple(answer) for answer in self._fits.ask(queries, self._fit)]

    def surprisal(self, queries: Sequence[Query]) -> list[float]:
        return self._odds.ask([Query(q.text, q.start, q.end, ()) for q in queries], self._surprisal)

    def _fit(self, queries: Sequence[Query]) -> list[list[float]]:
        texts: list[tuple[str, int, int]] = []
        for query in queries:
            head, tail = query.text[: query.start], query.text[query.end :]
            for word in (query.text[query.start : query.end], *query.alternatives):
                texts.append((head + word + tail, query.start, query.start + len(word)))
        alone = [(text[start:end], 0, end - start) for text, start, end in texts]
        found = self._likelihoods([self._asked(*text) for text in (*texts, *alone)])
        worth = [fits - COMMONNESS * common for fits, common in zip(found[: len(texts)], found[len(texts) :], strict=True)]
        answers: list[list[float]] = []
        at = 0
        for query in queries:
            written, *others = worth[at : at + 1 + len(query.alternatives)]
            answers.append(checked(self.opened, [other - written for other in others]))
            at += 1 + len(query.alternatives)
        return answers

    def _asked(self, text: str, start: int, end: int) -> _Asked:
        """The tokens of the words and as many around them as fit."""
        read = self.opened.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        ids: list[int] = read["input_ids"]
        touched = [at for at, (a, b) in enumerate(read["offset_mapping"]) if a < end and b > start and text[a:b].strip()]
        if not touched:
            return _Asked(ids[: self._room], 0, 0)
        first, last = touched[0], min(touched[-1] + 1, touched[0] + self._room)
        before, after = self._context(first, len(ids) - last, self._room - (last - first))
        begin = first - before
        return _Asked(ids[begin : last + after], before, last - begin)

    def _context(self, before: int, after: int, room: int) -> tuple[int, int]:
        """How many of the tokens before and after the words are read."""
        left = min(before, max(room // 2, room - after))
        return left, min(after, room - left)

    def _likelihoods(self, asked: Sequence[_Asked]) -> list[float]:
        """The natural log probability of the words of each text."""
        rows = [self._row(one) for one in asked]
        return [sum(scores) for scores in self._scores(rows)]

    def _surprisal(self, queries: Sequence[Query]) -> list[float]:
        asked = [self._asked(query.text, query.start, query.end) for query in queries]
        rows = [self._alone(one) for one in asked]
        scores = iter(self._scores([row for group in rows for row in group]))
        found: list[float] = []
        for group in rows:
            values = [score for _ in group for score in next(scores)]
            found.append(-sum(values) / len(values) if values else 0.0)
        return checked(self.opened, found)

    def _row(self, asked: _Asked) -> _Row:
        raise TypeError("a masked or a causal model says which tokens are asked for")

    def _alone(self, asked: _Asked) -> list[_Row]:
        raise TypeError("a masked or a causal model says which tokens are asked for")

    def _scores(self, rows: Sequence[_Row]) -> list[list[float]]:
        """The log probabilities of each row's hidden tokens; equal rows are read once."""
        unique = {(tuple(row.ids), tuple(row.places)): row for row in rows}
        keys = list(unique)
        hidden: dict[Any, list[tuple[int, ...]]] = {key: [] for key in keys}
        for row in rows:
            if (wanted := tuple(row.hidden)) not in (known := hidden[tuple(row.ids), tuple(row.places)]):
                known.append(wanted)
        read = self._batches.answers([list(ids) for ids, _ in keys], self._predict([(k[1], hidden[k]) for k in keys]))
        table = dict(zip(keys, read, strict=True))
        return [table[tuple(row.ids), tuple(row.places)][tuple(row.hidden)] for row in rows]

    def _predict(self, wanted: Sequence[tuple[Sequence[int], Sequence[tuple[int, ...]]]]) -> Predict:
        """A function for `Batches` that picks out the log probabilities of what is wanted of each row."""

        def predict(batch: Sequence[int], ids: Tensor, mask: Tensor) -> list[dict[tuple[int, ...], list[float]]]:
            logits = self.opened.model(input_ids=ids, attention_mask=mask).logits
            made: list[dict[tuple[int, ...], list[float]]] = []
            for index, number in enumerate(batch):
                places, strings = wanted[number]
                scores = logits[index, list(places)].float().log_softmax(-1).cpu()
                made.append({s: [float(scores[at, token]) for at, token in enumerate(s)] for s in strings})
            return made

        return predict


class Masked(_Hosted):
    """A masked language model."""

    def _row(self, asked: _Asked) -> _Row:
        return self._masking(asked, range(asked.first, asked.end))

    def _alone(self, asked: _Asked) -> list[_Row]:
        return [self._masking(asked, (at,)) for at in range(asked.first, asked.end)]

    def _masking(self, asked: _Asked, at: Sequence[int]) -> _Row:
        head = len(self._frame.head)
        ids = self._frame.around(asked.ids)
        for place in at:
            ids[head + place] = int(self.opened.tokenizer.mask_token_id)
        return _Row(ids, [head + place for place in at], [asked.ids[place] for place in at])


class Causal(_Hosted):
    """A causal language model: a token's probability is read off the token before it."""

    def _context(self, before: int, after: int, room: int) -> tuple[int, int]:
        # As many tokens follow whichever word stands there: their probabilities are part of the comparison.
        following = min(after, _FOLLOWING, max(0, room))
        return min(before, max(0, room - following)), following

    def _row(self, asked: _Asked) -> _Row:
        """The words and all that follows them."""
        return self._reading(asked, len(asked.ids) if asked.end > asked.first else asked.first)

    def _alone(self, asked: _Asked) -> list[_Row]:
        return [self._reading(asked, asked.end)]

    def _reading(self, asked: _Asked, end: int) -> _Row:
        head = self._frame.head or [self._first()]
        places = [len(head) + at - 1 for at in range(asked.first, end)]
        return _Row([*head, *asked.ids], places, asked.ids[asked.first : end])

    def _first(self) -> int:
        tokenizer = self.opened.tokenizer
        known = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id)
        return int(next(token for token in known if token is not None))


class Embedded:
    """A folder in the embedded encoder's own format: the same reader, and so the same answers."""

    def __init__(self, source: Source, machine: Machine, memory: Path | None) -> None:
        from audit.neural.encoder import Encoder

        self._source, self._machine, self._memory = source, machine, memory
        half = None if machine.dtype == "auto" else machine.dtype == "bfloat16"
        try:
            self.encoder: Encoder = Encoder.load(source.folder, machine.device, half=half)
        except ModelError as error:
            raise ModelError(f"lm model {source.name}: {str(error).removeprefix(f'{source.folder}: ')}") from error
        self._hosted: Masked | None = None

    @property
    def signature(self) -> str:
        # Whether in half precision: by default on a card only.
        half = self._machine.dtype == "bfloat16" or (self._machine.dtype == "auto" and self.encoder.device != "cpu")
        return f"{self._source.version}/{'bfloat16' if half else 'float32'}"

    def fit(self, queries: Sequence[Query]) -> list[tuple[float, ...]]:
        return self.encoder.fit(queries)

    def surprisal(self, queries: Sequence[Query]) -> list[float]:
        if self._hosted is None:
            self._hosted = Masked(open_model(self._source, "AutoModelForMaskedLM", self._machine), self._machine, self._memory)
        return self._hosted.surprisal(queries)


def load_lm(source: Source, machine: Machine, memory: Path | None) -> LanguageModel:
    """The language model in this folder. Raises ModelError where it is neither masked nor causal."""
    from audit.neural.modernbert import read_shape

    if machine.dtype != "float16":
        try:
            read_shape(source.folder)
        except ModelError:
            pass  # not the embedded encoder's format: transformers reads it
        else:
            return Embedded(source, machine, memory)
    if _masked(source):
        opened = open_model(source, "AutoModelForMaskedLM", machine)
        if opened.tokenizer.mask_token_id is None:
            raise ModelError(f"lm model {source.name}: a masked language model whose tokenizer has no mask")
        return Masked(opened, machine, memory)
    return Causal(open_model(source, "AutoModelForCausalLM", machine), machine, memory)


def _masked(source: Source) -> bool:
    """Whether a model is a masked one. Raises ModelError for a model that is no language model."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, MODEL_FOR_MASKED_LM_MAPPING_NAMES

    config = read_config(source)
    made = [str(name) for name in config.architectures or ()]
    if any(name.endswith("MaskedLM") for name in made):
        return True
    if any(name.endswith(("CausalLM", "LMHeadModel")) for name in made):
        return False
    if config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        return True
    if config.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return False
    raise ModelError(f"lm model {source.name}: a {config.model_type} model is neither a masked nor a causal language model")
