"""The imaging page: a patient's scans or an upload, their quality, the pictures, and what is measured in them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from imaging.extent import Point
from imaging.problem import ImagingError
from imaging.render import View
from imaging.window import Window
from store import MeasurementRecord
from views import data, state
from views.both_tracers import Both, lead_between, show_both
from views.correction_form import show_correction
from views.export_panel import show_export
from views.interactive import show_interactive
from views.lesions_panel import make_markers, show_lesions, show_naming
from views.measure_panel import show_measuring
from views.pacs_fetching import show_fetching
from views.pacs_panel import show_pacs
from views.scan import Scan, match_ct, match_other_tracer
from views.series_panel import ask_tracer, choose_scan, chosen_series, show_provenance, show_quality
from views.upload_panel import show_report, show_upload, uploaded_scans
from views.viewer import Shown, find_crosshair, show_viewer
from views.viewer_state import carry_crosshair
from views.volumes import open_volume


def show() -> None:
    """The whole page."""
    patient_id = state.current_patient()
    stored, new = _stored_scans(patient_id), uploaded_scans(patient_id)
    scans = [*new, *(scan for scan in stored if scan.uid not in {one.uid for one in new})]
    seen = any(scan.path for scan in scans)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(f"Imaging · {patient_id}" if patient_id else "Imaging", anchor=False, width="content")
        if seen:
            show_upload(patient_id, seen)
            show_pacs(patient_id)
    if not seen:
        _show_nothing(patient_id, stored)
        show_upload(patient_id, seen)
        show_pacs(patient_id)
    show_fetching()
    show_report(patient_id)
    if seen:
        _show_scans(scans)


def _show_scans(scans: Sequence[Scan]) -> None:
    panel, desk = st.columns([1, 4], gap="medium")
    with panel:
        scan = ask_tracer(choose_scan([scan for scan in scans if scan.path]))
        show_quality(scan, scans)
    with desk:
        with st.container(horizontal=True, vertical_alignment="center"):
            show_provenance(scan)
            show_correction(scan)
        _show_desk(scan, scans)


def _stored_scans(patient_id: str | None) -> list[Scan]:
    return [Scan(record) for record in data.the_store().fetch_series(patient_id)] if patient_id else []


def _show_nothing(patient_id: str | None, stored: Sequence[Scan]) -> None:
    if stored:
        st.warning("The images of this patient are listed but their files are missing: upload the study again.")
    elif patient_id:
        st.info(f"No images of {patient_id} are here yet. Upload the PET/CT as a zip or as DICOM files.")
    else:
        st.info("Choose a patient in the side bar, or upload a PET/CT to look at it without one.")


def _show_desk(scan: Scan, scans: Sequence[Scan]) -> None:
    slices, interactive = st.tabs(["Slices", "Interactive"], on_change="rerun", key="imaging_tabs")
    try:
        shown = _open(scan, scans)
    except ImagingError as error:
        slices.error(str(error))
        return
    if interactive.open:
        with interactive:
            show_interactive(shown)
        return
    with slices:
        _show_slices(scan, scans)


def _both_tracers(
    scan: Scan, scans: Sequence[Scan], lesions: Sequence[MeasurementRecord]
) -> Callable[[Shown, str, Point, Window, View], None] | None:
    """How to show the other tracer beside, opened only when both are looked at; None when there is none."""
    other = match_other_tracer(scan, scans) if scan.is_pet else None
    if other is None:
        return None
    patient_id = state.current_patient()
    entries = data.the_store().fetch_case(patient_id).get("imaging") or [] if patient_id else []
    return partial(
        show_both,
        Both(
            scan,
            other,
            scans,
            lesions,
            entries,
            lambda: replace(_open(other, scans), markers=make_markers(lesions, other)),
        ),
    )


def _open(scan: Scan, scans: Sequence[Scan]) -> Shown:
    ct = match_ct(scan, scans) if scan.is_pet else scan
    pet = open_volume(scan) if scan.is_pet else None
    return Shown(pet, open_volume(ct) if ct else None, scan.record.tracer, state.current_patient() or "")


@st.fragment
def _show_slices(scan: Scan, scans: Sequence[Scan]) -> None:
    """Pictures on the left, lesions on the right; moving a slice draws only this part of the page again."""
    patient_id = state.current_patient()
    lesions = data.the_store().fetch_measurements(patient_id) if patient_id else []
    if chosen_series() != scan.uid:
        st.rerun()  # a lesion of another scan was chosen: the series list outside this fragment must follow
    carry_crosshair(scan.uid, lambda before: lead_between(before, scan, scans))
    shown = replace(_open(scan, scans), markers=make_markers(lesions, scan), both=_both_tracers(scan, scans, lesions))
    pictures, side = st.columns([9, 5], gap="medium")
    with pictures:
        show_viewer(shown)
    with side:
        show_lesions(lesions, scans)
        if scan.is_pet:
            _show_measuring(scan, scans, shown, lesions)
            show_export(scan, shown, lesions)


def _show_measuring(scan: Scan, scans: Sequence[Scan], shown: Shown, lesions: Sequence[MeasurementRecord]) -> None:
    st.markdown("##### Measure")
    if shown.pet is None or shown.pet.volume.unit != "SUVbw":
        st.caption("A lesion is measured in SUV, and this scan has none; the reason stands on the left.")
        return
    at_mm = find_crosshair(shown)
    measured = show_measuring(shown.pet.volume, scan.uid, at_mm)
    if measured is not None:
        show_naming(scan, scans, measured, lesions)
