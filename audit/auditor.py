"""The one entry: documents (and their siblings) in, a report out. The command line, batch runs and Python all call it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack
from weakref import WeakKeyDictionary

import msgspec

from audit.article import Article
from audit.assets import Assets
from audit.contrast import Contrasts, SecondWitness
from audit.detection import detect
from audit.detectors import Context
from audit.errors import UsageError
from audit.function_words import FunctionWords
from audit.furniture import FurnitureRules
from audit.language import Languages, primary_language
from audit.limits import Allowance, check_passages, check_size, within
from audit.options import Options, chosen, weights_of
from audit.own_models import OwnModels, summoned
from audit.siblings import Aligned, Sibling, agreement, align, discover
from audit.text import Segment
from audit.types import Document, DocumentReport, Failure, Finding, Record, Skip, Verdict
from audit.verdict import Judge, Judgement, Screened, at_least

if TYPE_CHECKING:
    from audit.neural.screen import Screen
    from audit.witnesses import Witnesses

VERSION: Final = "0.1.0"
_SCREEN: Final = ("screen/weights", "screen/meta", "screen/tokenizer")


class Report(Record, frozen=True, kw_only=True):
    """The record of a run, which can write itself."""

    def save(self, path: str | Path) -> None:
        """Write the report; the ending says how: .html, .json, .jsonl, .csv, .sarif, .tsv (MQM), .txt.

        Raises UsageError for another ending, InputError where the file cannot be written.
        """
        from audit.report import save  # the one import from the right: it keeps `report.save("x.html")` within reach

        save(self, Path(path))


class Auditor:
    """Audits documents of one target language with the embedded models; nothing is downloaded.

    A user's own models are given by role: ``Auditor("de", lm="models/de/encoder")`` (`audit.own_models.OwnModels`). Raises
    UsageError for a language that is not supported, an unknown detector, preset or device; ModelError for a model that does
    not suit its role.
    """

    def __init__(
        self,
        lang: str = "de",
        *,
        device: str = "auto",
        options: Options | None = None,
        **own: Unpack[OwnModels],
    ) -> None:
        self.lang = lang
        self.options = options or Options()
        self.assets = Assets(lang)
        self.languages = Languages(lang, self.assets.toml("languages"), self.assets.words("homographs"))
        self.rules = FurnitureRules.load(self.assets.path("furniture"))
        self.detectors = chosen(self.options, lang)
        self.allowance = msgspec.convert(dict(self._settings("auditor")), Allowance)
        self._screenings: WeakKeyDictionary[Article, Screened] = WeakKeyDictionary()
        weights = weights_of(self.options, self._settings("mqm"))
        self.judge = Judge(self._settings("verdict"), weights, self.languages.name)
        self.second = SecondWitness(self.assets, device, self._settings("contrast"))
        self.own: Witnesses | None = summoned(own, device, self._settings("hub"), self.second)

    def _settings(self, section: str) -> Mapping[str, Any]:
        return self.assets.settings.get(section, {})

    @property
    def encoder(self) -> Contrasts | None:
        """What compares words in their place, loaded on first use; None where none is installed. Another can take its place."""
        return self.second.encoder

    @encoder.setter
    def encoder(self, encoder: Contrasts) -> None:
        self.second.encoder = encoder

    @cached_property
    def signature(self) -> str:
        """Every version that a number in the record depends on."""
        parts = [f"mt-audit:{VERSION}", f"lang:{self.lang}"]
        parts += [f"{name}:{version}" for name, version in self.assets.versions.items()]
        parts.append("detectors:" + ",".join(f"{d.id}.{d.version}" for d in self.detectors.values()))
        if not self.options.seek_siblings:
            parts.append("siblings:given")
        parts.append(f"screen:{self.screen.version}" if self.screen else "screen:none, p_machine from the findings alone")
        parts += self.own.signature if self.own else []
        parts.append(f"device:{self.second.device}")
        return "|".join(parts)

    def article(self, document: Document) -> Article:
        """The document made ready. Raises UsageError where its text cannot be audited at all, or is too much (`audit.limits`)."""
        check_size(document, self.allowance)
        with within(self.allowance.seconds):
            article = Article(document, self.rules, self.lang)
        check_passages(article.segments, self.allowance)
        return article

    def audit(self, documents: Iterable[Document], siblings: Iterable[Document] = (), failures: Iterable[Failure] = ()) -> Report:
        """The report on these documents, in their order.

        Documents are each other's sibling candidates unless the options forbid it; ``siblings`` are only compared with. A
        document that cannot be audited becomes a failure, as do those that reading brought along (``failures``).
        """
        failed = list(failures)
        articles = self._articles(documents, failed)
        witnesses = self._articles(siblings, failed)
        found = self._siblings(articles, witnesses)
        rows: list[DocumentReport] = []
        for article, mates in zip(articles, found, strict=True):
            try:
                rows.append(self.row(article, mates, failed))
            except UsageError as error:
                failed.append(Failure(source=article.document.id, reason=str(error)))
        return Report(signature=self.signature, metrics=agreement.metrics(), documents=tuple(rows), failures=tuple(failed))

    def stories(self, documents: Iterable[Document]) -> tuple[list[list[tuple[str, float]]], list[Failure]]:
        """Groups of documents that tell the same story, each with ids and similarities (0–1), and what could not be read."""
        failed: list[Failure] = []
        articles = self._articles(documents, failed)
        index = self.own.index(articles, self._settings("siblings")) if self.own else None
        groups = discover.stories(articles, self._settings("siblings"), index)
        return [[(articles[index].document.id, similarity) for index, similarity in group] for group in groups], failed

    def _articles(self, documents: Iterable[Document], failed: list[Failure]) -> list[Article]:
        articles: list[Article] = []
        for document in documents:
            try:
                articles.append(self.article(document))
            except UsageError as error:
                failed.append(Failure(source=document.id, reason=str(error)))
        return articles

    def _siblings(self, articles: Sequence[Article], witnesses: Sequence[Article]) -> list[tuple[Sibling, ...]]:
        """For each article its siblings, best first. A witness that is audited too, or is the article, is no second voice."""
        seek = self.options.seek_siblings
        audited = {article.document.id for article in articles} if seek else frozenset[str]()
        others = [witness for witness in witnesses if witness.document.id not in audited]
        index = self.own.index([*articles, *others], self._settings("siblings")) if self.own else None
        found = discover.discover(articles, others, self._settings("siblings"), mutual=seek, index=index)
        return [tuple(mate._replace(weight=self._credence(mate.article)) for mate in mates) for mates in found]

    def _credence(self, article: Article) -> float:
        """The weight of an article as a witness (0–1): a machine translation may have misread what it reports."""
        screened = self.screened(article)
        return round(1 - screened.p_machine, 4) if screened is not None and screened.decided else 1.0

    def context(self, article: Article, mates: Sequence[Sibling], detector_id: str) -> Context:
        """What one detector gets to see of an article."""
        return self._contexts(article, mates)(detector_id)

    def _contexts(self, article: Article, mates: Sequence[Sibling]) -> Callable[[str], Context]:
        aligned: Mapping[Segment, Sequence[Aligned]] = {}
        if mates:
            closer = self.own.closer() if self.own else None
            aligned = align.align(article, mates, self._settings("siblings"), self._near, closer)

        def context(detector_id: str) -> Context:
            return Context(article, self.languages, self.assets, mates, aligned, self._settings(detector_id))

        return context

    def row(self, article: Article, mates: Sequence[Sibling], failed: list[Failure]) -> DocumentReport:
        """The report on one article with these siblings; what detectors failed at is added to ``failed``.

        Raises UsageError where it takes too long (`audit.limits`).
        """
        with within(self.allowance.seconds):
            return self._row(article, mates, failed)

    def _row(self, article: Article, mates: Sequence[Sibling], failed: list[Failure]) -> DocumentReport:
        if (elsewhere := self._other_language(article)) is not None:
            return elsewhere
        contexts = self._contexts(article, mates)
        aligned = contexts("").aligned
        findings, skips = detect(self.detectors.values(), self.assets, article, contexts, failed)
        findings = self.second.heard(article, findings)
        heard = self.own.weigh(article, findings, aligned, mates, failed) if self.own else None
        judgement = self.judge.judge(article, heard.findings if heard else findings, self.screened(article))
        row = self._report(article, self.lang, judgement, mates, skips, aligned)
        return heard.added_to(row) if heard else row

    def screened_row(self, article: Article, reason: str, *, skips: bool) -> DocumentReport:
        """The report on an article that only the screen has read, and why; with ``skips`` for each detector, too."""
        if (elsewhere := self._other_language(article)) is not None:
            return elsewhere
        judgement = self.judge.by_screen(article, self.screened(article), reason)
        return self._report(article, self.lang, judgement, (), self._skips(reason) if skips else (), {})

    def _other_language(self, article: Article) -> DocumentReport | None:
        """The report on an article in another language, None where it may be in this one."""
        given = primary_language(article.document.lang)
        texts = [segment.text for segment in article.prose] or [article.document.text]
        if given in (None, self.lang) and self._function_words.plain(texts):
            return None
        spoken = self.languages.document_language(texts)
        if given in (None, self.lang) and spoken.may_be(self.lang):
            return None
        lang = given if given not in (None, self.lang) else spoken.lang
        spoken_name, name = self.languages.name(lang), self.languages.name(self.lang)
        reason = f"not {name} text, as far as can be told ({spoken_name}): not audited"
        return self._report(article, lang, self.judge.undecided(article, reason), (), self._skips(reason), {})

    def _skips(self, reason: str) -> tuple[Skip, ...]:
        return tuple(Skip(detector=detector_id, reason=reason) for detector_id in self.detectors)

    @cached_property
    def _function_words(self) -> FunctionWords:
        return FunctionWords.load(self.languages.data, self.languages.homographs)

    @cached_property
    def _near(self) -> align.Near | None:
        """The near-synonyms of this language, loaded on first use; None where none are installed."""
        if not (self.assets.has("lexicon") and self.assets.has("vectors")):
            return None
        from audit.siblings.synonyms import synonyms

        return synonyms(self.assets.path("lexicon"), self.assets.path("vectors"))

    @cached_property
    def screen(self) -> Screen | None:
        """The screen of this language, loaded on first use; None where none is installed."""
        if not all(self.assets.has(name) for name in _SCREEN):
            return None
        from audit.neural.screen import Screen

        (folder,) = {self.assets.path(name).parent for name in _SCREEN}
        return Screen.load(folder)

    @property
    def sibling_settings(self) -> Mapping[str, Any]:
        """The section ``[<lang>.siblings]`` of models/thresholds.toml."""
        return self._settings("siblings")

    def remember(self, article: Article, screened: Screened) -> None:
        """Take over what the screen said of an article's text before: it need not be asked again."""
        self._screenings[article] = screened

    def screened(self, article: Article) -> Screened | None:
        """What the screen says of the article's own text: furniture would dilute it."""
        if self.screen is None:
            return None
        if article not in self._screenings:
            self.screen_all([article])
        return self._screenings[article]

    def screen_all(self, articles: Sequence[Article]) -> None:
        """Screen several articles at once, which is faster than one by one."""
        if self.screen is None:
            return
        scores = self.screen.score([[segment.text for segment in article.prose] for article in articles])
        for article, score in zip(articles, scores, strict=True):
            self.remember(article, Screened(score.p_machine, score.p_translated, score.source_lang, score.decided))

    def _report(
        self,
        article: Article,
        lang: str,
        judgement: Judgement,
        mates: Sequence[Sibling],
        skips: tuple[Skip, ...],
        aligned: Mapping[Segment, Sequence[Aligned]],
    ) -> DocumentReport:
        document = article.document
        headline = next((segment.text for segment in article.segments if segment.kind == "headline"), "")
        return DocumentReport(
            id=document.id,
            lang=lang,
            title=document.title if document.title else headline,
            words=article.words,
            text=document.text,
            verdict=judgement.verdict,
            siblings=tuple(agreement.link(article, mate) for mate in mates),
            passages=agreement.compared(article, judgement.passages, aligned),
            findings=tuple(finding for finding in judgement.findings if self._reported(finding, judgement.verdict)),
            skips=skips,
        )

    def _reported(self, finding: Finding, verdict: Verdict) -> bool:
        """Whether a finding goes into the record. Of a page that is a machine's beyond doubt doubtful ones are shown."""
        least = self.options.min_probability
        if least is None:
            settings = self._settings("verdict")
            least = float(settings["report_certain" if verdict.p_machine >= settings["certain"] else "report"])
        if finding.probability < least or finding.fingerprint in self.options.baseline:
            return False
        return at_least(finding.severity, self.options.min_severity)
