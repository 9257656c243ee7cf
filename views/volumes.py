"""Volumes of the open scans, kept in memory for everyone a little while, and what is made from them once."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from imaging.alignment_hint import Offset, assess_alignment, measure_offset
from imaging.extent import Extent, body_extent
from imaging.orientation import turn_to_patient_axes
from imaging.problem import ImagingError
from imaging.projection import Projection, compute_turn
from imaging.quality import QualityLine
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


def assess_overlay(pet: Scan, ct: Scan) -> QualityLine:
    """Whether PET and CT of one study lie on one another; raises nothing: damaged files are told elsewhere."""
    try:
        opened, other = open_volume(pet), open_volume(ct)
    except ImagingError:
        return assess_alignment(None)
    return assess_alignment(_measure_offset(opened.key, other.key, opened, other) if opened and other else None)


@st.cache_data(max_entries=48, show_spinner="Laying PET on CT")
def _measure_offset(pet_key: str, ct_key: str, _pet: OpenVolume, _ct: OpenVolume) -> Offset | None:
    return measure_offset(_pet.volume, _ct.volume)


def open_turn(opened: OpenVolume) -> tuple[Projection, ...]:
    """The projections of a PET from all around."""
    return _turn(opened.key, opened)


@st.cache_resource(max_entries=4, show_spinner="Looking from all sides")
def _turn(key: str, _opened: OpenVolume) -> tuple[Projection, ...]:
    return compute_turn(_opened.volume, _opened.extent)
