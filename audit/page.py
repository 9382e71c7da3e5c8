"""An HTML page to an article: text in plain paragraphs, title, date and address, by trafilatura; nothing is fetched."""

from __future__ import annotations

import codecs
import logging
import re
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from audit.streams import Limits, not_utf8
from audit.types import Document

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # pyright: ignore[reportPrivateUsage]  # lxml names no public class
    from trafilatura.settings import Document as Extracted

# The blocks of trafilatura's tree (TEI element names); what is not in here stands within a line.
_BLOCKS: Final = frozenset({"p", "head", "item", "quote", "code", "row", "table", "list", "div", "ab", "body", "main"})
_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
# Encodings are declared within the first 1,024 bytes of a page (HTML standard, section 4.2.5.4).
_HEAD: Final = 1_024
# The encodings of European pages, by Python's names. Some others that Python knows are no encodings of text, or costly.
_ENCODINGS: Final = re.compile(r"cp125\d|iso8859-\d+|mac-\w+|koi8-\w|utf-16(-[lb]e)?|ascii")
# A page that declares Latin-1 or ASCII is Windows-1252 (WHATWG Encoding standard, section 4.2).
_ALIASES: Final = {"iso8859-1": "cp1252", "ascii": "cp1252"}
_BREAK: Final = "\0"
_LONGEST_MESSAGE: Final = 200
_NO_ARTICLE: Final = "no article text found in the page"
_DATES: Final = {"extensive_search": False, "original_date": True, "max_date": "2100-12-31"}


def article(raw: bytes, id: str, limits: Limits, url: str | None = None, charset: str | None = None) -> Document:
    """The article of a page; offsets of the audit refer to the ``text`` returned.

    Paragraphs are separated by a blank line; a ``<br>`` is a line end; list items start with "• ". Readers' comments are
    left out, and the headline is left out of ``text`` where it opens it, for it is the ``title``. ``charset`` is what the
    server declared. Raises ValueError where the page cannot be decoded, has too many tags, or holds no article text.
    """
    if raw.count(b"<") > limits.page_tags:
        raise ValueError(f"too long: a page of more than {limits.page_tags:,} tags")
    markup = _markup(raw, charset)
    extracted = _extract(markup, url)
    if extracted is None:
        raise ValueError(_NO_ARTICLE)
    text = _plain(extracted.body)
    title = " ".join((extracted.title or "").split()) or None
    if title and (body := _without_title(text, title)):
        text = body
    if not text:
        raise ValueError(_NO_ARTICLE)
    return Document(id=id, text=text, title=title, url=url or extracted.url or None, date=extracted.date or None)


def _markup(raw: bytes, charset: str | None) -> str:
    """The page as text: UTF-8 where it is that, else the encoding that server or page declare."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = not_utf8(raw, error.start)
    declared = _CHARSET.search(raw[:_HEAD])
    try:
        name = codecs.lookup(charset or (declared[1].decode("ascii") if declared else "")).name
        if not _ENCODINGS.fullmatch(name):
            raise LookupError(name)
        return raw.decode(_ALIASES.get(name, name))
    except (LookupError, UnicodeDecodeError):
        raise ValueError(f"{reason}, and no other encoding that fits is declared") from None


@cache
def _quiet() -> None:
    """trafilatura and what it calls report on pages they cannot read; the failure row says that already."""
    for name in ("trafilatura", "htmldate", "courlan", "justext", "readability"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _extract(markup: str, url: str | None) -> Extracted | None:
    try:
        from trafilatura import bare_extraction

        _quiet()
        found = bare_extraction(
            markup,
            url=url,
            include_comments=False,
            with_metadata=True,
            # The latest date taken seriously is fixed: it must not depend on the day of the audit.
            date_extraction_params=dict(_DATES),
        )
        return cast("Extracted | None", found)  # a dictionary only where one is asked for
    except Exception as error:  # a parser for broken pages may break in ways its documentation does not list
        said = " ".join(str(error).split())[:_LONGEST_MESSAGE]
        raise ValueError(f"the page cannot be read ({type(error).__name__}: {said})") from error


def _plain(body: Element) -> str:
    """The blocks of trafilatura's tree as paragraphs."""
    from lxml.etree import iterwalk

    parts: list[str] = []
    for event, node in iterwalk(body, events=("start", "end")):
        if node.tag in _BLOCKS:
            parts.append(_BREAK)
        if event == "start":
            parts.append({"lb": "\n", "item": "• "}.get(node.tag, ""))
            parts.append(node.text or "")
        else:
            parts.append("\t" if node.tag == "cell" else "")
            parts.append((node.tail or "") if node is not body else "")
    joined = re.sub(f"•[ \n]*{_BREAK}[{_BREAK} \n]*", "• ", "".join(parts))
    paragraphs = (_trimmed(paragraph) for paragraph in joined.split(_BREAK))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph not in ("", "•"))


def _trimmed(paragraph: str) -> str:
    """A paragraph without white space around its lines, and without blank lines."""
    return "\n".join(line.strip(" \t") for line in paragraph.strip().split("\n") if line.strip())


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n\n")
    return rest if " ".join(first.split()).casefold() == title.casefold() else text
