"""Searching the PACS: who and when, the studies found, the series of one of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from exchange.pacs import MOST_STUDIES, READ_HERE, PacsError, PacsSeries, PacsStudy, fetch_series, fetch_studies
from views import state
from views.words import UNKNOWN, escape, say_count, say_date

DRAFT = "imaging_pacs_search"
_MOST_SHOWN = 25
_BOX_PX = 260


def ask_studies() -> PacsStudy | None:
    """The form and, once searched, the studies; gives the one that is chosen."""
    with st.form("imaging_pacs_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        patient_id = st.text_input("Patient ID", help="As the PACS knows the patient; * stands for any letters.")
        name = st.text_input("Name", help="A part is enough.")
        since = st.date_input("From", None, format="YYYY-MM-DD")
        until = st.date_input("To", None, format="YYYY-MM-DD")
        asked = st.form_submit_button("Search", icon=":material/search:", type="primary")
    kept = state.draft(DRAFT)
    if asked:
        _search(kept, patient_id.strip(), name.strip(), since, until)
    if kept.get("refused"):
        st.warning(kept["refused"], icon=":material/error:")
    found: tuple[PacsStudy, ...] | None = kept.get("studies")
    if found is None:
        st.caption("Only studies with a PET are listed. Names come from the PACS to choose by, and are not kept.")
        return None
    return _choose(found)


def _search(kept: dict[str, Any], patient_id: str, name: str, since: date | None, until: date | None) -> None:
    """Ask and keep the answer; what was found before stays when the PACS does not answer."""
    kept.pop("refused", None)
    if since and until and since > until:
        kept["refused"] = f"The search ends ({say_date(until)}) before it begins ({say_date(since)})."
        return
    try:
        with st.spinner("Asking the PACS"):
            kept["studies"] = fetch_studies(patient_id or None, since, until, name or None)
    except PacsError as error:
        kept["refused"] = str(error)


def _choose(found: Sequence[PacsStudy]) -> PacsStudy | None:
    if not found:
        st.info("The PACS has no PET study that fits. Leave out the name or the days to find more.")
        return None
    shown = found[:_MOST_SHOWN]
    with st.container(height=_BOX_PX if len(shown) > 3 else "content", border=True):
        chosen = st.radio(
            "Study",
            range(len(shown)),
            index=None,
            format_func=lambda place: say_study(shown[place]),
            captions=[_say_size(one) for one in shown],
            key=f"imaging_pacs_study:{shown[0].study_uid}:{len(found)}",
        )
    if len(found) > len(shown):
        more = "at least " if len(found) >= MOST_STUDIES else ""
        st.caption(f"The newest {len(shown)} of {more}{len(found)}; narrow the search to see the others.")
    return None if chosen is None else shown[chosen]


def say_study(study: PacsStudy) -> str:
    """A study in one line: whose, when, what."""
    words = (study.patient_id, study.patient_name, say_date(study.study_date), study.description)
    return " · ".join(escape(word) if word else UNKNOWN for word in words)


def _say_size(study: PacsStudy) -> str:
    size = [say_count(n, noun, f"{noun}s") for n, noun in ((study.series, "serie"), (study.instances, "image")) if n]
    return " · ".join([", ".join(map(escape, study.modalities)) or UNKNOWN, *size]).replace("1 serie ", "1 series ")


def ask_series(study: PacsStudy) -> tuple[PacsSeries, ...]:
    """The series of the study, each to be taken or left; those that can be shown are taken at first."""
    known: dict[str, tuple[PacsSeries, ...]] = state.draft(DRAFT).setdefault("series", {})
    if study.study_uid not in known:
        try:
            with st.spinner("Asking for its series"):
                known[study.study_uid] = fetch_series(study)
        except PacsError as error:
            st.warning(str(error), icon=":material/error:")
            return ()
    st.markdown("**Series**")
    return tuple(one for one in known[study.study_uid] if _ask(one))


def _ask(series: PacsSeries) -> bool:
    read = series.modality in READ_HERE
    label = say_series(series) if read else f"{say_series(series)} · not shown here"
    return st.checkbox(label, value=read, disabled=not read, key=f"imaging_pacs_series:{series.series_uid}")


def say_series(series: PacsSeries) -> str:
    """A series in one line: kind, description, images, and the tracer its name suggests."""
    images = say_count(series.instances, "image") if series.instances else f"{UNKNOWN} images"
    words = [escape(series.modality), escape(series.description or UNKNOWN), images]
    guess = [f"tracer by its name: {escape(series.tracer or UNKNOWN)}"] if series.modality == "PT" else []
    return " · ".join([*words, *guess])
