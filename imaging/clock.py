"""DICOM dates and times as scanners really write them: colons, blanks, missing fractions, zone offsets."""

import re
from datetime import datetime, timedelta

_DATE = re.compile(r"(\d{4})[.:-]?(\d{2})[.:-]?(\d{2})$")
_TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6})\d*)?$")
_OFFSET = re.compile(r"^(.*?)([+-])(0\d|1[0-4]):?([0-5]\d)$")
# A clock outside these years is damage or a placeholder, not a scan.
_YEARS = range(1900, 2200)
_LEAP_SECOND = 60


def read_clock(date: str | None, time: str | None) -> datetime | None:
    """A date (DA) and a time (TM) together; None when either is absent or not one of our time."""
    day = _DATE.match((date or "").strip())
    clock = _TIME.match((time or "").strip())
    if not day or not clock:
        return None
    hour, minute, second, fraction = clock.groups()
    year, month, date_of_month = (int(part) for part in day.groups())
    if year not in _YEARS or int(second or 0) > _LEAP_SECOND:
        return None
    try:
        return datetime(
            year,
            month,
            date_of_month,
            hour=int(hour),
            minute=int(minute or 0),
            second=min(int(second or 0), 59),
            microsecond=int((fraction or "0").ljust(6, "0")),
        )
    except ValueError:
        return None


def read_datetime(text: str | None, zone: str | None = None) -> datetime | None:
    """A DICOM date-time (DT) on the clock of the study.

    With an `&ZZXX` offset and the study's own offset (0008,0201) in `zone`, the value is moved to the study's clock;
    with no offset of the study the clock face is taken as it stands: the dates and times beside it have no zone either.
    """
    value = (text or "").strip()
    offset = _OFFSET.match(value)
    face = offset.group(1) if offset else value
    moment = read_clock(face[:8], face[8:]) if len(face) > 8 else None
    if moment is None or offset is None or _offset_of(zone) is None:
        return moment
    return moment - _offset_of(value) + _offset_of(zone)  # type: ignore[operator]


def read_time_on(day: datetime, time: str | None) -> datetime | None:
    """A time of day (TM) on the date of `day`."""
    return read_clock(day.strftime("%Y%m%d"), time)


def names_zone(text: str | None) -> bool:
    """True when a date-time carries an offset from UTC."""
    return _offset_of(text) is not None


def _offset_of(text: str | None) -> timedelta | None:
    match = _OFFSET.match((text or "").strip())
    if match is None:
        return None
    size = timedelta(hours=int(match.group(3)), minutes=int(match.group(4)))
    return size if match.group(2) == "+" else -size
