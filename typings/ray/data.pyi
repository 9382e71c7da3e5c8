from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, Self

class ActorPoolStrategy:
    def __init__(self, *, size: int) -> None: ...

class ExecutionOptions:
    preserve_order: bool

class DataContext:
    execution_options: ExecutionOptions
    enable_progress_bars: bool
    @staticmethod
    def get_current() -> DataContext: ...

class Dataset:
    def map_batches(
        self,
        fn: type,
        *,
        fn_constructor_args: Sequence[object],
        batch_size: int,
        batch_format: Literal["pyarrow"],
        compute: ActorPoolStrategy,
        num_cpus: float,
        ray_remote_args_fn: Callable[[], dict[str, Any]],
    ) -> Self: ...
    def iter_rows(self) -> Iterator[dict[str, Any]]: ...

def from_items(items: Sequence[object], *, override_num_blocks: int) -> Dataset: ...
