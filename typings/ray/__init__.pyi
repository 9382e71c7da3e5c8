"""What this project uses of Ray: an extra that need not be installed where types are checked, and typed in part."""

from collections.abc import Callable, Mapping
from typing import Generic, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

class ObjectRef(Generic[T_co]): ...

class RemoteFunction(Protocol[P, T_co]):
    def remote(self, *args: P.args, **kwargs: P.kwargs) -> ObjectRef[T_co]: ...

class _Options(Protocol):
    def __call__(self, made: Callable[P, T], /) -> RemoteFunction[P, T]: ...

def init(
    address: str | None = ...,
    *,
    num_cpus: int | None = ...,
    include_dashboard: bool = ...,
    log_to_driver: bool = ...,
    logging_level: int = ...,
) -> object: ...
def is_initialized() -> bool: ...
def shutdown() -> None: ...
def cluster_resources() -> Mapping[str, float]: ...
def get(ref: ObjectRef[T]) -> T: ...
def remote(**options: float) -> _Options: ...
