"""The day of a scan: true where the secret of the data folder gives it back, for it stands beside laboratory dates.

In the database, the volumes and every exported file the dates are moved; only screens and the summary show the true one.
No Streamlit.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from imaging.problem import ImagingError
from imaging.pseudonym import Pseudonym
from store import SeriesRecord, StoreError, read_secret
from views.words import UNKNOWN, say_date

_NOTES = {
    "moved": "moved before it came here",
    "not said": "as it came, perhaps moved",
    "true": "",
}


@dataclass(frozen=True)
class ScanDay:
    """The day as it may be compared with laboratory dates, None when it is not known; `note` where it may not be true."""

    day: date | None
    note: str = ""


def read_day(record: SeriesRecord) -> ScanDay:
    """The true day of a stored or uploaded series."""
    known = record.deidentified
    if known is None or record.acquired_on is None:
        return ScanDay(record.acquired_on)
    note = _NOTES.get(known.get("dates_were", "true"), "")
    if known.get("dates") != "moved":
        return ScanDay(record.acquired_on, note)
    person = read_disguise(record)
    if person is None:
        return ScanDay(None, "the secret it was moved by is not here")
    return ScanDay(person.true_day(record.acquired_on), note)


def parse_day(text: str | None) -> date | None:
    """A day as the inspection writes it (2026-03-02); None when it is no day of the calendar."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def read_disguise(record: SeriesRecord) -> Pseudonym | None:
    """The disguise under which a series was taken in; None when it has none, or the secret is another one now."""
    known = record.deidentified or {}
    try:
        person = Pseudonym(str(known.get("as", "")), read_secret())
    except (StoreError, ImagingError):
        return None
    return person if known.get("secret") == person.secret_mark else None


def say_day(record: SeriesRecord) -> str:
    """The day in words: "2 Mar 2026", "—", with a note where it may not be true."""
    found = read_day(record)
    if found.day is None and not found.note:
        return UNKNOWN
    return f"{say_date(found.day)} ({found.note})" if found.note else say_date(found.day)


def move_moment(record: SeriesRecord, moment: datetime) -> datetime:
    """A moment of today as a file made from this series may carry it: moved like the dates of its images."""
    known = record.deidentified or {}
    if known.get("dates") != "moved":
        return moment
    person = read_disguise(record)
    if person is None:
        raise ImagingError(
            "The dates of this scan were moved by another secret than the one of this data folder, so no file with "
            "fitting dates can be made of it: put the secret back that it was taken in with."
        )
    return moment + timedelta(days=person.date_offset_days)
