"""The key slices of the summary: through the hottest lesion of each scan, then the whole-body views."""

from collections.abc import Sequence
from pathlib import Path

from exchange.mdt_page import PICTURES, KeySlice
from store import MeasurementRecord, SeriesRecord, data_folder
from views.lesion_picture import render_lesion
from views.names import site_name
from views.scan_day import say_day
from views.words import UNKNOWN, say_number

MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
SUV_UNITS = {"SUVbw": "g/ml"}
LESIONS = 2


def make_key_slices(lesions: Sequence[MeasurementRecord], series: Sequence[SeriesRecord]) -> tuple[KeySlice, ...]:
    """At most four pictures: the slice through the hottest lesion of each scan, then projections of the scans."""
    slices = [drawn for lesion in _hottest(lesions) if (drawn := _draw_lesion(lesion, series)) is not None]
    views = [drawn for record in series if (drawn := _read_preview(record)) is not None]
    return tuple([*slices[:LESIONS], *views][:PICTURES])


def _hottest(lesions: Sequence[MeasurementRecord]) -> list[MeasurementRecord]:
    """The hottest lesion of each scan, hottest scan first."""
    ordered = sorted(lesions, key=lambda lesion: -(lesion.suv_max or 0.0))
    first: dict[str, MeasurementRecord] = {}
    for lesion in ordered:
        first.setdefault(lesion.series_uid, lesion)
    return list(first.values())


def _draw_lesion(lesion: MeasurementRecord, series: Sequence[SeriesRecord]) -> KeySlice | None:
    drawn = render_lesion(lesion, series)
    if isinstance(drawn, str):
        return None
    record = next((item for item in series if item.series_uid == lesion.series_uid), None)
    site = site_name(lesion.site) if lesion.site else "site not known"
    # A number needs its site; a name that a reader gave says it already.
    what = f"Lesion {lesion.lesion}, {site}" if lesion.lesion.isdigit() else lesion.lesion
    parts = [what, _name(record), _say_suv(lesion, record)]
    return KeySlice(drawn.data, drawn.media_type, " · ".join(parts), drawn.alt)


def _read_preview(record: SeriesRecord) -> KeySlice | None:
    path = data_folder() / record.preview_path if record.preview_path else None
    if path is None or not path.is_file() or path.suffix.lower() not in MEDIA_TYPES:
        return None
    minutes = UNKNOWN if record.uptake_minutes is None else f"{record.uptake_minutes:.0f} min"
    caption = f"{_name(record)} · {say_day(record)} · {minutes} after injection · {_say_unit(record)}"
    return KeySlice(path.read_bytes(), MEDIA_TYPES[Path(path).suffix.lower()], caption, f"Projection, {caption}")


def _name(record: SeriesRecord | None) -> str:
    return UNKNOWN if record is None else record.tracer or record.description or record.modality or "scan"


def _say_suv(lesion: MeasurementRecord, record: SeriesRecord | None) -> str:
    if lesion.suv_max is None or record is None or record.suv_type is None:
        return "SUV not known"
    return f"SUVmax {say_number(lesion.suv_max)} {_say_unit(record)}"


def _say_unit(record: SeriesRecord) -> str:
    """What the grey values are: "g/ml (SUVbw)", or that no SUV could be computed."""
    if record.suv_type is None:
        return "SUV not known"
    unit = SUV_UNITS.get(record.suv_type)
    return f"{unit} ({record.suv_type})" if unit else record.suv_type
