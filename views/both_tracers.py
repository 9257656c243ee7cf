"""Two tracers, one crosshair: the scans of two days laid over one another by their CTs, and their lesions in pairs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from imaging.extent import Point
from imaging.motion import RigidMotion
from imaging.pairs import LesionPair
from imaging.problem import ImagingError
from imaging.render import View
from imaging.reslice import cut_plane
from imaging.window import Window, suggest_window
from store import MeasurementRecord
from views import state
from views.align_panel import show_aligning, show_alignment
from views.alignment import (
    Alignment,
    order_pair,
    read_alignment,
    study_of,
)
from views.lesion_pairs import make_pair_table, make_pairs
from views.projection_panel import show_projection
from views.scan import Scan
from views.viewer import BESIDE_PX, Shown, show_pet_window, show_slice, show_slider
from views.viewer_state import holds, move_crosshair, say_point
from views.volumes import OpenVolume
from views.words import say_number

BESIDE_PROJECTION_PX = 520
_TABLE_KEY = "imaging_pairs"
_STILL = RigidMotion()


@dataclass(frozen=True)
class Both:
    """The open scan and the one with the other tracer, the patient's lesions and image findings (case entries)."""

    scan: Scan
    other: Scan
    scans: Sequence[Scan]
    lesions: Sequence[MeasurementRecord]
    entries: Sequence[Mapping[str, Any]]
    open_other: Callable[[], Shown]

    @property
    def pair(self) -> tuple[Scan, Scan]:
        return order_pair(self.scan, self.other)


def show_both(both: Both, shown: Shown, plane: str, at_mm: Point, window: Window, view: View) -> None:
    """Controls, the same place in both tracers each in its own window, the slider, and the lesions in pairs."""
    other = both.open_other()
    if plane == "MIP":
        _show_projections(shown, other, window)
        return
    if other.doubt:
        st.warning(f"{other.tracer or 'The other scan'}: {other.doubt}", icon=":material/warning:")
    fixed, moving = both.pair
    with st.container(horizontal=True, gap="small"):
        show_aligning(fixed, moving, both.scans)
        with st.popover(f"Window of {(other.tracer or 'the other').removeprefix('68Ga-')}", icon=":material/contrast:"):
            other_window = show_pet_window(other)
    kept = show_alignment(fixed, moving)
    motion = kept.motion_from(study_of(both.scan))
    left, right = st.columns(2)
    with left:
        st.caption(f"**{shown.tracer or 'tracer not known'}**{_say_value(shown, at_mm)}")
        show_slice(shown, plane, _mode(shown), at_mm, window, view, BESIDE_PX, "both_0")
    with right:
        there = (motion or _STILL).apply(at_mm)
        st.caption(f"**{other.tracer or 'tracer not known'}**{_say_value(other, there)}")
        cut = _cut(other, motion or _STILL, plane, at_mm, view)
        show_slice(cut, plane, _mode(other), at_mm, other_window, view, BESIDE_PX, "both_1", shown.base.volume)
    show_slider(shown.base.volume, plane, at_mm)
    _show_pairs(both, kept, shown, other)


def _show_projections(shown: Shown, other: Shown, window: Window) -> None:
    """Both turn together; only the open scan's answers to a click, because the crosshair is in it."""
    for place, column, one in zip(("_0", "_1"), st.columns(2), (shown, other), strict=True):
        if one.pet is None:
            continue
        with column:
            st.caption(f"**{one.tracer or 'tracer not known'}**")
            scale = window if one is shown else suggest_window(one.pet.volume, one.tracer)
            show_projection(one.pet, scale, one.markers, BESIDE_PROJECTION_PX, place, clickable=one is shown)


def _mode(shown: Shown) -> str:
    return "fused" if shown.ct else "PET"


def _say_value(shown: Shown, at_mm: Point) -> str:
    """The PET's value under the crosshair and where that is in this scan."""
    volume = shown.base.volume
    if not holds(volume, at_mm):
        return " · the crosshair lies outside this scan"
    x, y, z = (round(i) for i in volume.index_at(at_mm))
    return f" · {say_number(float(volume.values[z, y, x]))} {volume.unit} at {say_point(at_mm)}"


def _cut(other: Shown, motion: RigidMotion, plane: str, at_mm: Point, view: View) -> Shown:
    """The other scan as one plane in the open scan's space, its lesions there too."""

    def cut(opened: OpenVolume | None) -> OpenVolume | None:
        if opened is None or view.extent is None:
            return opened
        thin = cut_plane(opened.volume, motion, view.extent, plane, at_mm, BESIDE_PX, view.width_mm)
        return OpenVolume(thin, view.extent, opened.key)

    back = motion.invert()
    markers = tuple(replace(marker, at_mm=back.apply(marker.at_mm)) for marker in other.markers)
    return replace(other, pet=cut(other.pet), ct=cut(other.ct), markers=markers)


def _show_pairs(both: Both, kept: Alignment, shown: Shown, other: Shown) -> None:
    pets = {one.uid: part.pet.volume if part.pet else None for one, part in ((both.scan, shown), (both.other, other))}
    fixed, moving = both.pair
    pairs = make_pairs(both.pair, both.lesions, both.entries, kept.motion, (pets[fixed.uid], pets[moving.uid]))
    if not pairs:
        st.caption("No lesion is measured with either tracer yet.")
        return
    table = make_pair_table(pairs, (fixed.record.tracer or "first scan", moving.record.tracer or "second scan"))
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        key=_TABLE_KEY,
        on_select=lambda: _go_to_pair(pairs, both.scan.uid == fixed.uid),
        selection_mode="single-row",
        column_config={name: st.column_config.TextColumn(alignment="right") for name in table.columns[1:]},
        alt="Lesions of both tracers in pairs with the SUVmax of each and how each was read",
    )
    st.caption(_say_table(kept, both.pair))


def _say_table(kept: Alignment, pair: tuple[Scan, Scan]) -> str:
    names = " then ".join((scan.record.tracer or "tracer not known").removeprefix("68Ga-") for scan in pair)
    sure = (
        "In brackets the hottest SUV at the same place, where no lesion was measured."
        if kept.motion is not None
        else "Paired by scanner coordinates: align first, then the other tracer is read at the same place."
    )
    return f"SUVmax of each. Read: {names}, + positive, − negative, ± equivocal, ? not read (never negative). {sure}"


def _go_to_pair(pairs: Sequence[LesionPair], open_is_first: bool) -> None:
    chosen = state.widget_value(_TABLE_KEY)
    rows = chosen["selection"]["rows"] if chosen else []
    if rows:
        pair = pairs[rows[0]]
        move_crosshair((pair.a if open_is_first else pair.b).at_mm)


def lead_between(before_uid: str, scan: Scan, scans: Sequence[Scan]) -> RigidMotion | None:
    """How a place in a scan opened before is found in this one; None where nothing has aligned the two."""
    before = next((one for one in scans if one.uid == before_uid), None)
    if before is None or study_of(before) == study_of(scan):
        return None
    pets = [_pet_of(one, scans) for one in (before, scan)]
    if pets[0] is None or pets[1] is None:
        return None
    try:
        return read_alignment(*order_pair(pets[0], pets[1])).motion_from(study_of(before))
    except ImagingError:  # told where both are shown; here the crosshair only stays where it is
        return None


def _pet_of(scan: Scan, scans: Sequence[Scan]) -> Scan | None:
    return next((one for one in scans if one.is_pet and one.path and study_of(one) == study_of(scan)), None)
