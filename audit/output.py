"""Bytes out: a file is written, or one line says which could not be and why."""

from __future__ import annotations

from pathlib import Path

from audit.errors import InputError


def write(path: Path, data: bytes) -> None:
    """Write a file. Raises InputError where that fails: the system's own error often names no file."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(str(path), f"cannot be written ({error.strerror or error})") from error
