"""This trial's patients as evidence: observed once for each state of the store, then counted without whoever is assessed."""

import os

import streamlit as st

from decision.case import read_case
from decision.evidence import load_knowledge
from decision.living import Counted, LivingEvidence, count_patients, observe_trial
from decision.setting import BY_CASE
from store import Store, data_folder
from views import data
from views.basis import Basis


def fetch_living(without: str | None = None) -> LivingEvidence:
    """Every PET pattern with the trial's patients counted in, but for one."""
    store = data.the_store()
    place = os.environ.get("DATABASE_URL", ""), str(data_folder()), store.fetch_stamp()
    return _count(place, load_knowledge().version, without, store)


def choose_basis(patient_id: str, published_only: bool, counting: bool, setting: str = BY_CASE) -> Basis:
    """What this patient's assessment rests on, with everybody but this patient counted when `counting`."""
    if published_only or not counting:
        return Basis(published_only=published_only, counting=counting, setting=setting)
    found = fetch_living(without=patient_id)
    living = found.take_rows(load_knowledge())
    return Basis(counting=True, patients=found.patients, living=living, setting=setting)


@st.cache_data(max_entries=64, show_spinner=False)
def _count(place: tuple[str, ...], version: str, without: str | None, _store: Store) -> LivingEvidence:
    return count_patients(_observe(place, version, _store), load_knowledge(), without=without)


@st.cache_data(max_entries=2, show_spinner=False)
def _observe(place: tuple[str, ...], version: str, _store: Store) -> tuple[Counted, ...]:
    references = {one.patient_id: one.subtype for one in _store.fetch_references()}
    cases = (read_case(document) for name, document in _store.fetch_cases().items() if name in references)
    return observe_trial(cases, references, load_knowledge())
