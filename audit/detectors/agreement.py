"""Determiner, adjectives and noun that do not go together; verbs that do not go with their subject or their clause.

What it flags: a noun phrase whose determiner, adjectives and noun share no reading of gender, number and case ("in einem
Erklärung", "eines schwere Sturms"), and a preposition whose case the phrase cannot have ("mit den Beschluss"). Only phrases
that stand in one piece are judged: a determiner, adjectives that are known as such, a noun whose forms are known, or a
compound whose head is. Adjectives without a determiner ("mit neue Regeln"), and times of day that have lost their article
("später Abends"). Of verbs: one whose number or person its subject cannot have ("er sind", "Der Präsident haben"), one
in the wrong place ("dass er hat gesagt den Präsidenten"), one too many ("Der Rat ist wird tagen") and a missing one
("nachdem er die Schulden zurückgezahlt."), "um" and modal verbs with the wrong infinitive: only where the sentence leaves no
other reading.

Where the rules see nothing, a small network may suspect a form (article, adjective, verb, relative pronoun); most of its
suspicions show only where the whole document reads like a machine's.

Why it betrays machine translation: people who write German for a living hardly ever miss a gender; a system that translates
word by word, or swaps a word by a synonym afterwards, leaves the article of the other noun behind. People slip too: hence
severity minor, and the document decides with the rest of its evidence.

Example: "sagte die Sprecherin in einem Erklärung" – *Erklärung* is feminine: "in einer Erklärung".

Innocent look-alikes that stay silent: relative and demonstrative pronouns ("das Kinder betrifft", "mit denen Menschen …"),
names and titles of works, nominalised adjectives and infinitives, hyphenated compounds (the last part decides), nouns of
several genders (der/das Virus), measures ("ein Glas Wasser"), apposition ("der Stadt Berlin"), words in another language,
headlines in clipped style, genitives after names, quantities ("Die Mehrheit der Deutschen sind"), predicates before their
subject ("Ein Grund sind die Preise"), coordinated subjects and clauses, double infinitives ("dass er hat kommen wollen").

Source of the rule: the declension tables of any school grammar (models/de/rules/agreement.toml); nouns with their readings
from models/de/morphology, compiled from the German Wiktionary (CC BY-SA); the network's recipe is in models/de/slips/CARD.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from audit import concord, syntax, valency
from audit.alternatives import CONTRACTIONS, alternatives, better_forms, family
from audit.article import lemma
from audit.clauses import INFINITIVE, load_verbs, sentences
from audit.concord import discords
from audit.detectors import Context, Detector
from audit.endings import remarks
from audit.grammar import Grammar, case_names, kind_names
from audit.neural.suspicions import charges
from audit.noun_phrases import Phrase, is_other, phrases
from audit.syntax import Lexis, load_lexis
from audit.text import Segment, Token
from audit.types import Evidence, Finding, Suggestion

# Without an adjective or a preposition these are as often pronouns: "Ohne Timo ist das Nachteil", "dort bindet einer Kappen".
_OFTEN_PRONOUNS: Final = frozenset({"das", "einer", "eines", "keiner", "jeder", "dieser", "jener", "welche", "welcher"})
_MESSAGES: Final = concord.MESSAGES | syntax.MESSAGES | valency.MESSAGES
_NEUTER: Final = 0x4404  # nominative, dative and accusative of a neuter without plural
_MOST: Final = 4  # suggestions



def detect(context: Context) -> list[Finding]:
    lexis = load_lexis(context.assets)
    found: list[Finding] = []
    for segment in context.article.prose:
        if segment.kind not in ("body", "caption"):
            continue
        for phrase in phrases(segment, lexis.grammar):
            finding = _judge(context, lexis.grammar, segment, phrase)
            if finding is not None:
                found.append(finding)
        found += _verbs(context, lexis, segment)
    return [*found, *_suspected(context, lexis, found)]


def _suspected(context: Context, lexis: Lexis, found: Sequence[Finding]) -> Iterator[Finding]:
    """What the network sees of forms, where the rules see nothing."""
    settings, titles = context.settings["network"], lexis.grammar.titles
    for charge in charges(context.article, context.assets, settings["kinds"], settings["in_quotation"], found):
        words = charge.segment.text[charge.start : charge.end].split()
        if any(word in titles for word in (*words, *charge.segment.text[charge.end : charge.end + 30].split()[:1])):
            continue
        behind = charge.segment.text[charge.end : charge.end + 30].split()[:1]
        if charge.kind == "adjective_form" and _is_adverb([*words, *behind], lexis.grammar):
            continue
        segment, place = charge.segment, charge.suspicion
        at, forms = alternatives(charge.kind, segment.tokens, place.first, place.end, lexis)
        pronoun = charge.kind == "article_form" and words[0] in _OFTEN_PRONOUNS  # "Ohne ihn ist das Nachteil genug"
        yield DETECTOR.finding(
            context, charge.segment, charge.start, charge.end, charge.message,
            weight=min(charge.weight, settings["pronoun"]) if pronoun else charge.weight, severity="minor",
            suggestions=_suggested(segment, charge.start, charge.end, segment.tokens[at], forms),
            evidence=[Evidence(kind="model", note=f"network: {charge.kind}")],
        )  # fmt: skip


def _is_adverb(words: Sequence[str], grammar: Grammar) -> bool:
    """Whether an adverb and a nominalised adjective stand here: "die politisch Verantwortlichen"."""
    plain = words[0][0].islower() and not grammar.is_adjective(words[0])
    return plain and len(words) > 1 and grammar.is_adjective(words[1].lower().strip(".,;:"))


def _verbs(context: Context, lexis: Lexis, segment: Segment) -> Iterator[Finding]:
    """The findings on the verbs of a segment, and on adjectives without a determiner."""
    tokens, grammar, verbs = segment.tokens, lexis.grammar, lexis.verbs
    for sentence in sentences(segment):
        for remark in remarks(tokens, sentence, grammar, verbs):
            start, end, word = tokens[remark.first].start, tokens[remark.end - 1].end, tokens[remark.word]
            yield DETECTOR.finding(
                context, segment, start, end, remark.message,
                weight=context.settings["endings"][remark.rule], severity="minor",
                suggestions=_suggested(segment, start, end, word, remark.suggestions),
                evidence=[Evidence(kind="rule", note=remark.rule)],
            )  # fmt: skip
        slips = (*syntax.slips(tokens, sentence, lexis), *valency.slips(tokens, sentence, lexis))
        for discord in (*discords(tokens, sentence, verbs, grammar), *slips):
            verb, subject = tokens[discord.verb].text, tokens[discord.subject].text
            message = _MESSAGES[discord.rule].format(verb=verb, subject=subject)
            yield DETECTOR.finding(
                context, segment, tokens[discord.first].start, tokens[discord.end - 1].end, message,
                weight=context.settings["verbs"][discord.rule], severity="major",
                evidence=[Evidence(kind="rule", note=discord.rule)],
            )  # fmt: skip


def _judge(context: Context, grammar: Grammar, segment: Segment, phrase: Phrase) -> Finding | None:
    """The finding on a noun phrase, or None where it has a reading, or may be something else."""
    tokens = segment.tokens
    first, noun = tokens[phrase.determiner], tokens[phrase.noun]
    mask = grammar.noun(noun.text)
    if not mask or is_other(tokens, phrase.noun, grammar):
        return None
    if _is_infinitive(context, noun):
        mask |= _NEUTER
    determiner = grammar.determiners[first.text.lower()]
    common = determiner.mask & mask
    if common:
        return _adjective(context, grammar, segment, phrase, common, determiner.declension)
    if determiner.mask & _NEUTER and _ends_in_infinitive(context, noun):  # "beim Schneeschaufeln"
        return None
    governed = _governed(tokens, phrase.determiner, grammar) != 0xFFFF
    if not phrase.adjectives and not governed and first.text.lower() in _OFTEN_PRONOUNS:
        return None
    return None if _may_be_foreign(noun) else _mismatch(context, grammar, segment, phrase, mask)


def _is_infinitive(context: Context, noun: Token) -> bool:
    """Whether the word may be a nominalised infinitive (neuter), also one that no list has: das Rätselraten."""
    word = noun.text.lower()
    return word.endswith("n") and lemma(word.rsplit("-", 1)[-1], context.article.lang) == word.rsplit("-", 1)[-1]


def _ends_in_infinitive(context: Context, noun: Token) -> bool:
    """Whether the word may be a compound of a noun and a nominalised infinitive."""
    verbs = load_verbs(context.assets.path("morphology/verbs"), context.assets.path("rules/clauses"))
    word = noun.text.lower()
    return word.endswith("n") and any(verbs.readings(word[cut:]) & INFINITIVE for cut in range(3, len(word) - 4))


def _may_be_foreign(noun: Token) -> bool:
    """Acronyms and brand names take the gender of what they stand for."""
    return not noun.text[1:].islower() and "-" not in noun.text


def _governed(tokens: tuple[Token, ...], i: int, grammar: Grammar) -> int:
    """The readings that the preposition before a determiner allows; all of them where there is none."""
    return grammar.prepositions.get(tokens[i - 1].text.lower(), 0xFFFF) if i else 0xFFFF


def _mismatch(context: Context, grammar: Grammar, segment: Segment, phrase: Phrase, mask: int) -> Finding | None:
    tokens = segment.tokens
    first, noun = tokens[phrase.determiner], tokens[phrase.noun]
    word = first.text.lower()
    if not mask & ~0x00F0 and word.endswith("en"):  # "Anfang diesen Jahres": the weak genitive is common usage
        return None
    if word == "die" and noun.text.endswith("s"):  # "die Müllers"
        return None
    governed = _governed(tokens, phrase.determiner, grammar)
    better = better_forms(grammar, word, mask, governed)
    kinds = kind_names(mask)
    message = f"“{first.text}” does not go with “{noun.text}”, which is {kinds}."
    if not better and word in CONTRACTIONS:
        article = "das" if word in ("ins", "ans") else "dem"
        better = [f"{CONTRACTIONS[word]} {form}" for form in better_forms(grammar, article, mask, 0xFFFF)]
    suggestion = _suggested(segment, first.start, noun.end, first, better)
    evidence = [Evidence(kind="rule", note=f"{noun.text}: {kinds}")]
    # "des Jetset", "seines Impresario": the genitive without its ending is on its way into the language.
    bare = not grammar.determiners[word].mask & ~0x00F0 and bool(mask & 0x0505)
    weight = context.settings["bare_genitive" if bare else "mismatch"]
    return DETECTOR.finding(
        context, segment, first.start, noun.end, message, weight=weight, severity="minor", suggestions=suggestion,
        evidence=evidence,
    )  # fmt: skip


def _adjective(
    context: Context, grammar: Grammar, segment: Segment, phrase: Phrase, common: int, declension: str
) -> Finding | None:
    """The finding on an adjective whose ending fits no reading, or on a preposition whose case the phrase cannot have."""
    tokens = segment.tokens
    first, noun = tokens[phrase.determiner], tokens[phrase.noun]
    bits = [bit for bit in range(16) if common >> bit & 1]
    expected = sorted({grammar.endings[declension][bit] for bit in bits})
    for j in phrase.adjectives:
        word = tokens[j].text
        possible = grammar.adjective_endings(word)
        stem = word[: -min(map(len, possible))]
        if possible & set(expected):
            continue
        message = f"After “{first.text}”, “{word}” needs another ending to go with “{noun.text}”."
        options = _suggested(segment, first.start, noun.end, tokens[j], [stem + ending for ending in expected])
        evidence = [Evidence(kind="rule", note=f"{noun.text}: {kind_names(common)}")]
        return DETECTOR.finding(
            context, segment, first.start, noun.end, message, weight=context.settings["adjective"], severity="minor",
            suggestions=options, evidence=evidence,
        )  # fmt: skip
    governed = _governed(tokens, phrase.determiner, grammar)
    contraction = first.text.lower() in CONTRACTIONS
    if common & governed or contraction or _is_postposition(tokens, phrase.determiner - 1):
        return None
    preposition = tokens[phrase.determiner - 1]
    wanted = governed & grammar.noun(noun.text)
    better = [form for form in family(grammar, first.text.lower()) if grammar.determiners[form].mask & wanted]
    message = f"“{preposition.text}” does not take the {case_names(common)} of “{segment.text[first.start : noun.end]}”."
    suggestion = _suggested(segment, preposition.start, noun.end, first, better)
    return DETECTOR.finding(
        context, segment, preposition.start, noun.end, message, weight=context.settings["case"], severity="minor",
        suggestions=suggestion, evidence=[Evidence(kind="rule", note=f"{preposition.text}: {case_names(governed)}")],
    )  # fmt: skip


def _is_postposition(tokens: tuple[Token, ...], i: int) -> bool:
    """"Der Legende nach ein Soldat": nach, gegenüber and the like may end the phrase before."""
    return tokens[i].text == "nach" and i > 0 and tokens[i - 1].text[0].isupper()


def _put(segment: Segment, start: int, end: int, word: Token, new: str) -> str:
    """The text from ``start`` to ``end`` with another word in place of one."""
    form = new.capitalize() if word.text[0].isupper() and new != word.text.lower() else new
    return segment.text[start : word.start] + form + segment.text[word.end : end]


def _suggested(segment: Segment, start: int, end: int, word: Token, forms: Sequence[str]) -> list[Suggestion]:
    """The first forms, each put into the text from ``start`` to ``end``."""
    share = round(0.9 / max(1, len(forms)), 2)
    return [Suggestion(text=_put(segment, start, end, word, form), probability=share) for form in forms[:_MOST]]


DETECTOR = Detector(
    id="agreement",
    version="1",
    category="Fluency/Grammar",
    detect=detect,
    needs=frozenset(
        {"rules/agreement", "rules/clauses", "morphology/nouns", "morphology/adjectives", "morphology/verbs", "ngrams", "slips"}
    ),
)
