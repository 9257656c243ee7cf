"""Where on the patient form the field stands that a query asks about: on top, framed and marked, whichever line it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from decision.vocabulary import load_vocabulary
from views.asked_field import EXAMINATIONS, Asked, show_asked
from views.diagnosis_form import show_diagnosis
from views.form_draft import add_line, field_key, known_lines


@dataclass(frozen=True)
class Spot:
    """The framed place, and what is asked; nothing is asked: every line stays where it is."""

    asked: Asked | None = None
    frame: Any = None

    @classmethod
    def open(cls, subject: str, draft: dict[str, Any], asked: Asked | None) -> "Spot":
        """Draw the question and the frame; a line that is not there yet is offered in it."""
        if asked is None:
            return cls()
        show_asked(asked)
        frame = st.container(border=True)
        spot = cls(asked, frame)
        with frame:
            if spot.holds_diagnosis:
                show_diagnosis(asked.patient_id, asked)
            else:
                _offer_lines(subject, draft, asked)
        return spot

    @property
    def holds_diagnosis(self) -> bool:
        return self.asked is not None and self.asked.form == "Reference"

    @property
    def number(self) -> str | None:
        """The measured value that is asked about, such as "suv_max"."""
        return self.asked.number if self.asked else None

    def mark(self, label: str, *names: str) -> str:
        return self.asked.mark(label, *names) if self.asked else label

    @contextmanager
    def place(self, form: str) -> Iterator[bool]:
        """The frame where the field is of this form, else where the page is; tells which."""
        with self._choose(self.asked is not None and self.asked.form == form) as inside:
            yield inside

    @contextmanager
    def place_result(self, test: str) -> Iterator[bool]:
        with self._choose(self.asked is not None and test in self.asked.tests) as inside:
            yield inside

    @contextmanager
    def place_finding(self, entry: Mapping[str, Any]) -> Iterator[bool]:
        with self._choose(self.asked is not None and self.asked.is_about_finding(entry)) as inside:
            yield inside

    @contextmanager
    def _choose(self, inside: bool) -> Iterator[bool]:
        if not inside:
            yield False
            return
        with self.frame:
            yield True


def _offer_lines(subject: str, draft: dict[str, Any], asked: Asked) -> None:
    """A button for each test or examination that the field wants and the form has no line of."""
    there = {entry["test"] for _, entry in known_lines(draft, "results")}
    offered = {load_vocabulary().tests[test].short_name: ("results", {"test": test}) for test in asked.tests}
    if there & set(asked.tests):
        return
    if not any(asked.is_about_finding(entry) for _, entry in known_lines(draft, "imaging")):
        offered |= _offer_finding(asked)
    if offered:
        st.caption("Not entered yet: add the line, then fill it in.")
    with st.container(horizontal=True):
        for label, (place, entry) in offered.items():
            st.button(
                label,
                icon=":material/add:",
                key=field_key(subject, "asked", label),
                on_click=add_line,
                args=(subject, place, entry),
            )


def _offer_finding(asked: Asked) -> dict[str, tuple[str, dict[str, Any]]]:
    if asked.tracer:
        return {f"{asked.form} PET": ("imaging", {"modality": "PET", "tracer": asked.tracer})}
    if asked.name not in EXAMINATIONS:
        return {}
    modality, region = EXAMINATIONS[asked.name]
    entry = {"modality": modality, "region": region} if modality == "MRI" else {"modality": modality}
    return {asked.name: ("imaging", entry)}
