"""The encoder's tokenizer, token stream and first embeddings, made once from the corpus and kept in a work folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus
import numpy as np
from corpus import Names, Source
from numpy.typing import NDArray

from audit.assets import Assets

PAD, UNK, CLS, SEP, MASK = range(5)
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Co-occurrence in windows of as many tokens each side; counts are smoothed as usual (Levy, Goldberg and Dagan 2015).
WINDOW = 5
SMOOTHING = 0.75
SCALE = 0.05
# Debates are many; the pieces of words are learnt from news as much as from them.
DEBATES_SHARE = 0.15
# A word that is commoner than this (Zipf) in lower case is no name.
ORDINARY = 2.5


@dataclass(frozen=True)
class Prepared:
    """What training reads.

    ``tokens`` (n,): ids of all sources; ``lengths``: (first, number, passes) of each source; ``inner`` (vocabulary,): which ids
    continue a word; ``embeddings`` (vocabulary, size).
    """

    tokens: NDArray[np.uint16]
    lengths: list[tuple[int, int, float]]
    inner: NDArray[np.bool_]
    embeddings: NDArray[np.float32]


def learn(texts: Iterator[str], size: int, path: Path) -> None:
    """A cased WordPiece tokenizer."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    plain = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), plain])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=SPECIAL, min_frequency=3, limit_alphabet=200, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)]
    )
    tokenizer.save(str(path))


def tokenizer(work: Path) -> Any:
    """The tokenizer as transformers knows it."""
    from transformers import PreTrainedTokenizerFast

    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    return PreTrainedTokenizerFast(tokenizer_file=str(work / "tokenizer.json"), model_max_length=192, **names)


def names(read: list[Source]) -> Names:
    """The person names of the corpus, from the given names and common words that the project has anyway."""
    from wordfreq import zipf_frequency

    assets = Assets("de")
    given = {word for word in assets.words("names/given") if zipf_frequency(word, "de") < 5.0}
    nouns = {line.split("\t")[0] for line in _lines(assets.path("morphology/nouns"))}
    found = Names(given, nouns)
    news = [source for source in read if source.name in ("originals", "references", "parallel")]
    found.collect(document for source in news for document in source.documents)
    found.last = np.array([name for name in found.last.tolist() if zipf_frequency(name.lower(), "de") < 4.5] or ["Maier"])
    return found


def _lines(path: Path) -> list[str]:
    import gzip

    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def _texts(read: list[Source]) -> Iterator[str]:
    random = np.random.default_rng(1)
    for source in read:
        for document in source.documents:
            if source.name != "debates" or random.random() < DEBATES_SHARE:
                yield from document


def encode(read: list[Source], work: Path) -> tuple[NDArray[np.uint16], list[tuple[int, int, float]]]:
    """All sources as one stream of ids, [SEP] between documents; what is read more than once comes plain and with other names."""
    from tokenizers import Tokenizer

    cut = Tokenizer.from_file(str(work / "tokenizer.json"))
    people = names(read)
    random = np.random.default_rng(2)
    parts: list[NDArray[np.uint16]] = []
    lengths: list[tuple[int, int, float]] = []
    first = 0
    for source in read:
        versions = 2 if source.passes > 1 else 1
        for version in range(versions):
            documents = source.documents if not version else [people.varied(document, random) for document in source.documents]
            ids: list[int] = []
            for begin in range(0, len(documents), 2000):
                texts = [" ".join(document) for document in documents[begin : begin + 2000]]
                for encoding in cut.encode_batch(texts, add_special_tokens=False):
                    ids += [*encoding.ids, SEP]
            parts.append(np.array(ids, dtype=np.uint16))
            lengths.append((first, len(ids), source.passes / versions))
            first += len(ids)
            print(f"{source.name}: {len(documents):,} documents, {len(ids):,} tokens", flush=True)
    return np.concatenate(parts), lengths


def cooccurrence(tokens: NDArray[np.uint16], words: int, size: int) -> NDArray[np.float32]:
    """Embeddings (words, size): smoothed PPMI of tokens within WINDOW of each other, truncated SVD, unit variance times SCALE."""
    from scipy.sparse import coo_matrix, csr_matrix
    from scipy.sparse.linalg import svds

    counts = csr_matrix((words, words), dtype=np.float32)
    for begin in range(0, len(tokens), 4_000_000):
        part = tokens[begin : begin + 4_000_000].astype(np.int32)
        for gap in range(1, WINDOW + 1):
            weight = np.full(len(part) - gap, (WINDOW + 1 - gap) / WINDOW, dtype=np.float32)
            counts = counts + coo_matrix((weight, (part[:-gap], part[gap:])), shape=(words, words)).tocsr()
    counts = (counts + counts.T).tocoo()
    row = np.asarray(counts.sum(axis=1)).ravel() + 1e-9
    context = row**SMOOTHING
    value = np.log(counts.data * context.sum() / (row[counts.row] * context[counts.col]))
    positive = value > 0
    matrix = coo_matrix((value[positive], (counts.row[positive], counts.col[positive])), shape=(words, words)).tocsr()
    start = np.random.default_rng(3).standard_normal(words).astype(np.float32)
    left, strength, _ = svds(matrix.astype(np.float32), k=size, v0=start)
    found = left * np.sqrt(strength)
    found = found - found.mean(axis=0)
    return np.ascontiguousarray(found / found.std() * SCALE, dtype=np.float32)


def prepare(work: Path, data: Path | None, size: int, width: int) -> Prepared:
    """Everything that training needs, from ``work`` where it was made before. ``data`` None: the invented corpus."""
    work.mkdir(parents=True, exist_ok=True)
    stream = work / "stream.npz"
    if not stream.exists():
        read = corpus.sources(data) if data else corpus.tiny()
        learn(_texts(read), size, work / "tokenizer.json")
        tokens, lengths = encode(read, work)
        words = len(json.loads((work / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"])
        embeddings = cooccurrence(tokens, words, min(width, words - 2))
        np.savez(work / "stream.tmp.npz", tokens=tokens, lengths=np.array(lengths), embeddings=embeddings)
        (work / "stream.tmp.npz").rename(stream)
    with np.load(stream, allow_pickle=False) as kept:
        tokens, embeddings = kept["tokens"], kept["embeddings"]
        lengths = [(int(a), int(b), float(c)) for a, b, c in kept["lengths"]]
    pieces = json.loads((work / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    inner = np.zeros(len(pieces), dtype=np.bool_)
    inner[[index for piece, index in pieces.items() if piece.startswith("##")]] = True
    return Prepared(tokens, lengths, inner, embeddings)
