"""Volumes of the open scans, kept in memory for everyone a little while, and what is made from them once."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from imaging.extent import Extent, body_extent
from imaging.orientation import turn_to_patient_axes
from imaging.projection import Projection, compute_projection
from imaging.volume import Volume, read_volume
from views.scan import Scan


@dataclass(frozen=True)
class OpenVolume:
    """A volume along the patient's axes with the box its body fills; `key` names the file and its state."""

    volume: Volume
    extent: Extent
    key: str


def open_volume(scan: Scan) -> OpenVolume | None:
    """The volume of a scan, None when it is not on disk; raises ImagingError when the file is damaged."""
    path = scan.path
    return None if path is None else _open(str(path), path.stat().st_mtime_ns)


@st.cache_resource(max_entries=6, show_spinner="Opening the images")
def _open(path: str, changed_ns: int) -> OpenVolume:
    volume = turn_to_patient_axes(read_volume(Path(path)))
    return OpenVolume(volume, body_extent(volume), f"{path}:{changed_ns}")


def open_projection(opened: OpenVolume, angle_deg: float) -> Projection:
    return _project(opened.key, angle_deg, opened)


@st.cache_resource(max_entries=48, show_spinner=False)
def _project(key: str, angle_deg: float, _opened: OpenVolume) -> Projection:
    return compute_projection(_opened.volume, angle_deg, _opened.extent)
