"""What a worker does with a unit of documents: the same functions under every runner."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from audit.article import Article
from audit.errors import UsageError
from audit.runner.plan import Plan
from audit.runner.work import Compare, Numbered, Read, Result, ScreenScore, Survey, Surveyed, Unit
from audit.siblings import Sibling
from audit.siblings.described import described
from audit.siblings.discover import shingles
from audit.types import Document, DocumentReport, Failure
from audit.verdict import Screened

# Articles whose segments and lemmas a worker keeps, for the next document of the same story: some 200 KB each.
_KEPT: Final = 128


class Stages:
    """A worker: an auditor, and the latest articles it has seen."""

    def __init__(self, plan: Plan) -> None:
        """Raises UsageError for settings that name what does not exist, ModelError for a damaged installation."""
        self.plan = plan
        self.auditor = plan.auditor()
        self._articles: OrderedDict[int, Article] = OrderedDict()

    def run(self, unit: Unit) -> Result:
        """The result of a unit; what its detectors failed at is in the result's log."""
        with _captured() as log:
            read = self._read(unit)
            if isinstance(unit, Survey):
                return Result(surveyed=[(number, self._survey(article)) for number, article in read], log=log)
            return self._reported(unit, read, log)

    def _reported(self, unit: Read | Compare, read: Iterable[tuple[int, Article | str]], log: list[str]) -> Result:
        rows: list[tuple[int, DocumentReport]] = []
        failures: list[tuple[int, Failure]] = []
        left_out = 0
        for (number, article), mates in zip(read, self._mates(unit), strict=True):
            if isinstance(article, str):
                failures.append((number, Failure(source=_id(unit, number), reason=article)))
                continue
            failed: list[Failure] = []
            try:
                reason = self._left_out(article)
                row = self._row(article, reason, mates, failed)
            except UsageError as error:  # it takes too long
                failures.append((number, Failure(source=article.document.id, reason=str(error))))
                continue
            except Exception as error:  # one document's fault must not cost the others
                failures.append((number, Failure(source=article.document.id, reason=_unforeseen(article.document, error))))
                continue
            # A text in another language is not audited either way.
            left_out += reason in row.verdict.reasons and not self.plan.screen_only
            rows.append((number, row))
            failures += [(number, failure) for failure in failed]
        return Result(reports=rows, failures=failures, log=log, left_out=left_out)

    def _row(self, article: Article, reason: str, mates: tuple[Sibling, ...], failed: list[Failure]) -> DocumentReport:
        if reason:
            return self.auditor.screened_row(article, reason, skips=not self.plan.screen_only)
        return self.auditor.row(article, mates, failed)

    def _left_out(self, article: Article) -> str:
        """Why only the screen reads a document; empty where it is to be audited."""
        if self.plan.screen_only:
            return "screened only: no detector has looked"
        if self.plan.cascade is None:
            return ""
        screened = self.auditor.screened(article)
        if screened is None or not screened.decided or screened.p_machine >= self.plan.cascade:
            return ""
        return f"screened only: p_machine {screened.p_machine:.4f} is below {self.plan.cascade:g}"

    def _survey(self, article: Article | str) -> Surveyed:
        if isinstance(article, str):
            return Surveyed(failure=article)
        try:
            screened = self.auditor.screened(article)
            entry = described(article, self.auditor.sibling_settings)
            checksums = packed(shingles(article))
        except Exception as error:
            return Surveyed(failure=_unforeseen(article.document, error))
        score = screened and ScreenScore(screened.p_machine, screened.p_translated, list(screened.source_lang), screened.decided)
        return Surveyed(words=article.words, screened=score, terms=entry.terms, day=entry.day, shingles=checksums)

    def _read(self, unit: Unit) -> list[tuple[int, Article | str]]:
        """The unit's articles, or why a document is none, and what the screen says of them."""
        made = self._article if isinstance(unit, Compare) else self._made
        read = [(numbered.number, made(numbered)) for numbered in unit.documents]
        found = [article for _, article in read if not isinstance(article, str)]
        if isinstance(unit, Compare):
            for (_, article), score in zip(read, unit.screened, strict=True):
                if score is not None and not isinstance(article, str):
                    known = Screened(score.p_machine, score.p_translated, tuple(score.source_lang), score.decided)
                    self.auditor.remember(article, known)
        else:
            self.auditor.screen_all(found)
        return read

    def _made(self, numbered: Numbered) -> Article | str:
        try:
            return self.auditor.article(numbered.document)
        except UsageError as error:
            return str(error)
        except Exception as error:
            return _unforeseen(numbered.document, error)

    def _article(self, numbered: Numbered) -> Article | str:
        """The article of a document, made anew unless it is one of the latest."""
        article = self._articles.pop(numbered.number, None) or self._made(numbered)
        if not isinstance(article, str):
            self._articles[numbered.number] = article
        return article

    def _mates(self, unit: Unit) -> Iterator[tuple[Sibling, ...]]:
        """The siblings of each of the unit's documents."""
        if not isinstance(unit, Compare):
            yield from (() for _ in unit.documents)
            return
        articles = {numbered.number: self._article(numbered) for numbered in (*unit.documents, *unit.others)}
        for mates in unit.mates:
            found = ((articles[mate.number], mate) for mate in mates)
            yield tuple(Sibling(a, mate.similarity, mate.weight) for a, mate in found if not isinstance(a, str))
        while len(self._articles) > _KEPT:
            self._articles.popitem(last=False)


def _id(unit: Unit, number: int) -> str:
    return next(numbered.document.id for numbered in unit.documents if numbered.number == number)


def _unforeseen(document: Document, error: Exception) -> str:
    """The reason of a failure that is a fault of the program; the traceback goes to the log."""
    logging.getLogger("audit").exception("document %s could not be audited", document.id)
    return " ".join(f"the audit failed: {type(error).__name__}: {error}".split())


def packed(checksums: frozenset[int]) -> bytes:
    """Checksums of 32 bits as bytes, sorted."""
    import numpy as np

    return np.sort(np.fromiter(checksums, np.uint32, len(checksums))).tobytes()


def unpacked(data: bytes) -> frozenset[int]:
    """The checksums that `packed` has packed."""
    import numpy as np

    values: list[int] = np.frombuffer(data, np.uint32).tolist()
    return frozenset(values)


class _Collector(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@contextmanager
def _captured() -> Generator[list[str]]:
    """What is logged meanwhile, tracebacks included; nothing of it goes to standard error."""
    lines: list[str] = []
    logger = logging.getLogger("audit")
    handler = _Collector(lines)
    before: tuple[bool, Any] = (logger.propagate, logger.level)
    logger.propagate = False
    logger.setLevel(logging.ERROR)
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.propagate, logger.level = before


