"""The one field that a query or a finding is about: on which page it can be changed, and what stands over it there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import streamlit as st

from decision.vocabulary import load_vocabulary
from store import ScreenedPerson
from trial.protocol import load_protocol
from trial.quality import load_quality
from views import data, state
from views.frame import FORM_PAGE, IMAGING_PAGE, QUALITY_PAGE, READERS_PAGE, REVIEW_PAGE, SCREENING_PAGE
from views.quality_facts import GROUPS
from views.words import escape

IN_SCREENING = ("Screening line", "Consent date", "Consent type")
OF_READS, OF_SCAN = ("Two reads",), ("Scan", "Day of the scan")
MEASURED = {"Uptake time": "uptake_minutes", "SUVmax": "suv_max", "SUVmean": "suv_mean", "SUVpeak": "suv_peak"}
EXAMINATIONS = {"Pituitary MRI": ("MRI", "pituitary"), "Adrenal CT": ("CT", "adrenal")}


@dataclass(frozen=True)
class Asked:
    """A field of one patient, and the query about it where there is one."""

    patient_id: str
    form: str
    name: str
    query_id: int | None = None

    @property
    def tests(self) -> tuple[str, ...]:
        """The tests that fill the field, none where it is no laboratory value."""
        code = _codes().get((self.form, self.name), "")
        starts = GROUPS.get(code, (code,))
        return (
            tuple(test for test in load_vocabulary().tests if code and test.startswith(starts)) if self.is_lab else ()
        )

    @property
    def is_lab(self) -> bool:
        return self.form == "Laboratory"

    @property
    def tracer(self) -> str | None:
        return next((one.code for one in load_protocol().tracers if one.short_name == self.form), None)

    @property
    def number(self) -> str | None:
        """The name in a case of a measured value, such as "suv_max"."""
        return MEASURED.get(self.name) if self.tracer else None

    def is_about_finding(self, entry: Mapping[str, Any]) -> bool:
        """Whether an image finding is of the examination that is asked about."""
        if self.tracer:
            return entry.get("modality") == "PET" and entry.get("tracer") == self.tracer
        modality, region = EXAMINATIONS.get(self.name, ("", ""))
        return entry.get("modality") == modality and str(entry.get("region") or region).startswith(region)

    def mark(self, label: str, *names: str) -> str:
        """The label on a coloured ground where the field has one of these names."""
        return f":orange-background[{label}]" if self.name in names else label


@dataclass(frozen=True)
class AskedLine:
    """A field of the screening log; `line`: its number, None where the patient has no line."""

    field: Asked
    line: str | None


@lru_cache(maxsize=1)
def _codes() -> dict[tuple[str, str], str]:
    return {(one["form"], one["name"]): one["code"] for one in load_quality()["field"]}


def link_field(asked: Asked, label: str, *, icon: str | None = None) -> None:
    """A link to the place where the field can be changed."""
    address = state.field_address(asked.patient_id, asked.form, asked.name, asked.query_id)
    if asked.name in OF_READS and asked.tracer:
        address["readers_tracer"] = asked.tracer
    st.page_link(find_page(asked), label=label, icon=icon, query_params=address)


def find_page(asked: Asked) -> str:
    """Where the field can be changed; the review where no form has it."""
    if asked.form == "Enrolment":
        return SCREENING_PAGE if asked.name in IN_SCREENING else FORM_PAGE
    if asked.tracer is None:
        return FORM_PAGE if asked.form in ("Laboratory", "MRI and CT", "Reference") else REVIEW_PAGE
    if asked.name in OF_READS:
        return READERS_PAGE
    return FORM_PAGE if asked.name not in OF_SCAN and _stands_in_case(asked) else IMAGING_PAGE


def _stands_in_case(asked: Asked) -> bool:
    """Whether the value was entered with a finding; else it comes from the images."""
    if data.the_store().fetch_patient(asked.patient_id) is None:
        return False
    entries = data.the_store().fetch_case(asked.patient_id).get("imaging", ())
    own = [entry for entry in entries if asked.is_about_finding(entry)]
    return any(entry.get(asked.number or "") is not None for entry in own) or not _has_scan(asked)


def _has_scan(asked: Asked) -> bool:
    return any(one.tracer == asked.tracer for one in data.the_store().fetch_series(asked.patient_id))


def read_asked() -> Asked | None:
    """What the address asks about."""
    found = state.asked_field()
    return Asked(*found) if found else None


def asked_on(page: str) -> Asked | None:
    """What the address asks about, when it can be changed on this page."""
    asked = read_asked()
    return asked if asked and find_page(asked) == page else None


def asked_in_screening(log: Sequence[ScreenedPerson]) -> AskedLine | None:
    """The line of the log that the address asks about."""
    asked = asked_on(SCREENING_PAGE)
    if asked is None:
        return None
    return AskedLine(asked, next((one.screening_id for one in log if one.patient_id == asked.patient_id), None))


def show_asked(asked: Asked) -> None:
    """Which field, and the question in its own words."""
    query = next((one for one in data.the_store().trial.fetch_queries() if one.query_id == asked.query_id), None)
    says = f"  \nQuery {query.query_id} ({query.state}): {escape(query.says)}" if query else ""
    about = escape(f"{asked.patient_id} · {asked.form}: {asked.name}")
    st.warning(f"**Asked about {about}**{says}", icon=":material/contact_support:")
    back = "Queries" if query else "Findings"
    address = {"patient": asked.patient_id, "quality_part": back}
    st.page_link(QUALITY_PAGE, label=f"Back to the {back.lower()}", icon=":material/arrow_back:", query_params=address)
