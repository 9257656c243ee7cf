"""Adverse events: how many near a tracer, all of them in a table, one entered, corrected or closed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import pandas as pd
import streamlit as st

from store import AdverseEvent
from trial.protocol import load_protocol
from trial.quality import load_quality
from trial.quality_times import NearEvent, count_near
from trial.safety import WordList, load_safety
from views import data
from views.kept_fields import Fields
from views.quality_data import Quality
from views.quality_event_entry import (
    EventEntry,
    fill_event,
    find_wrong_in_event,
    make_event,
    place_adverse_event,
    say_near,
)
from views.quality_facts import name_tracer
from views.quality_history import show_history
from views.quality_keep import ask_kept, keep_record
from views.words import UNKNOWN, escape, say_date

YES_NO = {True: "yes", False: "no", None: UNKNOWN}
CHOSEN = "quality_event"


def show_events(quality: Quality) -> None:
    """The counts, the table, and the form behind a choice: a new event, or one that is there."""
    events = data.the_store().trial.fetch_events()
    near = [place_event_of(quality, one) for one in events]
    st.subheader(f"Adverse events ({len(events)})", anchor=False)
    if events:
        st.markdown(_say_near_counts(near))
        st.caption(
            "From the injection to the minute where both times are known; else by day, and then an event of the same or the "
            "next day counts as within 24 h."
        )
        st.dataframe(_make_table(events, near), hide_index=True, height="content", alt="Adverse events")
    else:
        st.caption("None entered.")
    with st.expander("Enter an adverse event", icon=":material/add:"):
        show_event_form(quality, None)
    if events:
        _show_correction(quality, events)


def place_event_of(quality: Quality, event: AdverseEvent) -> NearEvent:
    """The event after the tracer before it."""
    who = event.patient_id
    return place_adverse_event(event, quality.scan_days.get(who, {}), quality.injected.get(who, {}))


def _say_near_counts(near: Sequence[NearEvent]) -> str:
    counts = " · ".join(f"within {say_hours(hours)}: {number}" for hours, number in count_near(near).items())
    untold = sum(one.hours is None for one in near)
    return f"After a tracer {counts} of {len(near)}; day of the scan not known or no scan before: {untold}."


def say_hours(hours: int) -> str:
    """24 h, 7 d."""
    return f"{hours} h" if hours <= load_quality()["near_tracer"]["in_hours_to"] else f"{hours // 24} d"


def _make_table(events: Sequence[AdverseEvent], near: Sequence[NearEvent]) -> pd.DataFrame:
    rows = [
        {
            "No.": str(event.event_id),
            "ID": event.patient_id,
            "Event": event.event,
            "Grade": UNKNOWN if event.grade is None else str(event.grade),
            "Serious": YES_NO[event.serious],
            "Began": _say_began(event),
            "After": say_near(place) or UNKNOWN,
            "Thought due to": _join(name_tracer(event.related_to or ""), event.relatedness),
            "Outcome": _join(event.outcome, say_date(event.ended_on) if event.ended_on else None),
        }
        for event, place in zip(events, near, strict=True)
    ]
    return pd.DataFrame(rows)


def _join(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part) or UNKNOWN


def _say_began(event: AdverseEvent) -> str:
    clock = "" if event.began_at is None or event.day_only else f", {event.began_at:%H:%M}"
    return say_date(event.began_at) + clock


def _show_correction(quality: Quality, events: Sequence[AdverseEvent]) -> None:
    known = {str(one.event_id): one for one in events}
    lines = {number: f"{one.patient_id} · {one.event}" for number, one in known.items()}
    chosen = ask_kept("Correct or close an adverse event", lines, CHOSEN)
    if chosen:
        with st.container(border=True):
            show_event_form(quality, known[chosen])


def show_event_form(quality: Quality, known: AdverseEvent | None) -> None:
    """The fields of one event; what follows from its time is worked out below them."""
    fields = Fields(f"adverse_event_{known.event_id if known else 'new'}_")
    fields.fill(fill_event(known) if known else {})
    entry = _ask(fields, known)
    injected = quality.injected.get(entry.patient_id or "", {})
    if entry.patient_id:
        st.caption(escape(_say_derived(quality, entry, injected)))
    if st.button("Keep the event", icon=":material/save:", key=f"{fields.start}keep"):
        wrong = find_wrong_in_event(entry, injected, date.today())
        keep_record(fields, wrong, lambda: _save(entry), f"The adverse event of {entry.patient_id} is kept.", CHOSEN)
    if known:
        show_history(known.patient_id, "adverse event", known.event_id)


def _ask(fields: Fields, known: AdverseEvent | None) -> EventEntry:
    words = load_safety()
    first, second, third, fourth = st.columns([3, 5, 3, 2])
    patients = [known.patient_id] if known else data.fetch_patient_ids()
    patient_id = fields.choose(first, "patient_id", "Patient", patients, hint="Pseudonym")
    event = fields.text(second, "event", "Event", "nausea; nothing that names the person")
    day = fields.text(third, "day", "Began on", "2026-03-05 or 5 Mar 2026")
    clock = fields.text(fourth, "clock", "Began at", "08:10")
    left, right = st.columns([10, 3])
    grade = fields.pick(left, "grade", "Grade (CTCAE)", list(words.grades.titles), _say_word(words.grades))
    serious = fields.pick(right, "serious", "Serious", ("yes", "no"))
    if grade:
        left.caption(f"Grade {grade}: {words.grades.says[grade]}.")
    first, second = st.columns([4, 9])
    tracers = [one.code for one in load_protocol().tracers]
    related_to = fields.choose(first, "related_to", "Tracer thought to be behind it", tracers, name_tracer)
    relatedness = fields.pick(second, "relatedness", "Related to it", list(words.relatedness.titles))
    first, second, third, fourth = st.columns([4, 3, 3, 4])
    return EventEntry(
        patient_id, event, day, clock, grade, serious, related_to, relatedness,
        outcome=fields.choose(first, "outcome", "Outcome", list(words.outcomes.titles)),
        ended=fields.text(second, "ended", "Ended on", "2026-03-06"),
        who=fields.text(third, "who", "Your name or initials"),
        why=fields.text(fourth, "why", "Why", "what is corrected, or why it is closed") if known else "",
        known=known,
    )  # fmt: skip


def _say_word(words: WordList) -> Callable[[str], str]:
    return lambda code: f"{code} {words.titles[code]}"


def _say_derived(quality: Quality, entry: EventEntry, injected: Mapping[str, datetime]) -> str:
    """How long after which injection; or what is missing to tell it."""
    given = "; ".join(f"{name_tracer(one)} {moment:%d %b %Y %H:%M}" for one, moment in sorted(injected.items()))
    said = f"Injected: {given}." if given else f"No time of an injection is known of {entry.patient_id}."
    if entry.began_at is None:
        return said
    near = say_near(place_event_of(quality, make_event(entry)))
    return f"{said} Worked out: {near or 'no tracer is known before it'}."


def _save(entry: EventEntry) -> None:
    data.the_store().trial.save_events([make_event(entry)], who=entry.who, why=entry.why or None)
