"""The lesions of the patient: a table whose rows lead to the place, and the form that names what was just measured."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from decision.case import CaseError
from decision.vocabulary import load_vocabulary
from imaging.annotate import Marker
from imaging.measure import Measurement
from imaging.problem import ImagingError
from imaging.ratios import compute_lcr, compute_llr
from store import MeasurementRecord, StoreError
from views import data, state
from views.attach import Finding, attach_finding, attach_scans
from views.measure_panel import measuring, region_key
from views.references import draft_of, forget_references
from views.scan import Scan, match_ct, quality_lines
from views.series_panel import CHOSEN_KEY
from views.upload_panel import drop_scans
from views.viewer_parts import redraw_all
from views.viewer_state import move_crosshair
from views.words import UNKNOWN, say_number

_TABLE_KEY = "imaging_lesions"
LIVER_HELP = "SUVmax divided by the mean of the liver (LLR)"
OTHER_HELP = "SUVmax divided by that of the other side (LCR)"


def make_markers(lesions: Sequence[MeasurementRecord], scan: Scan) -> tuple[Marker, ...]:
    """Circles for the lesions of one scan, as large as their volume, numbered as in the table."""
    return tuple(
        Marker(str(number), lesion.centre_mm or lesion.at_mm, _radius_mm(lesion.volume_ml))
        for number, lesion in enumerate(lesions, 1)
        if lesion.series_uid == scan.uid and lesion.at_mm
    )


def _radius_mm(volume_ml: float | None) -> float:
    """Of a sphere of that volume, a little larger so that the circle does not hide the edge."""
    return 8.0 if volume_ml is None else max(6.0, (volume_ml * 1000 * 0.2387) ** (1 / 3) * 1.25)


def make_table(lesions: Sequence[MeasurementRecord], scans: Sequence[Scan]) -> pd.DataFrame:
    """One row a lesion in the order of its markers' numbers; every value as it is written."""
    tracers = {scan.uid: scan.record.tracer for scan in scans}
    rows = [[str(n), *_row(lesion, tracers.get(lesion.series_uid))] for n, lesion in enumerate(lesions, 1)]
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = ["#", "Lesion", "Tracer", "SUVmax", "÷ liver", "÷ other", "SUVpeak", "ml"]


def _row(lesion: MeasurementRecord, tracer: str | None) -> list[str]:
    numbers = (
        lesion.suv_max,
        compute_llr(lesion.suv_max, lesion.liver_suv_mean),
        compute_lcr(lesion.suv_max, lesion.contralateral_suv_max),
        lesion.suv_peak,
        lesion.volume_ml,
    )
    return [say_lesion(lesion), (tracer or UNKNOWN).removeprefix("68Ga-"), *(say_number(n) for n in numbers)]


def say_lesion(lesion: MeasurementRecord) -> str:
    """The name somebody gave it, else its region."""
    region = load_vocabulary().regions.get(lesion.site or "", lesion.site or UNKNOWN)
    return region if lesion.lesion.isdigit() else lesion.lesion


def show_lesions(lesions: Sequence[MeasurementRecord], scans: Sequence[Scan]) -> None:
    """The table; choosing a row opens its scan and moves every picture to the lesion."""
    if not lesions:
        st.caption("No lesion is measured yet. Click a focus in the picture, then measure it.")
        return
    st.dataframe(
        make_table(lesions, scans),
        hide_index=True,
        height="content",
        key=_TABLE_KEY,
        on_select=lambda: _go_to_chosen(lesions),
        selection_mode="single-cell",
        column_config=_configure_columns(),
        column_order=_COLUMNS,
        alt="Lesions measured on this patient's images",
    )
    st.caption(f"Click a line to see the lesion; {UNKNOWN} is not known.")


