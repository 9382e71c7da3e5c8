"""Tiny models of every role: random weights, real tokenizers, written with save_pretrained."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from string import ascii_letters, digits
from typing import Any

from audit.neural.hub.judge_prompt import question

SENTENCES = [
    "Die Fähre nach Norderau liegt seit Montag im Hafen.",
    "Der Kapitän sprach von einem Schaden an der Maschine und bat um Geduld.",
    "Nach dem Anruf des Ministers wurde das Verfahren vertagt.",
    "Eine Sprecherin der Reederei sagte, die Fahrgäste bekämen ihr Geld zurück.",
    "Am Abend waren noch 230 Menschen auf der Insel, darunter viele Kinder.",
]
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def wordpiece() -> Any:
    """A WordPiece tokenizer with BERT's special tokens."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertTokenizerFast

    # Every second word is known; letters spell the others. Written out, for trainers break ties by chance.
    words = sorted({word for sentence in SENTENCES for word in re.findall(r"\w+", sentence)})
    letters = sorted({letter for sentence in SENTENCES for letter in sentence if letter.strip()} | set(ascii_letters + digits))
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters), *words[::2]]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pair = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=pair
    )
    return BertTokenizerFast(tokenizer_object=tokenizer, do_lower_case=False, model_max_length=128)


def bytelevel(longest: int = 4096) -> Any:
    """A byte-level BPE tokenizer with a chat template and control tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|pad|>", "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=1200, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    asked = question("", [])[0]  # so that what a judge is asked takes few tokens
    tokenizer.train_from_iterator([*SENTENCES, *JSON_LIKE, *[asked] * 3], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|pad|>",
        bos_token="<|begin|>",
        eos_token="<|end|>",
        extra_special_tokens=["<|user|>", "<|assistant|>", "<|system|>"],
        chat_template=TEMPLATE,
        model_max_length=longest,
    )


JSON_LIKE = ['{"errors": [{"quote": "Anruf", "category": "Fluency/Grammar", "severity": "major", "explanation": "x"}]}'] * 3


def bert(folder: Path, head: str, seed: int = 1, **settings: Any) -> Path:
    """A Bert model of this class (``BertForTokenClassification``, …) with its tokenizer."""
    import torch
    import transformers

    torch.manual_seed(seed)
    tokenizer = wordpiece()
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=128,
        initializer_range=0.4,
        **settings,
    )
    getattr(transformers, head)(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def modernbert(folder: Path, seed: int = 1) -> Path:
    """A model in the format of the encoder that ships."""
    import torch
    from transformers import ModernBertConfig, ModernBertForMaskedLM

    torch.manual_seed(seed)
    tokenizer = wordpiece()
    config = ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=128,
        layer_types=["full_attention", "full_attention"],
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=None,
        cls_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id,
        initializer_range=0.4,
    )
    ModernBertForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def llama(folder: Path, *, template: bool = True, longest: int = 4096, seed: int = 1) -> Path:
    """A causal model with a chat template."""
    model, tokenizer = _llama(longest, seed)
    if not template:
        tokenizer.chat_template = None
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _llama(longest: int, seed: int) -> tuple[Any, Any]:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    tokenizer = bytelevel(longest)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=128,
        max_position_embeddings=longest,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=False,
    )
    return LlamaForCausalLM(config), tokenizer


def parrot(folder: Path, answer: str, longest: int = 4096) -> Path:
    """A causal model that says the same to everything: what a judge answers, for which random weights have no words.

    A token is told from its predecessor alone: each place of the answer gets a token of its own in the vocabulary.
    """
    import torch

    model, tokenizer = _llama(longest, 1)
    tokenizer, chain = _chained(tokenizer, answer)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    width = model.config.hidden_size
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "layers" in name and ("o_proj" in name or "down_proj" in name):
                value.zero_()  # nothing is added to the token's own vector
        own = torch.randn(len(tokenizer), width, generator=generator)
        own = own / own.norm(dim=1, keepdim=True)
        model.get_input_embeddings().weight.copy_(own)
        head = torch.zeros(len(tokenizer), width)
        for before, after in pairwise(chain):
            head[after] = 40 * own[before]
        model.get_output_embeddings().weight.copy_(head)
        model.model.norm.weight.fill_(1.0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _chained(tokenizer: Any, answer: str) -> tuple[Any, list[int]]:
    """The tokenizer with a token for each eight letters of the answer, none of them twice; and their chain of ids."""
    pieces: list[str] = []
    at = 0
    while at < len(answer):
        size = 8
        while answer[at : at + size] in pieces:
            size += 1
        pieces.append(answer[at : at + size])
        at += size
    tokenizer.add_tokens(pieces)
    ids = [tokenizer.convert_tokens_to_ids(piece) for piece in pieces]
    return tokenizer, [tokenizer.convert_tokens_to_ids("<|assistant|>"), *ids, tokenizer.eos_token_id]
