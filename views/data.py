"""The store as the screens see it: opened once for everybody; what is dear to compute is kept while nothing changes.

What was put together from all patients is kept by the stamp of the store: nobody may change it.
"""

import os
from collections.abc import Mapping
from typing import Any

import streamlit as st

from decision.assessment import Assessment
from decision.case import read_case
from decision.engine import assess_case
from store import Store, WorklistRow, data_folder, open_store
from trial.participant import Participant
from views.assess_job import AssessJob
from views.basis import USUAL, Basis
from views.cohort_records import Cohort
from views.cohort_records import fetch_cohort as gather_cohort
from views.participants import CONSENSUS, fetch_participants, list_counted

AT_ONCE = 30  # so many are assessed before the worklist is shown, about a second
Cases = Mapping[str, Mapping[str, Any]]


def the_store() -> Store:
    """The one store of this server, at the place the environment names."""
    return _open(os.environ.get("DATABASE_URL"), str(data_folder()))


@st.cache_resource(max_entries=4, show_spinner="Opening the database")
def _open(url: str | None, folder: str) -> Store:
    return open_store(url or None)


def read_stamp() -> tuple[str, ...]:
    """Which store this is, and a text that is another one after anything in it changed."""
    return os.environ.get("DATABASE_URL", ""), str(data_folder()), the_store().fetch_stamp()


def fetch_worklist() -> list[WorklistRow]:
    """Every patient; where many have no present assessment, these are left without, for `assess_job` to make."""
    store = the_store()
    waiting = store.count_unassessed()
    if 0 < waiting <= AT_ONCE:
        store.assess_some(waiting)
        waiting = store.count_unassessed()
    return _fetch_worklist((*read_stamp(), waiting), store)


@st.cache_resource(max_entries=4, show_spinner=False)
def _fetch_worklist(stamp: tuple[object, ...], _store: Store) -> list[WorklistRow]:
    return _store.fetch_worklist(assess=False)


def assess_job() -> AssessJob:
    """The assessing of this store's patients beside the pages; one for everybody."""
    return _make_job(os.environ.get("DATABASE_URL"), str(data_folder()), the_store())


@st.cache_resource(max_entries=4, show_spinner=False)
def _make_job(url: str | None, folder: str, _store: Store) -> AssessJob:
    return AssessJob(_store)


def fetch_cohort() -> Cohort:
    """Every patient as the trial counts them."""
    return _gather_cohort(read_stamp(), the_store())


@st.cache_resource(max_entries=4, show_spinner=False)
def _gather_cohort(stamp: tuple[str, ...], _store: Store) -> Cohort:
    return gather_cohort(_store)


def fetch_people(counted: str = CONSENSUS) -> tuple[Participant, ...]:
    """Everybody screened as the statistics see them; `counted` names whose reads are taken."""
    return _fetch_people(read_stamp(), counted, the_store())


@st.cache_resource(max_entries=6, show_spinner=False)
def _fetch_people(stamp: tuple[str, ...], counted: str, _store: Store) -> tuple[Participant, ...]:
    return fetch_participants(_store, counted, _fetch_cases(stamp, _store))


def fetch_cases() -> Cases:
    """What is known of every patient, by pseudonym."""
    return _fetch_cases(read_stamp(), the_store())


@st.cache_resource(max_entries=2, show_spinner=False)
def _fetch_cases(stamp: tuple[str, ...], _store: Store) -> Cases:
    return _store.fetch_cases()


def fetch_counted() -> tuple[str, ...]:
    """Whose reads can be counted."""
    return _fetch_counted(read_stamp(), the_store())


@st.cache_resource(max_entries=4, show_spinner=False)
def _fetch_counted(stamp: tuple[str, ...], _store: Store) -> tuple[str, ...]:
    return list_counted(_store)


def fetch_patient_ids() -> list[str]:
    return the_store().fetch_names()


def shows_synthetic() -> bool:
    return the_store().has_synthetic()


def fetch_assessment(patient_id: str, basis: Basis = USUAL) -> Assessment:
    """The patient's assessment, as stored unless it shall rest on something else. Raises `UnknownPatient`."""
    if basis.is_usual:
        return the_store().fetch_assessment(patient_id)
    return _assess(the_store().fetch_case(patient_id), basis)


@st.cache_data(max_entries=32, show_spinner=False)
def _assess(document: dict[str, object], basis: Basis) -> Assessment:
    return assess_case(read_case(document), **basis.how)
