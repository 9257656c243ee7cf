"""Measuring at the crosshair: references in liver and other adrenal, the lesion, and what the reader says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from imaging.extent import Point
from imaging.measure import Measurement, measure_region, measure_sphere
from imaging.measuring import load_measuring
from imaging.problem import ImagingError
from imaging.ratios import compute_lar, compute_lcr, compute_lesion_to_blood, compute_llr
from imaging.region import find_peak
from imaging.volume import Volume
from views import state
from views.viewer_parts import redraw_all
from views.viewer_state import move_crosshair, present_crosshair, say_point
from views.words import UNKNOWN, say_number

THRESHOLDS = {"41%": "41 % of SUVmax", "SUV:4.0": "SUV 4.0", "liver": "Liver (PERCIST)"}
REFERENCES = {
    "liver": "Liver",
    "contralateral": "Other adrenal",
    "normal_adrenal": "Normal adrenal tissue",
    "blood_pool": "Blood pool",
}
_BY_MEAN = ("liver", "blood_pool")
_SMALL_SPHERE_MM = 20.0
_REFERENCE_KEY = "imaging_reference"
_AXES = ("L (mm, right is negative)", "P", "H")


@dataclass(frozen=True)
class Reference:
    """A sphere measured for comparison: where it lay, its mean and its maximum."""

    at_mm: Point
    mean: float
    max: float


def measuring(scan_uid: str) -> dict[str, Any]:
    """What has been measured on a scan and not attached yet: "references" by name and the last "measurement"."""
    draft = state.draft(f"imaging_measuring:{scan_uid}")
    draft.setdefault("references", {})
    return draft


def forget_measuring(scan_uid: str) -> None:
    """Drop what was measured and not attached: it was measured in another SUV."""
    state.drop_draft(f"imaging_measuring:{scan_uid}")


def show_measuring(volume: Volume, scan_uid: str, at_mm: Point) -> Measurement | None:
    """Controls and, once measured, the result; None before."""
    kept = measuring(scan_uid)
    _show_position(volume, kept, at_mm)
    _show_references(volume, kept)
    threshold = st.selectbox(
        "Outline at", list(THRESHOLDS), format_func=lambda key: THRESHOLDS[key], key="imaging_threshold"
    )
    if st.button("Measure at the crosshair", type="primary", icon=":material/target:", width="stretch"):
        kept.update(measurement=_measure(volume, at_mm, threshold, kept), threshold=threshold, at_mm=at_mm)
    measured = kept.get("measurement")
    if isinstance(measured, str):
        st.warning(measured, icon=":material/block:")
        return None
    if measured is not None:
        show_measurement(measured, kept["at_mm"])
        st.caption(say_ratios(measured.suv_max, kept["references"]))
    return measured


def _measure(volume: Volume, at_mm: Point, threshold: str, kept: dict[str, Any]) -> Measurement | str:
    liver = kept["references"].get("liver")
    try:
        return measure_region(volume, at_mm, threshold, liver.at_mm if liver else None)
    except ImagingError as error:
        return str(error)


def _show_position(volume: Volume, kept: dict[str, Any], at_mm: Point) -> None:
    st.markdown(f"**At** {say_point(at_mm)}")
    with st.container(horizontal=True):
        st.button(
            "To the hottest point nearby",
            icon=":material/my_location:",
            on_click=_go_to_peak,
            args=(volume, kept),
            help="Moves the crosshair uphill to the hottest voxel of this focus.",
        )
        with st.popover("Type", icon=":material/keyboard:", help="Type a position in millimetres"):
            keys = {label: f"imaging_at_{label}:{c:.1f}" for label, c in zip(_AXES, at_mm, strict=True)}
            for (label, key), c in zip(keys.items(), at_mm, strict=True):
                st.number_input(label, value=round(c, 1), step=1.0, format="%.1f", key=key)
            st.button("Go there", on_click=_go_to_typed, args=tuple(keys.values()))


# What a button does reads the fields when it is pressed: a value typed or chosen just before is not yet in its arguments.
def _go_to_typed(*keys: str) -> None:
    x, y, z = (float(state.widget_value(key)) for key in keys)
    move_crosshair((x, y, z))
    redraw_all()


def _go_to_peak(volume: Volume, kept: dict[str, Any]) -> None:
    try:
        x, y, z = find_peak(volume.to_sitk(), volume, present_crosshair())
    except ImagingError as error:
        kept["refused"] = str(error)
        return
    move_crosshair(volume.point_at((x, y, z)))
    redraw_all()


def _show_references(volume: Volume, kept: dict[str, Any]) -> None:
    """Put a reference at the crosshair; what was measured for each stands below."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Reference", list(REFERENCES), format_func=REFERENCES.__getitem__, key=_REFERENCE_KEY)
        st.button("Set here", on_click=_set_reference, args=(volume, kept))
    st.caption(" · ".join(_say_reference(name, kept["references"].get(name)) for name in REFERENCES))
    if kept.get("refused"):
        st.caption(f":material/block: {kept.pop('refused')}")


def _say_reference(name: str, found: Reference | None) -> str:
    if found is None:
        return f"{REFERENCES[name]} {UNKNOWN}"
    shown = f"mean {say_number(found.mean)}" if name in _BY_MEAN else f"max {say_number(found.max)}"
    return f"**{REFERENCES[name]} {shown}**"


def _set_reference(volume: Volume, kept: dict[str, Any]) -> None:
    name, at_mm = str(state.widget_value(_REFERENCE_KEY)), present_crosshair()
    diameter = load_measuring()["liver_sphere_mm"] if name == "liver" else _SMALL_SPHERE_MM
    try:
        sphere = measure_sphere(volume, at_mm, diameter)
    except ImagingError as error:
        kept["refused"] = str(error)
        return
    kept["references"][name] = Reference(at_mm, sphere.mean, sphere.max)


def say_ratios(suv_max: float, references: Mapping[str, Reference]) -> str:
    """The lesion over each reference; an em dash where that was not set."""
    mean = {name: one.mean for name, one in references.items()}
    top = {name: one.max for name, one in references.items()}
    ratios = {
        "÷ liver": compute_llr(suv_max, mean.get("liver")),
        "÷ other adrenal": compute_lcr(suv_max, top.get("contralateral")),
        "÷ normal adrenal": compute_lar(suv_max, top.get("normal_adrenal")),
        "÷ blood": compute_lesion_to_blood(suv_max, mean.get("blood_pool")),
    }
    return " · ".join(f"{words} {say_number(ratio)}" for words, ratio in ratios.items())


def show_measurement(measured: Measurement, at_mm: Point) -> None:
    """The numbers of a lesion, and what to check before trusting them."""
    left, right = st.columns(2)
    left.metric("SUVmax", say_number(measured.suv_max))
    right.metric("SUVpeak", say_number(measured.suv_peak), help=measured.peak_says or None)
    left.metric("SUVmean", say_number(measured.suv_mean))
    right.metric("Volume, ml", say_number(measured.volume_ml))
    st.caption(f"Measured at {say_point(at_mm)}, outlined at SUV {say_number(measured.threshold_suv)}")
    if measured.suv_peak is None:
        st.caption(measured.peak_says)
    if measured.leaked:
        st.warning(measured.says, icon=":material/warning:")
