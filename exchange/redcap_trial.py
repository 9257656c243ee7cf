"""The trial's own forms as REDCap fields: screening log, adverse events, deviations, each a repeating form of its record.

Somebody who is not enrolled is a record of the screening number with nothing but that form. An adverse event is the same one
when event and onset are the same, a deviation when kind, day and words are; REDCap's instance number says nothing here, since
both sides count on their own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from exchange.redcap_values import ValueFault, read_day
from trial.protocol import load_protocol
from trial.safety import load_safety
from trial.screening import list_consents, list_reasons, load_criteria

SCREENING, EVENT, DEVIATION = "screening", "event", "deviation"
FORMS = {SCREENING: "screening", EVENT: "adverse_event", DEVIATION: "deviation"}
TITLES = {SCREENING: "Screening", EVENT: "Adverse event", DEVIATION: "Deviation"}
CRITERION = "criterion_"
YES_NO = ("yes", "no")
FLAGS = ("event.serious", "deviation.important", "screening.synthetic")
DATED = (
    "screening.screened_on",
    "screening.consented_on",
    "event.ended_on",
    "deviation.found_on",
    "deviation.closed_on",
)
NOTES = {"event.began_at": "2026-03-05 08:10, or the day alone"}
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")


@lru_cache(maxsize=1)
def list_trial_targets() -> dict[str, tuple[str, ...]]:
    """By kind the names a field can become."""
    criteria = tuple(f"{CRITERION}{one.code}" for one in load_criteria())
    person = ("screening_id", "screened_on", "age_band", "sex", *criteria, "decision", "reason", "other_reasons")
    return {
        SCREENING: (*person, "decided_by", "consent_type", "consented_on", "patient_id", "synthetic"),
        EVENT: ("event", "began_at", "grade", "serious", "related_to", "relatedness", "outcome", "ended_on"),
        DEVIATION: ("kind", "found_on", "says", "important", "effect", "action", "closed_on"),
    }


@lru_cache(maxsize=1)
def list_trial_words() -> dict[str, Iterable[str]]:
    """By target the only words it takes."""
    words = load_safety()
    criteria = {f"screening.{CRITERION}{one.code}": (*YES_NO, "not_applicable") for one in load_criteria()}
    return {
        **criteria,
        **dict.fromkeys(FLAGS, YES_NO),
        "screening.sex": ("female", "male"),
        "screening.decision": ("enrolled", "not_enrolled", "pending"),
        "screening.reason": tuple(list_reasons()),
        "screening.consent_type": list_consents(),
        "event.grade": tuple(words.grades.titles),
        "event.related_to": tuple(tracer.code for tracer in load_protocol().tracers),
        "event.relatedness": tuple(words.relatedness.titles),
        "event.outcome": tuple(words.outcomes.titles),
        "deviation.kind": tuple(words.deviations.titles),
    }


def title_word(to: str, word: str) -> str:
    """How a word reads as the label of a choice."""
    titles = {"screening.reason": list_reasons(), "event.grade": load_safety().grades.titles}
    return titles.get(to, {}).get(word, word.replace("_", " "))


def code_word(word: str) -> str:
    """A word as REDCap's raw code: letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9_]", "_", word)


def read_onset(text: str) -> str:
    """The beginning of an event as "2026-03-05 08:10", or the day alone. Raises ValueFault."""
    day, _, clock = text.replace("T", " ").partition(" ")
    known = read_day(day)
    if not clock:
        return known.isoformat()
    if not _CLOCK.fullmatch(clock):
        raise ValueFault(f"“{clock}” is no time of day; write the beginning as {known} 08:10, or the day alone")
    try:
        moment = datetime.fromisoformat(f"{known} {clock.zfill(5) if clock.count(':') == 1 else clock.zfill(8)}")
    except ValueError:
        raise ValueFault(f"“{clock}” is no time of day; write the beginning as {known} 08:10") from None
    return write_onset(moment, day_only=False)


def write_onset(moment: datetime, *, day_only: bool) -> str:
    """The same text from the moment; a zone is left out, the hospital's clock is meant."""
    if day_only:
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds" if moment.second else "minutes")


def write_cells(kind: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each known value as the cell of its field: words as raw codes, yes and no as 1 and 0."""
    for name in list_trial_targets()[kind]:
        value, to = document.get(name), f"{kind}.{name}"
        if value is not None:
            cell = str(int(value)) if isinstance(value, bool) else str(value)
            yield f"{kind}_{name}", code_word(cell) if to in list_trial_words() else cell
