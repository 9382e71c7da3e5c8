"""What this project uses of transformers, which types it in part, and takes long to be read as a whole.

A configuration and a tokenizer are one of hundreds of classes, and which one the files decide: Any.
"""

from typing import Any

__version__: str

class AutoConfig:
    @classmethod
    def from_pretrained(cls, name: str, *, local_files_only: bool, trust_remote_code: bool) -> Any: ...

class AutoTokenizer:
    @classmethod
    def from_pretrained(cls, name: str, *, local_files_only: bool, trust_remote_code: bool) -> Any: ...

class GenerationConfig:
    def __init__(
        self, *, do_sample: bool, max_new_tokens: int, pad_token_id: int | None, eos_token_id: int | list[int] | None
    ) -> None: ...
