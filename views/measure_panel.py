"""Measuring at the crosshair: what lesions are compared with, the lesion, and its comparisons with what each needs."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from exchange.lesion import DRAWN
from imaging.extent import Point
from imaging.krenning import assess_krenning, krenning_tracers
from imaging.measure import Measurement, measure_region
from imaging.problem import ImagingError
from imaging.references import Uptake, compute_ratios
from imaging.region import find_peak
from imaging.volume import Volume
from store import MeasurementRecord
from views import state
from views.measured_scan import uptake_of
from views.reference_panel import show_references
from views.references import forget_references
from views.scan import Scan
from views.viewer_parts import POSITION, redraw_all
from views.viewer_state import move_crosshair, note_measured, present_crosshair, say_point
from views.words import escape, say_list, say_number

THRESHOLDS = {"41%": "41 % of SUVmax", "SUV:4.0": "SUV 4.0", "liver": "Liver (PERCIST)"}
_AXES = ("L (mm, right is negative)", "P", "H")


def measuring(scan_uid: str) -> dict[str, Any]:
    """What has been measured on a scan and not attached yet: the last "measurement"; "references" as they stand now."""
    draft = state.draft(f"imaging_measuring:{scan_uid}")
    draft.setdefault("references", {})
    return draft


def forget_measuring(scan_uid: str) -> None:
    """Drop what was measured and not attached: it was measured in another SUV."""
    state.drop_draft(f"imaging_measuring:{scan_uid}")
    forget_references(scan_uid)


def region_key(scan_uid: str) -> str:
    """The field that says where the lesion just measured is."""
    return f"imaging_region:{scan_uid}"


def show_measuring(
    volume: Volume, scan: Scan, scans: Sequence[Scan], lesions: Sequence[MeasurementRecord], at_mm: Point
) -> Measurement | None:
    """Controls and, once measured, the result; None before."""
    kept = measuring(scan.uid)
    _show_position(volume, kept)
    kept["references"] = show_references(volume, scan, scans)
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
        show_measurement(measured, kept["at_mm"], kept["drawn"] if kept["threshold"] == DRAWN else None)
        _show_ratios(measured, scan, lesions, kept)
    return measured


def _show_ratios(measured: Measurement, scan: Scan, lesions: Sequence[MeasurementRecord], kept: dict[str, Any]) -> None:
    """The comparisons as they follow from where the reader says the lesion is."""
    region, tracer = state.widget_value(region_key(scan.uid)), scan.record.tracer
    this = MeasurementRecord(scan.record.patient_id, scan.uid, "", region, suv_max=measured.suv_max)
    own = [one for one in lesions if one.series_uid == scan.uid]
    organs = uptake_of(kept["references"].values(), [*own, this])
    st.caption(say_ratios(measured.suv_max, region, tracer, organs))
    needs = say_needs(measured.suv_max, region, tracer, organs)
    if needs:
        st.caption(f":material/info: {needs}")


def _measure(volume: Volume, at_mm: Point, threshold: str, kept: dict[str, Any]) -> Measurement | str:
    liver = kept["references"].get("liver")
    try:
        return measure_region(volume, at_mm, threshold, liver.at_mm if liver else None)
    except ImagingError as error:
        return str(error)


@st.fragment(key=POSITION)
def _show_position(volume: Volume, kept: dict[str, Any]) -> None:
    """All that follows the crosshair by itself; what else stands here names the point it was measured at."""
    at_mm = present_crosshair()
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
    if kept.get("refused"):
        st.caption(f":material/block: {kept.pop('refused')}")
    note_measured(at_mm)  # only now: a drawing that the next turn of the wheel broke off has to be made again


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


def say_ratios(suv_max: float | None, site: str | None, tracer: str | None, organs: Mapping[str, Uptake]) -> str:
    """The lesion over each organ, an em dash where that was not measured; the Krenning score where the tracer has one."""
    says = [f"{one.name} {say_number(one.value)}" for one in compute_ratios(suv_max, site, organs)]
    krenning = assess_krenning(suv_max, tracer, organs)
    return " · ".join([*says, *([f"Krenning {krenning.words}"] if krenning.words else [])])


def say_needs(suv_max: float | None, site: str | None, tracer: str | None, organs: Mapping[str, Uptake]) -> str:
    """What must still be set for the comparisons that are not known, in a sentence; empty when nothing."""
    lacks = dict.fromkeys(
        one.needs.removeprefix("needs ") for one in compute_ratios(suv_max, site, organs) if one.needs
    )
    says = [f"Not compared yet with {say_list(list(lacks))}."] if lacks else []
    krenning = assess_krenning(suv_max, tracer, organs)
    if tracer in krenning_tracers() and krenning.score is None:
        says.append(krenning.says)
    return " ".join(says)


def show_measurement(measured: Measurement, at_mm: Point, drawn: str | None = None) -> None:
    """The numbers of a lesion, and what to check before trusting them; `drawn` names the region it was drawn as."""
    with st.container(horizontal=True, gap="small"):  # wraps where the column is narrow: a number is never cut
        st.metric("SUVmax", say_number(measured.suv_max), width="content")
        st.metric("SUVpeak", say_number(measured.suv_peak), help=measured.peak_says or None, width="content")
        st.metric("SUVmean", say_number(measured.suv_mean), width="content")
        st.metric("Volume, ml", say_number(measured.volume_ml), width="content")
    outline = f"outlined at SUV {say_number(measured.threshold_suv)}"
    if drawn is not None:
        outline = f"inside the region “{escape(drawn)}” of a file, hottest at that point"
    st.caption(f"Measured at {say_point(at_mm)}, {outline}")
    if measured.suv_peak is None:
        st.caption(measured.peak_says)
    if measured.leaked:
        st.warning(measured.says, icon=":material/warning:")
