"""The worklist's lines: which patients a tab holds, how the search finds them, what each column says. No Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from textwrap import wrap
from types import MappingProxyType

import pandas as pd

from store import WorklistRow
from views.names import say_abbreviated, subtype_name, test_name
from views.words import UNKNOWN, say_interval, say_list, say_per_cent, say_sex, say_since, shorten_finding

ALL = "all"
MEETING = "meeting"
UNREAD = "unread"
CONFLICTS = "conflicts"
LINES = 3
KEPT = 20_000  # so many patients' words are kept
COLUMNS = ("ID", "Age", "Suggestion", "Bar", "Probability", "Rests on", "Next", "Picture", "Images", "Updated")


def next_meeting(rows: Sequence[WorklistRow], today: date) -> date | None:
    """The day of the next MDT, today's included; None when none is planned."""
    return min((row.mdt_on for row in rows if row.mdt_on and row.mdt_on >= today), default=None)


def name_tabs(rows: Sequence[WorklistRow], today: date) -> dict[str, str]:
    """The tabs with their counts: "Tomorrow's MDT (6)", "All (160)", "Needs a read (9)", "Conflicts (4)"."""
    meeting = next_meeting(rows, today)
    names = {MEETING: _name_meeting(meeting, today), ALL: "All", UNREAD: "Needs a read", CONFLICTS: "Conflicts"}
    return {tab: f"{name} ({len(choose_rows(rows, tab, today))})" for tab, name in names.items()}


def _name_meeting(meeting: date | None, today: date) -> str:
    if meeting is None:
        return "No MDT planned"
    near = {today: "Today's MDT", today + timedelta(days=1): "Tomorrow's MDT"}
    return near.get(meeting, f"MDT {meeting.day} {meeting:%b}")


def choose_rows(rows: Sequence[WorklistRow], tab: str, today: date) -> list[WorklistRow]:
    meeting = next_meeting(rows, today)
    rules: dict[str, Callable[[WorklistRow], bool]] = {
        MEETING: lambda row: meeting is not None and row.mdt_on == meeting,
        UNREAD: lambda row: row.needs_read,
        CONFLICTS: lambda row: row.conflicts > 0,
    }
    keep = rules.get(tab, lambda row: True)
    return [row for row in rows if keep(row)]


def search_rows(rows: Sequence[WorklistRow], words: str) -> list[WorklistRow]:
    """The rows that hold every word typed, in any column, case ignored."""
    wanted = words.casefold().split()
    return [row for row in rows if all(word in _searchable(row) for word in wanted)]


@lru_cache(maxsize=KEPT)
def _searchable(row: WorklistRow) -> str:
    parts = [row.patient_id, row.sex or "", say_suggestion(row), say_next(row), say_images(row), *row.rests_on]
    return " ".join([*parts, *row.prediction_set, row.leader or "", *row.urgent]).casefold()


def say_suggestion(row: WorklistRow) -> str:
    """The leading class, the classes that cannot be told apart, or that there is no suggestion."""
    if row.abstain:
        return "No suggestion"
    if len(row.prediction_set) > 1:
        return say_abbreviated(row.prediction_set)
    return UNKNOWN if row.leader is None else subtype_name(row.leader)


def _say_probability(row: WorklistRow) -> str:
    if row.probability is None:
        return UNKNOWN
    return f"{say_per_cent(row.probability)} {say_interval(row.low, row.high)}"


def _say_bits(bits: float) -> str:
    return "< 0.1 bit" if bits < 0.05 else f"{bits:.1f} bit"


def say_next(row: WorklistRow) -> str:
    if row.next_test is None:
        return say_list(row.missing[:1])
    gain = "" if row.next_gain_bits is None else f" ({_say_bits(row.next_gain_bits)})"
    return test_name(row.next_test) + gain


def _fit(findings: Sequence[str], characters: int) -> str:
    """As many whole findings as three lines hold, so that no number loses its unit; an ellipsis where more are known."""
    for count in range(len(findings), 0, -1):
        text = "; ".join(findings[:count]) + (" …" if count < len(findings) else "")
        if len(wrap(text, characters)) <= LINES:
            return text
    return _break(findings[0], characters) if findings else ""


def _break(text: str, characters: int) -> str:
    """As much of the text as three lines of so many characters hold, an ellipsis where more is known."""
    lines = wrap(text, characters, max_lines=LINES, placeholder=" …", break_long_words=False, break_on_hyphens=False)
    return " ".join(lines)


def say_images(row: WorklistRow) -> str:
    tracers = [name for has, name in ((row.has_pentixafor, "Pentixafor"), (row.has_dotatate, "DOTATATE")) if has]
    return " + ".join(tracers) or UNKNOWN


def make_table(
    rows: Sequence[WorklistRow], now: datetime, picture: Callable[[str | None], str | None] = lambda place: None
) -> pd.DataFrame:
    """One line a patient in the columns of the screen; the bar is the probability from 0 to 1.

    `picture` gives the address of the small picture of a preview, None where there is none.
    """
    return pd.DataFrame([_line(row, now, picture(row.thumbnail)) for row in rows], columns=["Alert", *COLUMNS])


def _say_person(row: WorklistRow) -> str:
    """Age and sex: "34 F", an em dash for what is not known."""
    age = UNKNOWN if row.age_years is None else f"{row.age_years:.0f}"
    return UNKNOWN if row.age_years is None and row.sex is None else f"{age} {say_sex(row.sex)}"


def _line(row: WorklistRow, now: datetime, picture: str | None) -> dict[str, object]:
    return {**_say_row(row), "Picture": picture, "Updated": say_since(row.updated_at, now)}


@lru_cache(maxsize=KEPT)
def _say_row(row: WorklistRow) -> Mapping[str, object]:
    """The cells that stay the same while nothing about the patient changes; to break them into lines takes longest."""
    cells: dict[str, object] = {
        "Alert": "⚠" if row.urgent else "",
        "ID": row.patient_id,
        "Age": _say_person(row),
        "Suggestion": _break(say_suggestion(row), 16),
        "Bar": row.probability,
        "Probability": _break(_say_probability(row), 9),
        "Rests on": _fit([shorten_finding(finding) for finding in row.rests_on], 18) or UNKNOWN,
        "Next": _break(say_next(row), 15),
        "Images": _break(say_images(row), 12),
    }
    return MappingProxyType(cells)
