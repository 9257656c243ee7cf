"""From the PACS: a button on the imaging page, and the dialog in which a study is found, looked through and fetched."""

import streamlit as st

from exchange.pacs import PacsError, PacsSeries, PacsStudy, Wanted, has_pacs
from exchange.pacs_service import name_pacs
from views import state
from views.pacs_fetching import DRAFT, start_fetching
from views.pacs_job import PacsJob
from views.pacs_search import ask_series, ask_studies
from views.uploads import make_incoming
from views.words import UNKNOWN, escape, say_count, say_date


def show_pacs(patient_id: str | None) -> None:
    """The button and, once pressed, the dialog; nothing without a PACS (the upload box says how to name one)."""
    if not has_pacs():
        return
    st.button("From the PACS", icon=":material/cloud_download:", on_click=_turn, args=(True,))
    if state.draft(DRAFT).get("open"):
        _show_dialog(patient_id)


def _turn(to_open: bool) -> None:
    state.draft(DRAFT)["open"] = to_open


@st.dialog("From the PACS", width="large", icon=":material/cloud_download:", on_dismiss=lambda: _turn(False))
def _show_dialog(patient_id: str | None) -> None:
    study = ask_studies()
    if study is None:
        return
    chosen = ask_series(study)
    if not chosen or not _is_same_person(study, patient_id):
        return
    if st.button(f"Fetch {_say_images(chosen)}", type="primary", icon=":material/download:"):
        _fetch(study, chosen, patient_id)
    st.caption(_say_for_whom(study, patient_id))


def _is_same_person(study: PacsStudy, patient_id: str | None) -> bool:
    """One patient of the trial is one person: another identifier than before must be confirmed."""
    before: str | None = state.draft(DRAFT).get("persons", {}).get(patient_id)
    if patient_id is None or before in (None, study.patient_id):
        return True
    st.warning(
        f"The study fetched before for {patient_id} is of PACS patient {escape(before or UNKNOWN)}, this one of "
        f"{escape(study.patient_id or UNKNOWN)}: another patient, unless the PACS knows one person by two numbers.",
        icon=":material/warning:",
    )
    return st.checkbox("They are the same person", key=f"imaging_pacs_same:{patient_id}:{study.study_uid}")


def _say_images(chosen: tuple[PacsSeries, ...]) -> str:
    known = [one.instances for one in chosen if one.instances]
    images = f", {say_count(sum(known), 'image')}" if len(known) == len(chosen) else ""
    return f"{say_count(len(chosen), 'series', 'series')}{images}"


def _say_for_whom(study: PacsStudy, patient_id: str | None) -> str:
    whose = escape(study.patient_id or UNKNOWN)
    if patient_id is None:
        return f"PACS patient {whose}; no patient of the trial is chosen, so the images are opened to look at."
    return f"PACS patient {whose} is opened as {patient_id}: make sure that they are the same person."


def _fetch(study: PacsStudy, chosen: tuple[PacsSeries, ...], patient_id: str | None) -> None:
    try:
        where = name_pacs()
    except PacsError as error:
        st.warning(str(error), icon=":material/error:")
        return
    wanted = Wanted(study.study_uid, study.patient_id, tuple(one.series_uid for one in chosen))
    says = f"study of {say_date(study.study_date)} ({where})"
    start_fetching(PacsJob(wanted, make_incoming(), patient_id, says))
    if study.patient_id:
        state.draft(DRAFT).setdefault("persons", {})[patient_id] = study.patient_id
    _turn(False)
    st.rerun()
