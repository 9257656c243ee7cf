"""The one-page summary for the tumour board: everything on it is what the screen says, written once, as a PDF."""

import hashlib
import json
from datetime import UTC, datetime

import streamlit as st

from decision.assessment import Assessment
from decision.case import Case
from exchange.figures import write_png
from exchange.mdt import write_mdt_summary
from exchange.mdt_page import KeySlice, MdtSummary
from store import Patient
from views import data
from views.basis import Basis, say_prior
from views.charts import chart_posterior
from views.names import set_name, subtype_name, test_name
from views.report_lines import (
    list_unpublished,
    make_bars,
    make_findings,
    make_flags,
    make_links,
    make_next_tests,
    make_reasons,
    make_results,
    make_sites,
    make_voided,
    say_grades,
    say_headline,
    say_pathway,
)
from views.report_pictures import make_key_slices
from views.words import say_age, say_date, say_sex

PUBLISHED = "assessed from published evidence only; expert values and unchecked knowledge are left out"

CHART_WIDTH = 340


def show_report_button(patient: Patient, case: Case, assessment: Assessment, basis: Basis) -> None:
    """A button that makes the summary when it is pressed, from what is on the screen now."""
    st.download_button(
        "MDT summary",
        lambda: write_mdt_summary(make_summary(patient, case, assessment, basis, datetime.now(UTC))),
        f"{patient.patient_id}_mdt_summary.pdf",
        "application/pdf",
        icon=":material/picture_as_pdf:",
        help="One page: results, key slices, evidence for and against, sources",
        on_click="ignore",
        width="stretch",
    )


def make_summary(patient: Patient, case: Case, assessment: Assessment, basis: Basis, now: datetime) -> MdtSummary:
    """What is known, what it weighs and what is suggested, in the words of the screen."""
    return MdtSummary(
        patient_id=patient.patient_id,
        about=say_who(patient),
        synthetic=patient.synthetic,
        headline=say_headline(assessment),
        abstain=assessment.abstain,
        prediction_set=set_name(assessment.prediction_set),
        leader=subtype_name(assessment.leader.subtype),
        written_at=now,
        knowledge_version=assessment.knowledge_version,
        case_hash=compute_hash(case),
        flags=make_flags(assessment),
        results=make_results(case.results),
        findings=make_findings(case.imaging),
        slices=_fetch_slices(case.case_id),
        bars=make_bars(assessment),
        chart=write_png(chart_posterior(assessment, subtype_name).properties(width=CHART_WIDTH), scale=3),
        sites=make_sites(assessment),
        reasons=make_reasons(assessment),
        unpublished=list_unpublished(assessment),
        voided=make_voided(assessment),
        missing=tuple(test_name(item) for item in assessment.missing),
        next_tests=make_next_tests(assessment),
        cautions=(*say_basis(basis), *_say_start(assessment, basis), *assessment.conflicts, *assessment.questions),
        pathway=say_pathway(assessment),
        rests_on=say_grades(assessment),
        note=patient.note or "",
        links=make_links(),
    )


def say_basis(basis: Basis) -> tuple[str, ...]:
    """What the assessment rests on, where it is not the usual."""
    return (*([PUBLISHED] if basis.published_only else []), *([basis.says] if basis.says else []))


def _say_start(assessment: Assessment, basis: Basis) -> tuple[str, ...]:
    says = say_prior(assessment.prior, basis)
    return () if says is None else (says,)


def say_who(patient: Patient) -> str:
    """Age, sex and meeting, each a dash when not known; never a name."""
    return " · ".join((say_age(patient.age_years), say_sex(patient.sex), f"MDT {say_date(patient.mdt_on)}"))


def _fetch_slices(patient_id: str) -> tuple[KeySlice, ...]:
    store = data.the_store()
    return make_key_slices(store.fetch_measurements(patient_id), store.fetch_series(patient_id))


def compute_hash(case: Case) -> str:
    """A short fingerprint of the inputs: two summaries with the same one were made from the same case."""
    text = json.dumps(case.to_json(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
