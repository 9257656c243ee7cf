"""A kept lesion in full: its comparisons and doubts, and the form that names it otherwise or takes it away, with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from decision.case import CaseError
from decision.vocabulary import load_vocabulary
from exchange.case_entry import find_word
from store import MeasurementRecord, StoreError
from views import data, state
from views.lesions_panel import say_lesion
from views.measure_panel import say_needs, say_ratios
from views.measured_scan import change_scan, fetch_measured
from views.scan import Scan
from views.words import UNKNOWN, say_list, say_number


def show_lesion_change(lesions: Sequence[MeasurementRecord], scans: Sequence[Scan]) -> None:
    """Folded in; nothing where no lesion of these scans is kept."""
    stored = {scan.uid: scan for scan in scans if scan.stored}
    offered = {number: one for number, one in enumerate(lesions, 1) if one.series_uid in stored}
    if not offered:
        return
    with st.expander("Details, change or remove", icon=":material/edit_note:"):
        _show_lesion(offered, stored, lesions)


def _show_lesion(
    offered: Mapping[int, MeasurementRecord], stored: Mapping[str, Scan], lesions: Sequence[MeasurementRecord]
) -> None:
    number = st.selectbox(
        "Which lesion",
        list(offered),
        format_func=lambda n: _say_choice(n, offered[n], stored[offered[n].series_uid]),
        key="imaging_change",
    )
    lesion = offered.get(number)
    if lesion is not None:
        scan = stored[lesion.series_uid]
        _show_details(lesion, scan)
        _show_form(lesion, lesions, scan)


def _say_choice(number: int, lesion: MeasurementRecord, scan: Scan) -> str:
    tracer = (scan.record.tracer or UNKNOWN).removeprefix("68Ga-")
    return f"{number} · {say_lesion(lesion)} · {tracer} · SUVmax {say_number(lesion.suv_max)}"


def _show_details(lesion: MeasurementRecord, scan: Scan) -> None:
    organs = fetch_measured(data.the_store(), lesion.patient_id, lesion.series_uid).organs
    facts = (lesion.suv_max, lesion.site, scan.record.tracer, organs)
    st.caption(say_ratios(*facts))
    needs = say_needs(*facts)
    if needs:
        st.caption(f":material/info: {needs}")
    for doubt in lesion.quality or ():
        st.caption(f":material/warning: {doubt}")


def _show_form(lesion: MeasurementRecord, lesions: Sequence[MeasurementRecord], scan: Scan) -> None:
    regions, uptakes = load_vocabulary().regions, load_vocabulary().uptakes
    with st.form(f"imaging_change:{lesion.series_uid}:{lesion.lesion}", border=False):
        name = st.text_input("Name or number", lesion.lesion, max_chars=40)
        region = st.selectbox(
            "Region", list(regions), _place(list(regions), lesion.site), format_func=regions.__getitem__
        )
        uptake = st.segmented_control(
            "Uptake, as you read it",
            list(uptakes),
            default=_word(lesion, lesions, scan),
            format_func=uptakes.__getitem__,
        )
        why = st.text_input("Reason", placeholder="why it is changed or removed; kept in the history", max_chars=200)
        with st.container(horizontal=True):
            save = st.form_submit_button("Save the change", icon=":material/save:")
            remove = st.form_submit_button("Remove this lesion", icon=":material/delete:")
    st.caption(say_consequence(lesion, lesions, scan))
    changed = replace(lesion, lesion=name.strip(), site=region, uptake=uptake)
    if (save or remove) and _may(changed, lesion, lesions, why, remove):
        _change(lesion, None if remove else changed, scan, why.strip())


def _word(lesion: MeasurementRecord, lesions: Sequence[MeasurementRecord], scan: Scan) -> str | None:
    """The lesion's own word; where none was kept with it, the case's for the hottest lesion of the region."""
    same = [one for one in lesions if (one.series_uid, one.site) == (lesion.series_uid, lesion.site)]
    if lesion.uptake or lesion.site is None or max(same, key=lambda one: one.suv_max or 0.0) != lesion:
        return lesion.uptake
    entries = data.the_store().fetch_case(lesion.patient_id).get("imaging") or []
    return find_word(entries, scan.record.tracer, lesion.site)


def _place(names: Sequence[str], site: str | None) -> int | None:
    return names.index(site) if site in names else None


def say_consequence(lesion: MeasurementRecord, lesions: Sequence[MeasurementRecord], scan: Scan) -> str:
    """What the case says of the region once this lesion is gone."""
    region = load_vocabulary().regions.get(lesion.site or "", "its region")
    tracer = (scan.record.tracer or "this scan").removeprefix("68Ga-")
    others = [
        one for one in lesions if (one.series_uid, one.site) == (lesion.series_uid, lesion.site) and one != lesion
    ]
    if others:
        names = say_list([one.lesion for one in others])
        return f"Without it the case takes its numbers for {region} on {tracer} from {names}."
    return f"Without it the case says nothing of {region} on {tracer}: not known, which is not negative."


def _may(
    changed: MeasurementRecord, lesion: MeasurementRecord, lesions: Sequence[MeasurementRecord], why: str, remove: bool
) -> bool:
    """Say what lacks; True when nothing does."""
    taken = {one.lesion for one in lesions if one.series_uid == lesion.series_uid} - {lesion.lesion}
    gaps = {
        "Say why: the reason is kept in the history.": not why.strip(),
        "Give the lesion a name or a number.": not remove and not changed.lesion,
        f"Another lesion of this scan is called {changed.lesion}: choose another name.": not remove
        and changed.lesion in taken,
        "Nothing is changed yet.": not remove and changed == lesion,
    }
    lacks = [says for says, gap in gaps.items() if gap]
    for says in lacks:
        st.caption(f":material/block: {says}")
    return not lacks


def _change(lesion: MeasurementRecord, changed: MeasurementRecord | None, scan: Scan, why: str) -> None:
    saved = [changed] if changed else []
    removed = [] if changed and changed.lesion == lesion.lesion else [lesion]
    try:
        change_scan(data.the_store(), scan.record, removed=removed, saved=saved, why=why)
    except (StoreError, CaseError) as error:
        st.error(str(error), icon=":material/block:")
        return
    what = f"is now {say_lesion(changed)}" if changed else "is removed"
    state.leave_notice(f"Lesion {say_lesion(lesion)} {what}; the case follows, and the history keeps what it was.")
    st.rerun(scope="app")
