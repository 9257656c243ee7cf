"""An adverse event as typed: what follows from the injection, what is wrong, and the record it becomes. No Streamlit here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from store import AdverseEvent
from trial.quality import load_quality
from trial.quality_times import NearEvent, place_event
from trial.safety import load_safety
from views.quality_facts import name_tracer
from views.typed_day import read_typed_clock, read_typed_day, write_day

YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True)
class EventEntry:
    """Everything on the form; days and time as typed. `known`: the event that is corrected, None for a new one."""

    patient_id: str | None = None
    event: str = ""
    day: str = ""
    clock: str = ""
    grade: str | None = None
    serious: str | None = None
    related_to: str | None = None
    relatedness: str | None = None
    outcome: str | None = None
    ended: str = ""
    who: str = ""
    why: str = ""
    known: AdverseEvent | None = None

    @property
    def began_at(self) -> datetime | None:
        """The moment, or the beginning of the day while only the day is known."""
        day, clock = read_typed_day(self.day).day, read_typed_clock(self.clock).clock
        return datetime.combine(day, clock or time(), UTC) if day else None

    @property
    def day_only(self) -> bool:
        return self.began_at is not None and read_typed_clock(self.clock).clock is None


def fill_event(event: AdverseEvent) -> dict[str, str | None]:
    """What stands in the fields when an event is corrected; a word of before that is none of the list is asked anew."""
    began, words = event.began_at, load_safety()
    return {
        "patient_id": event.patient_id,
        "event": event.event,
        "day": write_day(began.date() if began else None),
        "clock": f"{began:%H:%M}" if began and not event.day_only else "",
        "grade": None if event.grade is None else str(event.grade),
        "serious": YES_NO.get(event.serious) if event.serious is not None else None,
        "related_to": event.related_to,
        "relatedness": event.relatedness if event.relatedness in words.relatedness.titles else None,
        "outcome": event.outcome if event.outcome in words.outcomes.titles else None,
        "ended": write_day(event.ended_on),
    }


def find_wrong_in_event(entry: EventEntry, injected: Mapping[str, datetime], today: date) -> tuple[str, ...]:
    """Why the event cannot be kept, a sentence each. `injected`: by tracer when it was given to this patient."""
    found = (
        None if entry.patient_id else "Patient: choose the pseudonym.",
        None if entry.event else "Event: say in a word what happened, such as nausea.",
        *_question_days(entry, today),
        _question_tracer(entry, injected),
        *_question_gravity(entry),
        None if entry.who else "Your name or initials: give them.",
        "Why: an event that is corrected or closed needs a word of why." if entry.known and not entry.why else None,
    )
    return tuple(says for says in found if says)


def _question_days(entry: EventEntry, today: date) -> tuple[str | None, ...]:
    began, clock, ended = read_typed_day(entry.day), read_typed_clock(entry.clock), read_typed_day(entry.ended)
    order = began.day and ended.day and ended.day < began.day
    going = entry.outcome and entry.outcome not in load_safety().final
    return (
        f"Began on: {began.wrong}." if began.wrong else None,
        f"Began at: {clock.wrong}." if clock.wrong else None,
        "Began at: a time needs its day; give both, or the day alone." if clock.clock and not entry.day else None,
        _question_future("Began on", began.day, today),
        f"Ended on: {ended.wrong}." if ended.wrong else None,
        _question_future("Ended on", ended.day, today),
        f"Ended on: {ended.day} is before the event began, {began.day}." if order else None,
        f"Ended on: the outcome is “{entry.outcome}”, so it has no end yet; mend one of them."
        if going and ended.day
        else None,
    )


def _question_future(name: str, day: date | None, today: date) -> str | None:
    return f"{name}: {day} is in the future; today is {today}." if day and day > today else None


def _question_tracer(entry: EventEntry, injected: Mapping[str, datetime]) -> str | None:
    moment = injected.get(entry.related_to or "")
    began = entry.began_at
    if entry.relatedness and entry.relatedness != "unrelated" and not entry.related_to:
        return f"Tracer: related “{entry.relatedness}” to which? Choose the tracer."
    if moment is None or began is None or entry.relatedness == "unrelated":
        return None
    before = began.date() < moment.date() if entry.day_only else began < moment
    name = name_tracer(entry.related_to or "")
    return (
        f"Tracer: {name} was injected at {moment:%Y-%m-%d %H:%M}, after the event began; it cannot be behind it."
        if before
        else None
    )


def _question_gravity(entry: EventEntry) -> tuple[str | None, ...]:
    words = load_safety()
    grade = int(entry.grade) if entry.grade else None
    dead = (grade == words.death_grade, entry.outcome == words.fatal)
    told = entry.grade is not None and entry.outcome is not None
    return (
        f"Outcome: grade {words.death_grade} is death and goes with the outcome “{words.fatal}”; mend one of them."
        if told and dead[0] != dead[1]
        else None,
        f"Serious: an event of grade {words.serious_from} or above, or a fatal one, is serious by definition."
        if entry.serious == "no" and ((grade or 0) >= words.serious_from or dead[1])
        else None,
    )


def make_event(entry: EventEntry) -> AdverseEvent:
    """The record; to call once nothing is wrong."""
    return AdverseEvent(
        entry.patient_id or "",
        entry.event,
        entry.began_at,
        int(entry.grade) if entry.grade else None,
        {"yes": True, "no": False}.get(entry.serious or ""),
        entry.related_to,
        entry.outcome,
        entry.known.event_id if entry.known else None,
        entry.day_only,
        entry.relatedness,
        read_typed_day(entry.ended).day,
    )


def place_adverse_event(
    event: AdverseEvent, scans: Mapping[str, date | None], injected: Mapping[str, datetime]
) -> NearEvent:
    """The event after the tracer before it: in minutes where its time and that of the injection are known."""
    known = {} if event.day_only else injected
    return place_event(event.patient_id, event.event, event.began_at, scans, known)


def say_near(near: NearEvent) -> str | None:
    """ "6 h 13 min after Pentixafor", "1 d after DOTATATE (by day)"; None when it cannot be told."""
    if near.hours is None or near.tracer is None:
        return None
    if near.by_day:
        return f"{near.hours / 24:.0f} d after {name_tracer(near.tracer)} (by day)"
    minutes = round(near.hours * 60)
    if near.hours > load_quality()["near_tracer"]["in_hours_to"]:
        return f"{near.hours / 24:.1f} d after {name_tracer(near.tracer)}"
    return f"{minutes // 60} h {minutes % 60} min after {name_tracer(near.tracer)}"
