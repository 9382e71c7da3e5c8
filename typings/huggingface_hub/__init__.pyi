"""What this project uses of huggingface_hub; its own types lack some parameters."""

from collections.abc import Sequence

def snapshot_download(repo_id: str, *, revision: str | None, local_files_only: bool, allow_patterns: Sequence[str]) -> str: ...
