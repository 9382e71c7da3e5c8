"""Characters that were lost or garbled on the way: mojibake, U+FFFD, broken entities, escapes, marks of a tokeniser.

Flags "MÃ¼nchen", "M�nchen", "M?nchen" (where only one German word fits), "&amp;quot;", "& # 39;", "amp;", "\\u00fc",
"=C3=BC", control characters, and what a decoder leaves of words it could not write: "<unk>", "⁇", "@@", "▁".

What it says of machine translation: little, but for the tokeniser's marks. A wrong encoding is a flaw of the page as it
stands, whoever wrote the text; its finding therefore counts by itself and says nothing of the translation.

Example: "Der Bahnhof in MÃ¼nchen". Suggested: "München".

Innocent look-alikes: „FPÖ“ and „Spaß“ (a capital umlaut or ß before a mark is no mojibake), "AT&T", addresses with % and
&, Windows paths, "Warum?Weil" (a missing space), Portuguese and Scandinavian names, Swiss and French no-break spaces.

Source of the rules: Unicode 15 (chapter 3, UTF-8), HTML Living Standard (named character references), RFC 2045, RFC 2152.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from audit.detectors import Context, Detector
from audit.language import Languages
from audit.text import MOJIBAKE, Segment, unmojibake
from audit.types import Evidence, Finding, Severity, Suggestion

# What may have stood where a sign stands in a German word, and the signs: a lost character, or one of another code page.
_LETTERS: Final = "äöüßéèçñ"
_SIGNS: Final = "\ufffd?§„”¤"
_INNER: Final = re.compile(rf"[^\W\d_]+[{_SIGNS}][{_SIGNS}]?[a-zäöüß]+|(?<!\w)\ufffd{{1,2}}[a-zäöüß]{{2,}}")
# The longest stretch around a garbled place that is quoted, in characters each side.
_REACH: Final = 30
_SPACED: Final = re.compile(r"& ?(?:# ?)?\w{2,5} ?;")
_ADDRESS: Final = re.compile(r"://|^www\.|@\w|^[\w.-]+/[\w./?=&%+-]+$")


class Repair(NamedTuple):
    """A kind of damage: its name (and key of its weight), what it is in words, where it shows, and what undoes it."""

    name: str
    message: str
    pattern: re.Pattern[str]
    undo: Callable[[re.Match[str]], str]
    severity: Severity = "minor"
    in_address: bool = False


def _nothing(match: re.Match[str]) -> str:
    return ""


def _space(match: re.Match[str]) -> str:
    return " "


def _itself(match: re.Match[str]) -> str:
    return match[0]


def _utf7(match: re.Match[str]) -> str:
    return match[0].encode("ascii").decode("utf-7")


def _unmojibake(match: re.Match[str]) -> str:
    return unmojibake(match[0]) or match[0]


def _unescape(match: re.Match[str]) -> str:
    run = re.sub(r"\s", "", match[0])
    run = run if run.startswith("&") else f"&{run}"
    for _ in range(4):  # "&amp;amp;quot;": each pass over a text adds one layer
        run = html.unescape(run)
    return run


def _bytes(match: re.Match[str]) -> str:
    octets = bytes(int(pair, 16) for pair in re.findall(r"[0-9a-fA-F]{2}", match[0].replace("\\x", "=")))
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _code_point(match: re.Match[str]) -> str:
    units = [int(unit, 16) for unit in re.findall(r"[0-9a-fA-F]{4}", match[0])]
    return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "replace")


def _control(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1252", "ignore") if match[0] >= "\x80" else ""


_REPAIRS: Final = (
    Repair(
        "unknown token",
        "A mark that a translation system writes for a word it does not know.",
        re.compile(r"<unk>|\u2047|(?<=\w)@@(?=$| ?\w)|\u2581(?=\w)|\u0120(?=[a-zäöü]{2})", re.IGNORECASE),
        _nothing,
        "major",
        True,
    ),
    Repair(
        "lost character",
        "A character was lost in an encoding error.",
        re.compile("\ufffd+"),
        _itself,
        "minor",
        True,
    ),
    Repair("mojibake", "A character was read in the wrong encoding.", MOJIBAKE, _unmojibake),
    Repair(
        "entity",
        "A character reference of HTML was left in the text.",
        re.compile(
            r"&(?:amp;)*(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d{0,2});"
            r"|& ?(?:# ?\d{2,5}|quot|amp|nbsp|apos) ?;|(?<![\w&])(?:amp|quot|nbsp|apos);"
        ),
        _unescape,
    ),
    Repair("escape", "A character is written as an escape of program code.", re.compile(r"(?:\\u[0-9a-fA-F]{4})+"), _code_point),
    Repair("escape", "A character is written as an escape of program code.", re.compile(r"(?:\\x[0-9a-fA-F]{2})+"), _bytes),
    Repair(
        "escape",
        "A line break is written as an escape of program code.",
        re.compile(r"(?<=[.!?:,“”\"»)\s])(?:\\[nr])+(?=[\sA-ZÄÖÜ„\"]|$)"),
        _space,
    ),
    Repair(
        "transfer encoding",
        "A character is still in the encoding of e-mail or addresses.",
        re.compile(r"(?:([=%])[CE][0-9A-F](?:\1[89AB][0-9A-F]){1,2})+"),
        _bytes,
    ),
    Repair(
        "transfer encoding",
        "A character is still in the encoding of e-mail.",
        re.compile(r"\+A(?:OQ|PY|Pw|N8|MQ|NY|Nw|Ok)-"),
        _utf7,
    ),
    Repair(
        "control character",
        "An invisible control character stands in the text.",
        re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"),
        _control,
    ),
)
# One look for everything but mojibake: most texts hold none of it. The first character alone is a fast search.
_RARE: Final = "\ufffd\u2047\u2581\u0120\\\\\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_ANY: Final = re.compile(
    f"[{_RARE}&=%+<@;?§„”¤](?:(?<=[{_RARE}])|(?<=&)(?=[#\\w ])|(?<=[=%])[CE][0-9A-F]|(?<=\\+)A\\w{{1,2}}-"
    "|(?<=<)(?:unk|UNK)>|(?<=@)@|(?<=amp;)|(?<=quot;)|(?<=nbsp;)|(?<=apos;)|(?<=[^\\W\\d_][?§„”¤])(?=[a-zäöüß]))"
)


def detect(context: Context) -> list[Finding]:
    found: list[Finding] = []
    document = context.article.document
    for field, original in (("title", document.title or ""), ("text", document.text)):
        last = -1
        places = sorted(match.span() for pattern in (_ANY, MOJIBAKE) for match in pattern.finditer(original))
        for place in places:
            if place[0] < last:
                continue
            start, end = _stretch(original, *place)
            segment = _segment_at(context, field, place[0])
            if segment is None:
                continue
            whole = segment.whole
            start, end = max(start, whole.start), min(end, whole.end)
            found += _repaired(context, segment, original, start, end)
            last = end
    return found


def _stretch(text: str, start: int, end: int) -> tuple[int, int]:
    """The damaged place with what stands around it up to the next white space; a spaced entity is taken whole."""
    if spaced := _SPACED.match(text, start):
        end = max(end, spaced.end())
    least, most = max(0, start - _REACH), min(len(text), end + _REACH)
    while start > least and not text[start - 1].isspace():
        start -= 1
    while end < most and not text[end].isspace():
        end += 1
    return start, end


def _segment_at(context: Context, field: str, position: int) -> Segment | None:
    for segment in context.article.prose:
        if segment.field == field and segment.text and segment.whole.start <= position < segment.whole.end:
            return segment
    return None


def _repaired(context: Context, segment: Segment, original: str, start: int, end: int) -> Iterator[Finding]:
    """At most one finding on this stretch: the first kind of damage names it, the suggestion undoes all."""
    chunk = text = original[start:end]
    is_address = bool(_ADDRESS.search(chunk))
    first: Repair | None = None
    for repair in _REPAIRS:
        if (is_address and not repair.in_address) or not repair.pattern.search(text):
            continue
        after = repair.pattern.sub(repair.undo, text)
        if repair.name == "mojibake" and after != text:  # decoded wrongly twice
            after = repair.pattern.sub(repair.undo, after)
        if after != text or repair.name == "lost character":
            first, text = first or repair, after
    if first is None and not is_address:
        first = Repair("sign in a word", "A letter was replaced by another sign in an encoding error.", _INNER, _itself)
    if first is None:
        return
    restored = _INNER.sub(lambda match: _restore(match[0], context.languages) or match[0], text)
    if first.name == "sign in a word" and restored == text:
        return
    if span := _view_range(segment, start, end):
        fixed = " ".join(restored.split())
        certain = fixed and "\ufffd" not in fixed and fixed != chunk
        yield DETECTOR.finding(
            context,
            segment,
            *span,
            first.message,
            weight=context.settings["weights"][first.name.replace(" ", "_")],
            severity=first.severity,
            suggestions=[Suggestion(text=fixed, probability=0.9)] if certain else [],
            evidence=[Evidence(kind="rule", note=first.name)],
        )


def _restore(word: str, languages: Languages) -> str | None:
    """The one common German word that fits a word with a lost letter, or None."""
    sign = re.search(f"[{_SIGNS}]{{1,2}}", word)
    if sign is None:
        return None
    options = [word[: sign.start()] + letter + word[sign.end() :] for letter in _LETTERS]
    ranked = sorted(((languages.zipf(option), option) for option in options), reverse=True)
    (best, option), (second, _) = ranked[:2]
    # A word of the common vocabulary (once in a million words), and ten times as common as the next.
    return option if best >= 3 and best - second >= 1 else None


def _view_range(segment: Segment, start: int, end: int) -> tuple[int, int] | None:
    """The range of the segment's text that stands for ``original[start:end]``, or None where nothing of it is left."""
    first = bisect_right(segment.view.ends, start)
    last = bisect_left(segment.view.starts, end)
    return (first, last) if first < last else None


DETECTOR: Final = Detector(id="encoding", version="1", category="Fluency/Character encoding", detect=detect)
