"""The user's own models as witnesses: opened, heard on every article, and weighed by what their calibration found them worth.

A model that was not calibrated is heard and recorded, and counts for nothing. Nothing of `audit.neural.hub` is imported before a
role is given a model.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec

from audit.article import Article
from audit.errors import UsageError
from audit.own_models import ROLES, Line, Measured, OwnModels, Role, completed
from audit.siblings import Aligned, Sibling
from audit.testimony import Mark, Testimony
from audit.text import Segment
from audit.types import DocumentReport, Evidence, Failure, Finding, Opinion, Skip

if TYPE_CHECKING:
    from audit.neural.hub.embedder import Embedder
    from audit.neural.hub.language_model import LanguageModel
    from audit.neural.hub.loading import Machine
    from audit.neural.hub.source import Source
    from audit.siblings.align import Closer
    from audit.siblings.index import StoryIndex

# Log odds of a lone weak hint: what detectors hold for less likely are candidates that they have cleared.
_HINT: Final = -1.5
_LOG: Final = logging.getLogger("audit.hub")


class Weighed(NamedTuple):
    """The findings with what the models made of them, and what they said."""

    findings: list[Finding]
    opinions: tuple[Opinion, ...]
    skips: tuple[Skip, ...]

    def added_to(self, report: DocumentReport) -> DocumentReport:
        """The report with what the models said, and where they could not say anything."""
        return msgspec.structs.replace(report, opinions=self.opinions, skips=(*report.skips, *self.skips))


class Witnesses:
    """The models that a run calls. Loaded at once, so that a model that does not suit ends the run before it begins."""

    def __init__(self, options: OwnModels, device: str, settings: Mapping[str, Any], embedded: Path | None = None) -> None:
        """``settings``: section ``[<lang>.hub]`` of models/thresholds.toml; ``embedded``: folder of the encoder that ships.

        Raises UsageError, ModelError with one line for a model that is not there or does not suit its role.
        """
        self.options, self.calibration = completed(options)
        self.settings = settings
        self.sources = sources(self.options)
        for role, source in self.sources.items():
            self._known(role, source)
        # Called with everything that was heard of an article, before it is weighed.
        self.listener: Callable[[Testimony], None] | None = None
        self._device = device
        self._embedded = embedded
        self._models: dict[Role, Any] = {role: self._opened(role, source) for role, source in self.sources.items()}

    @property
    def signature(self) -> list[str]:
        """Role, model, revision, precision and whether it counts, for the signature of the run."""
        told = [f"{role}:{model.signature}" for role, model in self._models.items()]
        if self.encoder is not None:
            return [*told, "calibration:the encoder's own" + (f", {self.calibration.digest}" if self.calibration.digest else "")]
        return [*told, f"calibration:{self.calibration.digest or 'none, own models count for nothing'}"]

    @cached_property
    def encoder(self) -> LanguageModel | None:
        """The language model where it takes the embedded encoder's place: it has that encoder's files, so its weights hold."""
        return self._models["lm"] if "lm" in self._models and self._is_embedded else None

    @cached_property
    def _is_embedded(self) -> bool:
        """Whether the language model has the very files of the encoder that ships."""
        if self._embedded is None or "lm" not in self.sources:
            return False
        from audit.neural.hub.source import digest

        return digest(self._embedded) == digest(self.sources["lm"].folder)

    def measured(self, role: Role) -> Measured | None:
        """What was measured about the model of a role; None before a calibration."""
        return self.calibration.roles.get(role)

    def testimony(
        self,
        article: Article,
        findings: Sequence[Finding],
        aligned: Mapping[Segment, Sequence[Aligned]],
        mates: Sequence[Sibling],
    ) -> Testimony:
        """What the models say of an article. Raises ModelError where one of them breaks down."""
        heard = Testimony(article, findings, aligned, int(self.settings["pairs"]))
        for role, model in self._models.items():
            if role == "embedder":
                heard.embedder(model, mates)
            elif role != "lm" or self.encoder is None:
                getattr(heard, role)(model)
        return heard

    def weigh(
        self,
        article: Article,
        findings: Sequence[Finding],
        aligned: Mapping[Segment, Sequence[Aligned]],
        mates: Sequence[Sibling],
        failed: list[Failure],
    ) -> Weighed:
        """The findings as the models see them; a model that breaks down becomes a failure, and the findings stay as they are."""
        try:
            heard = self.testimony(article, findings, aligned, mates)
        except Exception as error:
            _LOG.exception("own models failed on document %s", article.document.id)
            failed.append(Failure(source=article.document.id, reason=" ".join(f"own models failed: {error}".split())))
            return Weighed(list(findings), (), ())
        if self.listener is not None:
            self.listener(heard)
        weighed = [self._weighed(finding, number, heard) for number, finding in enumerate(findings)]
        weighed += [made for mark in heard.marks if (made := self._own(mark, heard)) is not None]
        return Weighed(weighed, tuple(heard.opinions), tuple(heard.skips))

    def closer(self) -> Closer | None:
        """What the embedder has to say to the alignment of sentences; None where it counts for nothing."""
        scale = self._scale("sentences")
        if scale is None:
            return None
        from audit.embedding import closer

        return closer(self._embedder, scale)

    def index(self, articles: Sequence[Article], settings: Mapping[str, Any]) -> StoryIndex | None:
        """An index of stories that knows what the embedder says of these articles; None where it counts for nothing."""
        scale = self._scale("stories")
        if scale is None:
            return None
        from audit.embedding import EmbeddedIndex

        return EmbeddedIndex(settings, self._embedder, scale, articles)

    @property
    def _embedder(self) -> Embedder:
        return self._models["embedder"]

    def embedder(self) -> Embedder | None:
        """The embedder, where there is one."""
        return self._models.get("embedder")

    def _scale(self, name: str) -> Any:
        known = self.measured("embedder")
        scale = known.scales.get(name) if known is not None else None
        return scale if scale is not None and scale.share > 0 else None

    def _weighed(self, finding: Finding, number: int, heard: Testimony) -> Finding:
        """The finding with the models' evidence, which together moves its log odds by at most ``bound``."""
        moved = 0.0
        evidence: list[Evidence] = []
        for signal, said in heard.heard.get(number, {}).items():
            role = _role(signal)
            line = self._line(role, signal)
            moved += line.at(said.value)
            note = said.note if line else f"{said.note}; not calibrated, counts for nothing"
            evidence.append(Evidence(kind="model", word=f"{role} {self.sources[role].version}", note=note))
        bound = float(self.settings["bound"])
        moved = round(min(max(moved, -bound), bound), 3)
        return msgspec.structs.replace(finding, weight=finding.weight + moved, evidence=(*finding.evidence, *evidence))

    def _line(self, role: Role, signal: str) -> Line:
        known = self.measured(role)
        return Line(*self.settings["weights"][signal]) if known is None else known.findings.get(signal, Line())

    def _own(self, mark: Mark, heard: Testimony) -> Finding | None:
        """A finding of a model's own, where it was calibrated to make any and no detector has marked the place."""
        known = self.measured(mark.role)
        if known is None or known.own is None or marked_already(mark, heard):
            return None
        told = Evidence(kind="model", word=f"{mark.role} {self.sources[mark.role].version}", note="found by this model alone")
        finding = mark.finding(heard.article, round(known.own.at(mark.value), 3))
        return msgspec.structs.replace(finding, evidence=(told, *finding.evidence))

    def _known(self, role: Role, source: Source) -> None:
        """Refuse a calibration that was made with another model."""
        measured = self.measured(role)
        if measured is not None and measured.revision != source.revision:
            raise UsageError(
                f"{self.options.get('calibration')}: made with {role} {measured.model}@{measured.revision[:12]}, "
                f"not with {source.version}: calibrate again"
            )

    def _opened(self, role: Role, source: Source) -> Any:
        memory = Path(self.options["model_cache"]) if "model_cache" in self.options else None
        return opened(role, source, machine(self.options, self._device), self.options, memory)


