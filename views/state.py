"""What this browser session remembers. The only module that touches Streamlit's session state and the page address."""

from typing import Any

import streamlit as st

_PATIENT = "patient"
_FIELD, _QUERY = "field", "query"
_NOTICE = "board_notice"
_DRAFTS = "board_drafts"
_SUBJECT = "board_form_subject"


def current_patient() -> str | None:
    """The patient this session looks at: the one in the address (?patient=P017), else the one chosen last."""
    named = st.query_params.get(_PATIENT)
    if named:
        st.session_state[_PATIENT] = named
    return st.session_state.get(_PATIENT)


def choose_patient(patient_id: str) -> dict[str, str]:
    """Look at another patient; returns the address parameters of that patient, for a page switch to carry along."""
    st.session_state[_PATIENT] = patient_id
    return {_PATIENT: patient_id}


def keep_address() -> None:
    """Write the current patient into the address, which Streamlit empties when the page changes."""
    patient_id = st.session_state.get(_PATIENT)
    if patient_id is None:
        st.query_params.pop(_PATIENT, None)
    elif st.query_params.get(_PATIENT) != patient_id:
        st.query_params[_PATIENT] = patient_id
        for name in (_FIELD, _QUERY):  # the field asked about was one of the patient before
            st.query_params.pop(name, None)


def field_address(patient_id: str, form: str, name: str, query_id: int | None = None) -> dict[str, str]:
    """The address parameters of one field of one patient, and of the query about it."""
    query = {} if query_id is None else {_QUERY: str(query_id)}
    return {_PATIENT: patient_id, _FIELD: f"{form}: {name}", **query}


def asked_field() -> tuple[str, str, str, int | None] | None:
    """Patient, form, field and query that the address asks about; None when it asks about no field."""
    form, _, name = st.query_params.get(_FIELD, "").partition(": ")
    patient_id, number = st.query_params.get(_PATIENT), st.query_params.get(_QUERY, "")
    if not (patient_id and name):
        return None
    return patient_id, form, name, int(number) if number.isdecimal() else None


def patient_address() -> dict[str, str]:
    """The address parameters a page switch must carry along."""
    patient_id = current_patient()
    return {} if patient_id is None else {_PATIENT: patient_id}


def leave_notice(says: str) -> None:
    """A sentence to show once, after the next rerun or page switch."""
    st.session_state[_NOTICE] = says


def take_notice() -> str | None:
    return st.session_state.pop(_NOTICE, None)


def widget_value(key: str, default: Any = None) -> Any:
    """What a widget holds now, or will hold when it is drawn."""
    return st.session_state.get(key, default)


def set_widget(key: str, value: Any) -> None:
    """Give a widget its value; only before the widget is drawn in this run."""
    st.session_state[key] = value


def draft(name: str) -> dict[str, Any]:
    """What has been typed and not yet saved under a name; survives page switches, gone with the session."""
    return st.session_state.setdefault(_DRAFTS, {}).setdefault(name, {})


def drop_draft(name: str) -> None:
    st.session_state.get(_DRAFTS, {}).pop(name, None)


def drop_widgets(start: str) -> None:
    """Forget every widget value whose key begins so."""
    for key in [key for key in st.session_state if isinstance(key, str) and key.startswith(start)]:
        del st.session_state[key]


def form_subject() -> str | None:
    """Whom the patient form is about: a pseudonym, or None for somebody new."""
    return st.session_state.get(_SUBJECT)


def begin_form(patient_id: str | None) -> None:
    st.session_state[_SUBJECT] = patient_id
