"""A protocol deviation as typed: what is wrong, and the record it becomes. No Streamlit here."""

from dataclasses import dataclass
from datetime import date

from store import Deviation
from trial.safety import load_safety
from views.typed_day import read_typed_day, write_day

YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True)
class DeviationEntry:
    """Everything on the form; days as typed. `known`: the deviation that is corrected, None for a new one."""

    patient_id: str | None = None
    kind: str | None = None
    found: str = ""
    says: str = ""
    important: str | None = None
    effect: str = ""
    action: str = ""
    closed: str = ""
    who: str = ""
    why: str = ""
    known: Deviation | None = None


def fill_deviation(deviation: Deviation) -> dict[str, str | None]:
    """What stands in the fields when a deviation is corrected; a kind of before that is none of the list is asked anew."""
    return {
        "patient_id": deviation.patient_id,
        "kind": deviation.kind if deviation.kind in load_safety().deviations.titles else None,
        "found": write_day(deviation.found_on),
        "says": deviation.says,
        "important": YES_NO[deviation.important] if deviation.important is not None else None,
        "effect": deviation.effect or "",
        "action": deviation.action or "",
        "closed": write_day(deviation.closed_on),
    }


def find_wrong_in_deviation(entry: DeviationEntry, today: date) -> tuple[str, ...]:
    """Why the deviation cannot be kept, a sentence each."""
    found = (
        None if entry.patient_id else "Patient: choose the pseudonym.",
        None if entry.kind else "Category: choose what it is about.",
        None if entry.says else "What: say what was done otherwise than planned.",
        *_question_days(entry, today),
        None if entry.who else "Your name or initials: give them.",
        "Why: a deviation that is corrected or closed needs a word of why." if entry.known and not entry.why else None,
    )
    return tuple(says for says in found if says)


def _question_days(entry: DeviationEntry, today: date) -> tuple[str | None, ...]:
    found, closed = read_typed_day(entry.found), read_typed_day(entry.closed)
    order = found.day and closed.day and closed.day < found.day
    return (
        f"Date: {found.wrong}." if found.wrong else None,
        f"Date: {found.day} is in the future; today is {today}." if found.day and found.day > today else None,
        f"Closed on: {closed.wrong}." if closed.wrong else None,
        f"Closed on: {closed.day} is in the future; today is {today}." if closed.day and closed.day > today else None,
        f"Closed on: {closed.day} is before its date, {found.day}." if order else None,
        "Closed on: say what it means for the analysis before it is closed."
        if closed.day and not entry.effect
        else None,
    )


def make_deviation(entry: DeviationEntry) -> Deviation:
    """The record; to call once nothing is wrong."""
    return Deviation(
        entry.patient_id or "",
        entry.kind or "",
        entry.says,
        read_typed_day(entry.found).day,
        {"yes": True, "no": False}.get(entry.important or ""),
        entry.effect or None,
        entry.action or None,
        entry.known.deviation_id if entry.known else None,
        read_typed_day(entry.closed).day,
    )
