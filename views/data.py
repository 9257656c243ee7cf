"""The store as the screens see it: opened once for everybody; what is dear to compute is kept while nothing changes."""

import os

import streamlit as st

from decision.assessment import Assessment
from decision.case import read_case
from decision.engine import assess_case
from store import Store, WorklistRow, data_folder, open_store
from views.basis import USUAL, Basis


def the_store() -> Store:
    """The one store of this server, at the place the environment names."""
    return _open(os.environ.get("DATABASE_URL"), str(data_folder()))


@st.cache_resource(max_entries=4, show_spinner="Opening the database")
def _open(url: str | None, folder: str) -> Store:
    return open_store(url or None)


def fetch_worklist() -> list[WorklistRow]:
    """Every patient with the present assessment, fresh from the store."""
    return the_store().fetch_worklist()


def fetch_patient_ids() -> list[str]:
    return sorted(patient.patient_id for patient in the_store().fetch_patients())


def shows_synthetic() -> bool:
    return any(patient.synthetic for patient in the_store().fetch_patients())


def fetch_assessment(patient_id: str, basis: Basis = USUAL) -> Assessment:
    """The patient's assessment, as stored unless it shall rest on something else. Raises `UnknownPatient`."""
    if basis.is_usual:
        return the_store().fetch_assessment(patient_id)
    return _assess(the_store().fetch_case(patient_id), basis)


@st.cache_data(max_entries=32, show_spinner=False)
def _assess(document: dict[str, object], basis: Basis) -> Assessment:
    return assess_case(read_case(document), **basis.how)
