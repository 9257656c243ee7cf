"""When a tracer was injected: the scan's reference time less its uptake minutes, on the true day. No Streamlit here."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from store import SeriesRecord
from views.scan_day import read_day


def find_injections(series: Iterable[SeriesRecord]) -> dict[str, datetime]:
    """By tracer the moment of its latest scan's injection, the scanner's clock kept as if it were UTC; unknown: absent."""
    found: dict[str, datetime] = {}
    for one in series:
        moment = _find_injection(one)
        if one.tracer and moment and moment >= found.get(one.tracer, moment):
            found[one.tracer] = moment
    return found


def _find_injection(series: SeriesRecord) -> datetime | None:
    day, told = read_day(series).day, series.inspection.get("reference_time")
    if day is None or series.uptake_minutes is None or not told:
        return None
    try:
        clock = datetime.fromisoformat(str(told)).time()
    except ValueError:
        return None
    # In the database the dates may be moved, the clock is not.
    return datetime.combine(day, clock, UTC) - timedelta(minutes=series.uptake_minutes)
