"""The axial slice through a measured lesion, PET on CT when the scan has both in one space."""

from collections.abc import Sequence

import streamlit as st

from imaging.annotate import Marker
from imaging.problem import ImagingError
from imaging.render import Picture, View, render_slice
from imaging.window import suggest_window
from store import MeasurementRecord, SeriesRecord
from views.scan import Scan, match_ct, say_apart
from views.volumes import OpenVolume, open_volume

CLOSE_UP_MM = 260.0
SIZE_PX = 420


def render_lesion(lesion: MeasurementRecord, series: Sequence[SeriesRecord]) -> Picture | str:
    """The slice, or the sentence that says why there is none."""
    scan = next((record for record in series if record.series_uid == lesion.series_uid), None)
    ct = match_ct(Scan(scan), [Scan(record) for record in series]) if scan else None
    try:
        pet_volume = open_volume(Scan(scan)) if scan else None
        ct_volume = open_volume(ct) if ct and not say_apart(ct) else None
        if scan is None or pet_volume is None or lesion.at_mm is None:
            return "The scan of this lesion is not kept here, so there is no slice to show."
        return _render(f"{pet_volume.key} {ct_volume and ct_volume.key}", lesion, scan.tracer, pet_volume, ct_volume)
    except (ImagingError, ValueError) as error:
        return str(error)


@st.cache_data(max_entries=64, show_spinner=False)
def _render(
    key: str, lesion: MeasurementRecord, tracer: str | None, _pet: OpenVolume, _ct: OpenVolume | None
) -> Picture:
    at_mm = lesion.at_mm or (0.0, 0.0, 0.0)
    marker = Marker(lesion.lesion, at_mm)
    view = View(_pet.extent, CLOSE_UP_MM)
    ct, mode = (_ct.volume, "fused") if _ct else (None, "PET")
    return render_slice(
        _pet.volume, ct, "axial", at_mm, suggest_window(_pet.volume, tracer), mode, [marker], SIZE_PX, view
    )
