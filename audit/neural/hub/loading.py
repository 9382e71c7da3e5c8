"""Opens a user's model and checks that it is what its role expects; every failure is one line that names the model."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from audit.errors import ModelError, UsageError
from audit.neural.hub.source import Source, offline, one_line

if TYPE_CHECKING:
    import torch

Dtype = Literal["auto", "float32", "bfloat16", "float16"]
DTYPES: Final[tuple[Dtype, ...]] = ("auto", "float32", "bfloat16", "float16")
# The longest input that is given to a model that names no limit of its own.
LONGEST: Final = 512


class Machine(NamedTuple):
    """Where models run: ``device`` (auto, cpu, cuda, cuda:1), precision, and tokens read at once (None: by device)."""

    device: str = "auto"
    dtype: Dtype = "auto"
    batch_tokens: int | None = None


class Opened(NamedTuple):
    """A model in use with its tokenizer; ``longest`` is the number of tokens it can read at once, special ones included."""

    source: Source
    config: Any
    tokenizer: Any
    model: Any
    device: torch.device
    dtype: str
    longest: int

    @property
    def signature(self) -> str:
        """Model, revision and precision: what an answer depends on."""
        return f"{self.source.version}/{self.dtype}"


def open_model(source: Source, auto_class: str, machine: Machine, *, spare: Callable[[str], bool] = lambda name: False) -> Opened:
    """The model read by one of transformers' Auto classes (``AutoModelForTokenClassification``, …).

    ``spare``: weights that this role can do without. Raises ModelError where the files hold no such model, UsageError for a
    device that is not there.
    """
    config = read_config(source)
    tokenizer = _tokenizer(source)
    device = _device(machine.device)
    dtype = _dtype(machine.dtype, device)
    model, info = _model(source, auto_class, config, dtype)
    _complete(source, auto_class, info, spare)
    if len(tokenizer) > (rows := model.get_input_embeddings().weight.shape[0]):
        raise ModelError(f"{source.role} model {source.name}: the tokenizer knows {len(tokenizer)} tokens, the model {rows}")
    _finite(source, model)
    model = model.to(device=device, dtype=dtype).eval()
    return Opened(source, config, tokenizer, model, device, str(dtype).removeprefix("torch."), _longest(config, tokenizer))


def read_config(source: Source) -> Any:
    """The model's settings."""
    with quiet(source):
        from transformers import AutoConfig

        return AutoConfig.from_pretrained(str(source.folder), local_files_only=True, trust_remote_code=False)


def _tokenizer(source: Source) -> Any:
    with quiet(source):
        from transformers import AutoTokenizer

        tokenizer: Any = AutoTokenizer.from_pretrained(str(source.folder), local_files_only=True, trust_remote_code=False)
    if not tokenizer.is_fast:
        raise ModelError(f"{source.role} model {source.name}: its tokenizer gives no offsets (tokenizer.json is missing)")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    if tokenizer.pad_token_id is None:
        raise ModelError(f"{source.role} model {source.name}: its tokenizer has no token to pad with")
    return tokenizer


def _model(source: Source, auto_class: str, config: Any, dtype: Any) -> tuple[Any, Mapping[str, Any]]:
    with quiet(source):
        import transformers
        from packaging.version import Version

        name = "dtype" if Version(transformers.__version__) >= Version("4.56") else "torch_dtype"
        options: dict[str, Any] = {name: dtype, "config": config, "use_safetensors": True, "local_files_only": True}
        return getattr(transformers, auto_class).from_pretrained(
            str(source.folder), trust_remote_code=False, output_loading_info=True, **options
        )


def _complete(source: Source, auto_class: str, info: Mapping[str, Any], spare: Callable[[str], bool]) -> None:
    """Refuse a model some of whose weights transformers would have made up."""
    made_up = sorted(name for name in map(_named, info.get("missing_keys") or ()) if not spare(name))
    made_up += sorted(map(_named, info.get("mismatched_keys") or ()))
    if made_up:
        more = f" and {len(made_up) - 3} more" if len(made_up) > 3 else ""
        task = auto_class.removeprefix("AutoModel").removeprefix("For") or "encoder"
        raise ModelError(
            f"{source.role} model {source.name}: no {task} model, its files lack the weights {', '.join(made_up[:3])}{more}"
        )


def _named(key: str | Sequence[object]) -> str:
    return key if isinstance(key, str) else str(key[0])  # weights of another shape come with their shapes


def _finite(source: Source, model: Any) -> None:
    import torch

    for name, value in model.named_parameters():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise ModelError(f"{source.role} model {source.name}: the weights {name} are damaged (not numbers)")


def _longest(config: Any, tokenizer: Any) -> int:
    """Tokens that fit: what the settings and the tokenizer say; positions of RoBERTa's kind begin after the padding's."""
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    limits = [getattr(text, name, None) for name in ("max_position_embeddings", "n_positions", "max_seq_len")]
    known = [int(limit) for limit in limits if isinstance(limit, int) and limit > 0]
    if known and "roberta" in str(getattr(text, "model_type", "")):
        known = [limit - 2 for limit in known]
    if (told := tokenizer.model_max_length) and told < 1_000_000:  # tokenizers without a limit name an astronomical one
        known.append(int(told))
    return min(known, default=LONGEST)


def _device(name: str) -> torch.device:
    import torch

    if name == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(f"no device named {name!r} (auto, cpu, cuda, cuda:1, …)") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise UsageError(f"device {name!r} is not there: torch sees {torch.cuda.device_count()} CUDA devices")
    return device


def _dtype(name: str, device: torch.device) -> torch.dtype:
    import torch

    if name not in DTYPES:
        raise UsageError(f"no precision named {name!r} (there are: {', '.join(DTYPES)})")
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.bfloat16
    return getattr(torch, name)


@contextmanager
def quiet(source: Source) -> Generator[None]:
    """What fails inside is one ModelError in one line; transformers' own reports and progress bars stay away."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        with offline():
            yield
    except (ModelError, UsageError):
        raise
    except Exception as error:  # transformers, tokenizers and safetensors raise whatever comes to hand
        raise ModelError(f"{source.role} model {source.name}: cannot be read ({one_line(error)})") from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def label_names(config: Any) -> list[str]:
    """The names of a classifier's labels, in the order of its outputs."""
    named: Mapping[Any, Any] = config.id2label or {}
    return [str(named[key]) for key in sorted(named, key=int)]


def mapped(source: Source, labels: Iterable[str], mapping: Mapping[str, str], known: Callable[[str], str | None]) -> list[str]:
    """What each label means: by the user's mapping, else by its own name.

    Raises UsageError that names the labels which say nothing, and the option that would.
    """
    labels = list(labels)
    option = f"--{source.role}-labels"
    if strange := sorted(set(mapping) - set(labels)):
        raise UsageError(f"{option}: {source.name} has no label {', '.join(strange)} (it has: {', '.join(labels)})")
    meant = {label: known(mapping.get(label, label)) for label in labels}
    if wrong := [mapping[label] for label in labels if label in mapping and meant[label] is None]:
        raise UsageError(f"{option}: {wrong[0]!r} is nothing that a {source.role} can say")
    if silent := [label for label in labels if meant[label] is None]:
        example = f"{silent[0]}={'contradiction' if source.role == 'nli' else 'bad'}"
        raise UsageError(
            f"{source.role} model {source.name}: its labels {', '.join(silent)} say nothing; name their meaning: "
            f"{option} {example},…"
        )
    return [str(meant[label]) for label in labels]
