"""The kept preview of a scan: made when the scan or a lesion of it is attached, then only read. No Streamlit."""

from base64 import b64encode
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from imaging.preview import SMALL_PX, SMALL_SUFFIX, save_preview, shrink, small_path
from imaging.volume import read_volume
from store import MeasurementRecord, SeriesRecord, Store, data_folder
from views.scan import Scan, match_ct, say_apart
from views.uploads import folder_name


def keep_preview(store: Store, record: SeriesRecord) -> str:
    """Draw the preview of a kept volume with the lesions and the CT the store knows; its place in the data folder.

    Raises ImagingError when the volume is damaged.
    """
    pet = read_volume(data_folder() / str(record.volume_path))
    scans = [Scan(one) for one in store.fetch_series(record.patient_id)]
    found = match_ct(Scan(record), scans)
    ct = None if say_apart(found) else found
    lesions = [one for one in store.fetch_measurements(record.patient_id) if one.series_uid == record.series_uid]
    place = Path("previews") / folder_name(record.patient_id) / f"{folder_name(record.series_uid)}.jpg"
    places = [at_mm for one in sorted(lesions, key=_coldness) if (at_mm := one.centre_mm or one.at_mm)]
    save_preview(data_folder() / place, pet, read_volume(ct.path) if ct and ct.path else None, record.tracer, places)
    return str(place)


def _coldness(lesion: MeasurementRecord) -> float:
    return -(lesion.suv_max or 0.0)


def renew_preview(store: Store, record: SeriesRecord) -> None:
    """After a lesion was attached: the preview shows it, here and in every list."""
    place = keep_preview(store, record)
    if place != record.preview_path:
        store.save_series(replace(record, preview_path=place))


def fetch_preview(place: str | None) -> Path | None:
    """The preview at a place in the data folder; None when there is none."""
    path = data_folder() / place if place else None
    return path if path and path.is_file() else None


def read_small(place: str | None) -> str | None:
    """The small preview as an address a table can show (data:image/jpeg…); None when there is no preview.

    One kept before small ones were made is made small each time the server starts.
    """
    path = fetch_preview(place)
    if path is None:
        return None
    small = small_path(path)
    shown = small if small.is_file() else path
    return _read(str(shown), shown.stat().st_mtime_ns)


def mark_second(picture: str | None, second: str | None) -> str | None:
    """The picture with a small 2 in its corner where there is a second one, which a narrow window does not show."""
    if picture is None or second is None:
        return picture
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SMALL_PX}" height="{SMALL_PX}"><image href="{picture}" '
        f'width="{SMALL_PX}" height="{SMALL_PX}"/><rect x="{SMALL_PX - 34}" width="34" height="34" fill="#FFFFFF"/>'
        f'<text x="{SMALL_PX - 17}" y="27" text-anchor="middle" font-family="sans-serif" font-size="28">2</text></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode('ascii')}"


@lru_cache(maxsize=1024)
def _read(path: str, changed_ns: int) -> str:
    data = Path(path).read_bytes()
    small = data if path.endswith(SMALL_SUFFIX) else shrink(data)
    return f"data:image/jpeg;base64,{b64encode(small).decode('ascii')}"
