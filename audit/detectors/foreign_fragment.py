"""Words or phrases left in another language in the middle of German text.

Flags: runs of foreign words in small letters ("… sagte er in einem statement on behalf of der Regierung"), whole foreign
sentences outside quotation marks, single foreign words, foreign words with a German ending ("triomphern"), foreign names
of institutions in square brackets, and foreign descriptions behind a name ("die NATO Western Defence").

Why it betrays machine translation: engines copy what they cannot translate, lose their way in long sentences, or fall
back to the source after a bracket; a person who writes German translates, or marks the words as foreign. MQM: Accuracy,
source language fragment.

Evidence: each word's frequency in German and in the candidate languages (wordfreq, Zipf scale), summed over the run.
Small letters count most, for in German they cannot be names. A lone capitalised run is weak, and reported only where the
document looks machine-translated for other reasons.

Innocent look-alikes, which lower the weight or silence it: names, titles and quotations, loan words and loan phrases
(data: models/de/loans.toml), words that German shares with other languages (models/de/homographs), expressions that are
introduced ("das sogenannte …", "auf Englisch: …") or given in parentheses as the original of a German phrase.

Source of the rule: MQM 2.0 typology, "Untranslated"; thresholds: models/thresholds.toml, [de.foreign_fragment].
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from audit.detectors import Context, Detector
from audit.fragments import FUNCTION, HIT, RUN, Fragment, Run, foreign_stem, fragments, is_capital, is_name
from audit.identifiers import script_language
from audit.loans import Loans
from audit.pieces import Piece, pieces
from audit.text import Segment, Token
from audit.types import Evidence, Finding, Severity

_SQUARE: Final = re.compile(r"\[(?P<inside>[^\[\]]{3,160})\]")
_COMPANY: Final = re.compile(r"\s*(?:ag|gmbh|inc|ltd|plc|kg|se)\b", re.IGNORECASE)
_LETTERS: Final = r"[\u0370-\u07ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_OTHER_SCRIPT: Final = re.compile(rf"{_LETTERS}{{2,}}(?:[\s,]+{_LETTERS}+)*")
# An introduction ("das sogenannte …") stands within this many words before what it introduces.
_REACH: Final = 4
_TITLE_WORDS: Final = 6
_SLOGAN_WORDS: Final = 8
_BREAKS: Final = frozenset(":–—|")
_EXPLAINED: Final = re.compile(r"\W{0,4}(?:\(|[-–—]\s*[„\"“»]|also\b|zu Deutsch|auf Deutsch|übersetzt|sinngemäß)", re.IGNORECASE)
_BIBLIOGRAPHY: Final = re.compile(r"\bIn: |\bISBN\b|\bdoi\b|\bS\. \d|\bHrsg\b|\bPMID\b|\bVerlag\b")
_MOSTLY: Final = 0.8  # share of a sentence's or quotation's words that makes it foreign as a whole
_STRONG_PAIR: Final = 3.0  # summed leaning of two words, powers of ten
_STRONG_WORD: Final = 1.8  # leaning of one word
_UNHEARD_WORD: Final = 2.6  # of one that hardly ever occurs in German, which its Zipf value there shows as well
_UNHEARD_ZIPF: Final = 2.0
_COMMON_NOUN: Final = 4.0
_CAPITALS: Final = 2
_ACRONYM: Final = 3
_NEAR: Final = 300  # characters within which parentheses and signs of a list of literature count
_MOST_PHRASES: Final = 20  # loan phrases in one run
_PHRASE_REACH: Final = 40  # characters of a loan phrase that may stand before its first telling word
_SHOWN: Final = 40


def detect(context: Context) -> list[Finding]:
    found: list[Finding] = []
    for segment in context.article.prose:
        taken: list[tuple[int, int]] = []  # sorted, without overlap
        for finding in _of_segment(context, segment):
            at = bisect_right(taken, (finding.start, finding.start))
            overlaps = (at > 0 and taken[at - 1][1] > finding.start) or (at < len(taken) and taken[at][0] < finding.end)
            if finding.weight > context.settings["silent"] and not overlaps:
                taken.insert(at, (finding.start, finding.end))
                found.append(finding)
    return found


def _of_segment(context: Context, segment: Segment) -> Iterator[Finding]:
    """The segment's findings, the surest kinds first."""
    yield from _bracketed(context, segment)
    yield from _scripts(context, segment)
    parts = list(pieces(context.article, segment))
    for piece in parts:
        yield from _runs(context, segment, piece)
    for piece in parts:
        yield from _capitals(context, segment, piece)
        yield from _hybrids(context, segment, piece)


def _runs(context: Context, segment: Segment, piece: Piece) -> Iterator[Finding]:
    """Foreign words in small letters, and what stands with them."""
    loans = Loans.load(context.assets.path("loans"))
    german: dict[str, int] = {}
    for fragment in fragments(context.languages, piece.tokens, loans):
        hits = _without_loans(segment.text, fragment, loans)
        if not hits:
            continue
        functions = sum(context.languages.zipf(hit.text, fragment.lang) >= FUNCTION for hit in hits)
        run = Run(piece, fragment, hits, functions, _fills(context, piece, fragment, german))
        if piece.mixed and not (run.is_sentence and len(hits) >= RUN):
            continue
        weight, severity = _graded(context, run)
        weight += _doubts(context, segment, run, loans)
        start, end = run.charged
        name = context.languages.name(fragment.lang)
        message = f"Likely left in {name}: {_numbered(len(hits), name)} in German text."
        yield _finding(context, segment, (start, end), message, (weight, severity), lang=fragment.lang)


