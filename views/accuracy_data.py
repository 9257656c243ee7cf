"""What the accuracy page counts: read from the store once for each state of it, then only filtered."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from store import Store, data_folder
from trial.participant import Participant
from views import data
from views.accuracy_choices import Choices, Matter, say_choices
from views.charts_accuracy import Footnote
from views.participants import fetch_participants, list_counted

SYNTHETIC = "Synthetic data"


@dataclass(frozen=True)
class Material:
    """`people`: those chosen; `everybody`: all of the trial; `key` names the state of the store and the choices."""

    people: tuple[Participant, ...]
    everybody: tuple[Participant, ...]
    cases: Mapping[str, Mapping[str, Any]]
    key: tuple[Any, ...]
    signature: str | None
    day: date

    def note(self, n: str, method: str, choices: Choices, *matters: Matter) -> Footnote:
        """What stands below a figure of this material; `matters`: the choices it depends on, all of them when none is named."""
        says = " · ".join(part for part in (n, say_choices(choices, *matters)) if part)
        return Footnote(says, method, self.day, self.signature)


def fetch_counted() -> tuple[str, ...]:
    """Whose reads can be counted."""
    return _fetch_counted(_place(), data.the_store())


def fetch_material(choices: Choices) -> Material:
    """The people of the trial as these choices see them."""
    place = _place()
    everybody, cases = _fetch(place, choices.counted, data.the_store())
    people = tuple(one for one in everybody if not choices.subtypes or one.reference.subtype in choices.subtypes)
    signature = SYNTHETIC if data.shows_synthetic() else None
    return Material(people, everybody, cases, (*place, choices.counted, choices.subtypes), signature, date.today())


def _place() -> tuple[str, ...]:
    store = data.the_store()
    log = "|".join(f"{one.screening_id} {one.decision} {one.reason}" for one in store.trial.fetch_screened())
    return os.environ.get("DATABASE_URL", ""), str(data_folder()), store.fetch_stamp(), log


@st.cache_resource(max_entries=6, show_spinner=False)
def _fetch(
    place: tuple[str, ...], counted: str, _store: Store
) -> tuple[tuple[Participant, ...], dict[str, dict[str, Any]]]:
    return fetch_participants(_store, counted), _store.fetch_cases()


@st.cache_data(max_entries=6, show_spinner=False)
def _fetch_counted(place: tuple[str, ...], _store: Store) -> tuple[str, ...]:
    return list_counted(_store)
