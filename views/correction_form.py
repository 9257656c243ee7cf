"""The form that corrects what an uploaded PET's SUV is computed from."""

from dataclasses import replace

import streamlit as st

from imaging.problem import ImagingError
from imaging.provenance import document_series
from imaging.volume import read_volume, save_volume
from store import data_folder
from views.correction import Correction, correct_series, rescale_volume
from views.measure_panel import forget_measuring
from views.scan import Scan
from views.upload_panel import replace_scan


def show_correction(scan: Scan) -> None:
    """Behind a button: weight, activity, time of injection. Only for an upload, whose headers are still there."""
    if scan.stored or scan.series is None or not scan.is_pet:
        return
    # A new key for a new volume closes the box once the SUV has been computed again.
    key = f"imaging_correct:{scan.record.volume_path}"
    box = st.popover("Correct…", icon=":material/edit:", type="tertiary", key=key)
    with box, st.form(f"{key}:form", border=False):
        st.caption(
            "Leave empty what the header has right. What you enter is kept with the scan as entered by a reader."
        )
        weight = st.number_input("Weight on the day of the scan, kg", 1.0, 400.0, None, placeholder="as in the header")
        activity = st.number_input("Injected activity, MBq", 1.0, 2000.0, None, placeholder="as in the header")
        injected = st.time_input("Time of injection, on the scanner's clock", None, step=60)
        if st.form_submit_button("Compute the SUV again"):
            _correct(scan, Correction(weight, activity, injected))


def _correct(scan: Scan, correction: Correction) -> None:
    if not correction.known:
        st.caption("Nothing was entered.")
        return
    try:
        corrected = correct_scan(scan, correction)
    except ImagingError as error:
        st.warning(str(error), icon=":material/block:")
        return
    forget_measuring(scan.uid)
    replace_scan(corrected)
    st.rerun()


def correct_scan(scan: Scan, correction: Correction) -> Scan:
    """The uploaded scan with its volume in the corrected SUV; raises ImagingError in a sentence."""
    if scan.series is None or scan.path is None:
        raise ImagingError("The uploaded images are gone from the server; upload them again.")
    series = correct_series(scan.series, correction)
    volume = rescale_volume(read_volume(scan.path), scan.series, series)
    path = scan.path.with_name(f"{scan.path.stem}c.npz")
    save_volume(volume, path)
    document = document_series(series, volume)
    document |= {
        "entered_by_reader": correction.known,
        "provenance": f"{document['provenance']} · entered: {correction.says}",
    }
    place = str(path.relative_to(data_folder()))
    suv_type = series.suv.suv_type if series.suv else None
    record = replace(
        scan.record,
        volume_path=place,
        inspection=document,
        uptake_minutes=series.uptake_minutes,
        suv_type=suv_type,
    )
    return Scan(record, stored=False, series=series)