def _fills(context: Context, piece: Piece, fragment: Fragment, german: dict[str, int]) -> bool:
    """Whether a piece is foreign as a whole: hardly any word of it is clearly German.

    ``german`` keeps the number of clearly German words of the whole piece, by the language they are compared with.
    """

    def count(tokens: Sequence[Token]) -> int:
        return sum(t.kind == "word" and context.languages.lean(t.text, fragment.lang) <= -HIT for t in tokens)

    if fragment.lang not in german:
        german[fragment.lang] = count(piece.tokens)
    outside = german[fragment.lang] - count(piece.tokens[fragment.first : fragment.last])
    return outside <= (1 - _MOSTLY) * piece.words


def _graded(context: Context, run: Run) -> tuple[float, Severity]:
    """Weight and severity of a run by its length and strength, before anything speaks for its innocence."""
    weights = context.settings["weights"]
    if len(run.hits) >= RUN:
        if run.is_sentence:
            return weights["sentence"], "critical"
        return (weights["run"] if run.functions else weights["content_run"]), "major"
    if len(run.hits) == RUN - 1:
        return (weights["pair"] if run.fragment.score >= _STRONG_PAIR else weights["weak_pair"]), "major"
    lean = context.languages.lean(run.hits[0].text, run.fragment.lang)
    if lean < _STRONG_WORD:
        return weights["weak_word"], "minor"
    unheard = lean >= _UNHEARD_WORD and context.languages.zipf(run.hits[0].text) < _UNHEARD_ZIPF
    likely = unheard or run.fragment.lang in context.settings["likely"]
    return weights["word" if likely else "word_of_others"], "minor"


def _doubts(context: Context, segment: Segment, run: Run, loans: Loans) -> float:
    """What speaks for a run's innocence, as a sum of log odds (0 or less)."""
    costs = context.settings["doubts"]
    before = (*run.piece.before, *run.piece.tokens[: run.fragment.first])[-_REACH:]
    total = 0.0
    if run.piece.quoted:
        total += costs[_quotation(segment, run)]
    if _in_parentheses(segment.text, run.start, run.end):
        total += costs["parenthesis" if run.fragment.words <= _TITLE_WORDS else "long_parenthesis"]
    if any(loans.introducers.fullmatch(token.text) for token in before):
        total += costs["introduced"] if run.is_short else costs["introduced_run"]
    elif _EXPLAINED.match(segment.text, run.charged[1]):
        total += costs["introduced"]
    clause = any(hit.text.lower() in context.languages.clause_words(run.fragment.lang) for hit in run.hits)
    if (run.is_short or (is_capital(run.tokens[0]) and not clause)) and (
        _continues_name(context, run, loans) or _COMPANY.match(segment.text, run.end)
    ):
        total += costs["name"]
    if _BIBLIOGRAPHY.search(segment.text, max(0, run.start - _NEAR), run.end + _NEAR):
        total += costs["bibliography"]
    if run.end == len(segment.text) and run.is_short:
        total += costs["cut_off"]
    if run.fragment.words <= _TITLE_WORDS and _begins_title(segment, before):
        total += costs["title"]
    return total


def _in_parentheses(text: str, start: int, end: int) -> bool:
    """Whether a range stands within one pair of parentheses."""
    opened = text.rfind("(", max(0, start - _NEAR), start)
    closed = text.find(")", opened, end + _NEAR) if opened >= 0 else -1
    return opened >= 0 and (closed < 0 or closed >= end)


def _quotation(segment: Segment, run: Run) -> str:
    """Titles, slogans and explained quotations stand in the original; a long one that nobody explains should not."""
    if run.piece.words <= _SLOGAN_WORDS or (run.fills_piece and _EXPLAINED.match(segment.text, run.end)):
        return "quotation"
    return "unexplained_quotation" if run.fills_piece else "in_german_quotation"


def _begins_title(segment: Segment, before: Sequence[Token]) -> bool:
    return before[-1].text in _BREAKS if before else segment.kind == "headline"


def _continues_name(context: Context, run: Run, loans: Loans) -> bool:
    """Whether the run begins with, or follows on, a capitalised word that is no German noun: "Front de gauche"."""
    tokens, at = run.piece.tokens, run.fragment.first
    if at and not is_capital(tokens[at]):
        at -= 1
        while at and tokens[at].text in loans.particles:
            at -= 1
    at_start = at == 0 and not run.piece.before
    return is_name(context.languages, tokens[at], run.fragment.lang) and not (at_start and run.fragment.first == 0)