def _configure_columns() -> dict[str, Any]:
    """The ratios stand in the narrow column beside the picture; SUVpeak and volume are further right."""
    column = st.column_config
    numbers = {
        "SUVmax": (66, None),
        "÷ liver": (54, LIVER_HELP),
        "÷ other": (60, OTHER_HELP),
        "SUVpeak": (70, None),
        "ml": (50, None),
    }
    return {
        "#": column.TextColumn(width=22),
        "Lesion": column.TextColumn(width=74),
        "Tracer": column.TextColumn(width=70),
        **{
            name: column.TextColumn(width=width, alignment="right", help=says)
            for name, (width, says) in numbers.items()
        },
    }


def _go_to_chosen(lesions: Sequence[MeasurementRecord]) -> None:
    chosen = state.widget_value(_TABLE_KEY)
    cells = chosen["selection"]["cells"] if chosen else []
    if cells and lesions[cells[0][0]].at_mm:
        lesion = lesions[cells[0][0]]
        move_crosshair(lesion.at_mm or (0.0, 0.0, 0.0), lesion.series_uid)
        if state.widget_value(CHOSEN_KEY) == lesion.series_uid:
            redraw_all()
        state.set_widget(CHOSEN_KEY, lesion.series_uid)


def show_naming(scan: Scan, scans: Sequence[Scan], measured: Measurement, lesions: Sequence[MeasurementRecord]) -> None:
    """What the measured focus is, in the reader's words, and the button that keeps it."""
    patient_id = state.current_patient()
    regions = load_vocabulary().regions
    region = st.selectbox(
        "Where is it?",
        list(regions),
        index=None,
        format_func=regions.__getitem__,
        placeholder="choose the region",
        key=region_key(scan.uid),
    )
    uptakes = load_vocabulary().uptakes
    uptake = st.segmented_control("Uptake, as you read it", list(uptakes), format_func=uptakes.__getitem__)
    lesion = st.text_input("Lesion", value=next_name([one.lesion for one in lesions]), max_chars=12)
    missing = _missing(patient_id, scan, region, uptake, lesion)
    attach = st.button("Attach to patient", icon=":material/attach_file:", disabled=bool(missing), width="stretch")
    if missing:
        st.caption(missing)
    elif scan.series and scan.series.patient_id != patient_id:
        st.caption(f"The images carry another identifier than {patient_id}: make sure they are this patient's.")
    if attach and patient_id and region and uptake:
        kept = measuring(scan.uid)
        place, threshold = kept["at_mm"], kept["threshold"]
        waiting = tuple(draft_of(scan.uid)["regions"].values())
        doubts = tuple(f"{one.item}: {one.says}" for one in quality_lines(scan) if one.level in ("check", "problem"))
        finding = Finding(lesion.strip(), region, uptake, place, threshold, measured, waiting, doubts)
        _attach(scan, scans, patient_id, finding)


def next_name(names: Sequence[str]) -> str:
    """The first number no lesion has yet."""
    return next(str(n) for n in range(1, len(names) + 2) if str(n) not in names)


def _missing(patient_id: str | None, scan: Scan, region: str | None, uptake: str | None, lesion: str) -> str:
    if patient_id is None:
        return "Choose a patient in the side bar to attach this to."
    if scan.record.tracer is None:
        return "Say which tracer was given (under the series) before attaching."
    gaps = [(not region, "the region"), (not uptake, "the uptake as you read it"), (not lesion.strip(), "a number")]
    missing = [word for gap, word in gaps if gap]
    return f"Still needed: {', '.join(missing)}." if missing else ""


def _attach(scan: Scan, scans: Sequence[Scan], patient_id: str, finding: Finding) -> None:
    ct = match_ct(scan, scans)
    try:
        kept = attach_scans(data.the_store(), (scan, ct) if ct else (scan,), patient_id)
        says = attach_finding(data.the_store(), kept[0].record, finding)
    except (StoreError, CaseError, ImagingError) as error:
        st.error(str(error), icon=":material/block:")
        return
    drop_scans({one.uid for one in kept})
    measuring(scan.uid).pop("measurement", None)
    forget_references(scan.uid)
    state.leave_notice(says)
    st.rerun()
