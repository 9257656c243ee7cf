"""The axial slice through a measured lesion: PET on CT when the scan has both, its volumes kept a while."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from imaging.annotate import Marker
from imaging.problem import ImagingError
from imaging.render import Picture, View, render_slice
from imaging.volume import Volume, read_volume
from imaging.window import suggest_window
from store import MeasurementRecord, SeriesRecord, data_folder

CLOSE_UP_MM = 260.0
SIZE_PX = 420


def render_lesion(lesion: MeasurementRecord, series: Sequence[SeriesRecord]) -> Picture | str:
    """The slice, or the sentence that says why there is none."""
    scan = next((record for record in series if record.series_uid == lesion.series_uid), None)
    if scan is None or scan.volume_path is None or lesion.at_mm is None:
        return "The scan of this lesion is not kept here, so there is no slice to show."
    ct = next((record for record in series if record.modality == "CT" and record.study_uid == scan.study_uid), None)
    try:
        return _render(_place(scan), _place(ct) if ct and ct.volume_path else None, scan.tracer, lesion)
    except (ImagingError, ValueError) as error:
        return str(error)


def _place(record: SeriesRecord) -> str:
    return str(data_folder() / (record.volume_path or ""))


@st.cache_data(max_entries=64, show_spinner=False)
def _render(pet_path: str, ct_path: str | None, tracer: str | None, lesion: MeasurementRecord) -> Picture:
    pet, ct = _open(pet_path), _open(ct_path) if ct_path else None
    at_mm = lesion.at_mm or (0.0, 0.0, 0.0)
    marker = Marker(lesion.lesion, at_mm)
    view = View(width_mm=CLOSE_UP_MM)
    window = suggest_window(pet, tracer)
    return render_slice(pet, ct, "axial", at_mm, window, "fused" if ct else "PET", [marker], SIZE_PX, view)


@st.cache_resource(max_entries=3, show_spinner=False)
def _open(path: str) -> Volume:
    return read_volume(Path(path))