def _without_loans(text: str, fragment: Fragment, loans: Loans) -> tuple[Token, ...]:
    """The run's words that neither are loans nor belong to a loan phrase."""
    if not fragment.hits:
        return ()
    start, end = max(0, fragment.hits[0].start - _PHRASE_REACH), fragment.hits[-1].end + _PHRASE_REACH
    phrases = [match.span() for match in loans.phrases.finditer(text, start, end)]
    single = len(fragment.hits) < RUN
    return tuple(
        hit
        for hit in fragment.hits
        if not (single and hit.text.lower() in loans.words)
        and not any(start <= hit.start and hit.end <= end for start, end in phrases[:_MOST_PHRASES])
    )


def _bracketed(context: Context, segment: Segment) -> Iterator[Finding]:
    """Foreign words in square brackets: a note that belongs to the text before translation."""
    loans = Loans.load(context.assets.path("loans"))
    for match in _SQUARE.finditer(segment.text):
        tokens = tuple(t for t in segment.tokens if match.start("inside") <= t.start and t.end <= match.end("inside"))
        words = sum(token.kind == "word" for token in tokens)
        for fragment in fragments(context.languages, tokens, loans, capitals=1.0):
            if fragment.words >= RUN and fragment.words >= _MOSTLY * words:
                name = context.languages.name(fragment.lang)
                message = f"Likely left in {name}: a note in square brackets that German readers would get in German."
                judged = context.settings["weights"]["bracketed"], "major"
                yield _finding(context, segment, match.span(), message, judged, lang=fragment.lang)


def _scripts(context: Context, segment: Segment) -> Iterator[Finding]:
    """Words in a script that German does not use, outside parentheses and quotations."""
    weights, costs = context.settings["weights"], context.settings["doubts"]
    for match in _OTHER_SCRIPT.finditer(segment.text):
        weight = weights["script"]
        if _in_parentheses(segment.text, *match.span()):
            weight += costs["parenthesis"]
        if context.article.in_quotation(segment, *match.span()):
            weight += costs["quotation"]
        lang = script_language(match.group())
        message = f"Likely left over: letters of another script ({context.languages.name(lang or '')}) in German text."
        yield _finding(context, segment, match.span(), message, (weight, "major"), lang=lang)


def _capitals(context: Context, segment: Segment, piece: Piece) -> Iterator[Finding]:
    """Two or more foreign common words with capitals, glued behind an acronym: a description, if it is no name."""
    tokens = piece.tokens
    at = 1
    while at < len(tokens) and not piece.quoted and not piece.mixed:
        end = at
        while end < len(tokens) and _is_foreign_noun(context, tokens[end]):
            end += 1
        head = tokens[at - 1].text
        if end - at >= _CAPITALS and len(head) >= _ACRONYM and head.isalpha() and head.isupper():
            lang = context.settings["capitals_lang"]
            message = f"Possibly left in {context.languages.name(lang)}: a description behind {head}, unless it is a name."
            judged = context.settings["weights"]["capitals"], "major"
            yield _finding(context, segment, (tokens[at].start, tokens[end - 1].end), message, judged, lang=lang)
        at = max(end, at + 1)


def _is_foreign_noun(context: Context, token: Token) -> bool:
    if token.kind != "word" or not token.text.istitle() or "-" in token.text:
        return False
    lang = context.settings["capitals_lang"]
    return context.languages.zipf(token.text, lang) >= _COMMON_NOUN and context.languages.lean(token.text, lang) >= HIT


def _hybrids(context: Context, segment: Segment, piece: Piece) -> Iterator[Finding]:
    """Words in small letters that nobody knows, made of a foreign stem and a German ending."""
    if piece.mixed:
        return
    languages = context.languages
    for token in piece.tokens:
        if token.kind != "word" or not token.text.islower() or not token.text.isalpha() or languages.zipf(token.text):
            continue
        if languages.foreign(token.text) or languages.is_native(token.text) or languages.is_listed(token.text):
            continue
        if foreign := foreign_stem(languages, token.text):
            stem, lang = foreign
            name = languages.name(lang)
            message = f"Likely {name} with a German ending: \u201c{token.text}\u201d is made of \u201c{stem}\u201d."
            weight = context.settings["weights"]["hybrid"]
            weight += context.settings["doubts"]["in_german_quotation"] if piece.quoted else 0.0
            judged = weight, "minor"
            yield _finding(context, segment, (token.start, token.end), message, judged, lang=lang)


def _numbered(hits: int, name: str) -> str:
    return f"one {name} word" if hits == 1 else f"{hits} {name} words"


def _finding(
    context: Context, segment: Segment, span: tuple[int, int], message: str, judged: tuple[float, Severity], *, lang: str | None
) -> Finding:
    """``judged``: weight and severity."""
    quoted = segment.text[span[0] : span[1]]
    evidence = Evidence(kind="language", lang=lang, word=quoted if len(quoted) <= _SHOWN else None)
    weight, severity = judged
    return DETECTOR.finding(context, segment, *span, message, weight=weight, severity=severity, evidence=(evidence,))


DETECTOR = Detector(
    id="foreign_fragment",
    version="1",
    category="Accuracy/Source language fragment",
    detect=detect,
    needs=frozenset({"languages", "loans"}),
)