def sources(options: OwnModels) -> dict[Role, Source]:
    """Where the models of these options lie, by role in the order of `ROLES`."""
    from audit.neural.hub.source import find

    allowed = options.get("allow_download", False)
    given = cast("Mapping[str, object]", options)  # a TypedDict is not asked by a name that varies
    named: dict[Role, str] = {role: str(given[role]) for role in ROLES if role in given}
    return {role: find(role, name, allow_download=allowed) for role, name in named.items()}


def machine(options: OwnModels, device: str) -> Machine:
    """Where and how the models run."""
    from audit.neural.hub.loading import Machine

    return Machine(device, options.get("model_dtype", "auto"), options.get("batch_tokens"))


def opened(role: Role, source: Source, machine: Machine, options: OwnModels, memory: Path | None) -> Any:
    """The model in its role. Raises ModelError, UsageError where it does not suit."""
    if role == "tagger":
        from audit.neural.hub.tagger import Tagger

        return Tagger(source, machine, options.get("tagger_labels", {}), memory)
    if role == "lm":
        from audit.neural.hub.language_model import load_lm

        return load_lm(source, machine, memory)
    if role == "nli":
        from audit.neural.hub.pairs import Entailment

        return Entailment(source, machine, options.get("nli_labels", {}), memory)
    if role == "embedder":
        from audit.neural.hub.embedder import Embedder

        return Embedder(source, machine, options.get("pooling", "mean"), memory)
    if role == "judge":
        from audit.neural.hub.judge import Judge

        return Judge(source, machine, memory)
    from audit.neural.hub.pairs import Quality

    return Quality(source, machine, memory)


def marked_already(mark: Mark, heard: Testimony) -> bool:
    """Whether a detector has a finding worth the name here: then the mark is evidence for it, and no finding of its own."""
    segment, start, end = mark.place
    return any(
        place is not None and place.segment is segment and place.start < end and start < place.end and finding.weight >= _HINT
        for place, finding in zip(heard.places, heard.findings, strict=True)
    )


def _role(signal: str) -> Role:
    name = signal.partition("_")[0]
    return next(role for role in ROLES if role == name)
