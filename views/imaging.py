"""The imaging page: a patient's scans or an upload, their quality, the pictures, and what is measured in them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from imaging.annotate import Marker
from imaging.problem import ImagingError
from store import MeasurementRecord
from views import data, state
from views.both_tracers import Both, lead_between, show_both
from views.correction_form import show_correction
from views.export_panel import show_export
from views.interactive import show_interactive
from views.lesion_change import show_lesion_change
from views.lesions_panel import make_markers, show_lesions, show_naming
from views.measure_panel import show_measuring
from views.pacs_fetching import show_fetching
from views.pacs_panel import show_pacs
from views.privacy_panel import show_privacy
from views.references import reference_markers
from views.regions import region_markers
from views.regions_panel import show_regions
from views.scan import Scan, match_ct, match_other_tracer, say_apart
from views.series_panel import ask_tracer, choose_scan, chosen_series, show_provenance, show_quality
from views.upload_panel import show_report, show_upload, uploaded_regions, uploaded_scans
from views.viewer import DrawBoth, Shown, find_crosshair, show_viewer
from views.viewer_parts import MEASURING, PICTURES
from views.viewer_state import carry_crosshair, note_measured, pictures_lag, present_crosshair
from views.volumes import open_volume

COLUMN_PX = 300
"""Below three columns of this width, what is measured goes under the pictures."""


def show() -> None:
    """The whole page."""
    patient_id = state.current_patient()
    stored, new = _stored_scans(patient_id), uploaded_scans(patient_id)
    scans = [*new, *(scan for scan in stored if scan.uid not in {one.uid for one in new})]
    seen = any(scan.path for scan in scans)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(f"Imaging · {patient_id}" if patient_id else "Imaging", anchor=False, width="content")
        if seen:
            with st.container(horizontal=True, width="content"):
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
    """Above: which series, how good it is and what its SUV comes from, side by side as room allows; below: the desk."""
    head = st.grid(3, min_column_width=COLUMN_PX)
    with head.cell():
        scan = ask_tracer(choose_scan([scan for scan in scans if scan.path]))
    with head.cell():
        show_quality(scan, scans)
    with head.cell():
        show_provenance(scan)
        show_privacy(scan)
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


def _both_tracers(scan: Scan, scans: Sequence[Scan], lesions: Sequence[MeasurementRecord]) -> DrawBoth | None:
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
            lambda: _open(other, scans, lesions),
        ),
    )


def _open(scan: Scan, scans: Sequence[Scan], lesions: Sequence[MeasurementRecord] = ()) -> Shown:
    ct = match_ct(scan, scans) if scan.is_pet else scan
    pet = open_volume(scan) if scan.is_pet else None
    markers = (*make_markers(lesions, scan), *(_other_markers(scan) if scan.is_pet else ()))
    owner, doubt = state.current_patient() or "", say_apart(ct) if scan.is_pet else ""
    return Shown(pet, open_volume(ct) if ct else None, scan.record.tracer, owner, markers, doubt=doubt)


def _other_markers(scan: Scan) -> tuple[Marker, ...]:
    return (*reference_markers(scan), *region_markers(scan.uid))


def _show_slices(scan: Scan, scans: Sequence[Scan]) -> None:
    """Pictures on the left, lesions and measuring on the right, each a part that is drawn again by itself."""
    patient_id = state.current_patient()
    lesions = data.the_store().fetch_measurements(patient_id) if patient_id else []
    carry_crosshair(scan.uid, lambda before: lead_between(before, scan, scans))
    find_crosshair(_open(scan, scans, lesions))
    note_measured(present_crosshair())  # on this drawing of the whole page the numbers come with the pictures
    desk = st.grid(3, min_column_width=COLUMN_PX)
    with desk.cell(column_span=2, row_span=2):
        _show_pictures(scan, scans, lesions, _both_tracers(scan, scans, lesions))
    with desk.cell():
        _show_lesions(scan, scans, lesions)
    with desk.cell():
        _show_measuring(scan, scans, lesions)


@st.fragment(key=PICTURES)
def _show_pictures(
    scan: Scan, scans: Sequence[Scan], lesions: Sequence[MeasurementRecord], both: DrawBoth | None
) -> None:
    shown = _open(scan, scans, lesions)
    show_viewer(replace(shown, both=both, followed=_has_suv(shown)))


@st.fragment
def _show_lesions(scan: Scan, scans: Sequence[Scan], lesions: Sequence[MeasurementRecord]) -> None:
    if chosen_series() != scan.uid:
        st.rerun()  # a lesion of another scan was chosen: the series list outside this part must follow
    show_lesions(lesions, scans)
    show_lesion_change(lesions, scans)


@st.fragment(key=MEASURING)
def _show_measuring(scan: Scan, scans: Sequence[Scan], lesions: Sequence[MeasurementRecord]) -> None:
    """What is measured; of this only the position follows the crosshair, so that moving through slices never waits."""
    if not scan.is_pet:
        return
    shown = _open(scan, scans, lesions)
    if pictures_lag(shown.markers):
        st.rerun()  # something here moved the crosshair or what is marked: the pictures must show it too
    st.markdown("##### Measure")
    if shown.pet is None or not _has_suv(shown):
        st.caption("A lesion is measured in SUV, and this scan has none; the reason stands on the left.")
        return
    measured = show_measuring(shown.pet.volume, scan, scans, lesions, find_crosshair(shown))
    if measured is not None:
        show_naming(scan, scans, measured, lesions)
    show_regions(scan, shown.pet, uploaded_regions(state.current_patient()))
    show_export(scan, shown, lesions)
    if pictures_lag(_open(scan, scans, lesions).markers):
        st.rerun()


def _has_suv(shown: Shown) -> bool:
    return shown.pet is not None and shown.pet.volume.unit == "SUVbw"
