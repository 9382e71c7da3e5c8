"""What this project uses of langdetect, which has no types."""

class Language:
    lang: str
    prob: float

class DetectorFactory:
    seed: int | None

class LangDetectException(Exception): ...  # noqa: N818

def detect_langs(text: str) -> list[Language]: ...
