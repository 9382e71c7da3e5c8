from os import PathLike
from typing import Any

import numpy.typing as npt

def load_file(filename: str | PathLike[str]) -> dict[str, npt.NDArray[Any]]: ...
