from os import PathLike

from torch import Tensor

def load_file(filename: str | PathLike[str]) -> dict[str, Tensor]: ...
