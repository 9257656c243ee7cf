"""The cohort: enrolment against the target, what the patients turned out to have, uptake by subtype and tracer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from decision.vocabulary import load_vocabulary
from trial.cohort import (
    CohortRecord,
    Completeness,
    Enrolment,
    compute_completeness,
    compute_enrolment,
    compute_subtype_counts,
    find_outside_age,
)
from trial.protocol import load_protocol
from trial.uptake import Unit, compute_uptake
from views import data
from views.charts_cohort import (
    SELECTION,
    Part,
    chart_enrolment,
    chart_subtypes,
    chart_uptake,
    chart_weeks,
    sign_figure,
)
from views.cohort_records import ADRENAL, ELSEWHERE, PITUITARY, Cohort
from views.cohort_table import make_patient_table
from views.figure import show_figure
from views.frame import open_review
from views.names import subtype_name
from views.subtype_choice import (
    Subtypes,
    ask_subtypes,
    find_other_line,
    follow_line,
    follow_subtype,
    keep_chosen,
    say_chosen,
    say_only,
)
from views.words import say_count, say_date, say_list

PLACES = {ADRENAL: "Adrenal", PITUITARY: "Pituitary", ELSEWHERE: "Elsewhere", "all": "Anywhere"}
UNITS = {"patient": "Per patient", "lesion": "Per lesion"}
ROW_PX = 35


def show() -> None:
    cohort = data.fetch_cohort()
    if not cohort.records:
        st.info("No patients yet. Add one on the worklist, or import case files.", icon=":material/groups:")
        return
    chosen = ask_subtypes()
    enrolment = compute_enrolment(cohort.records)
    show_figures(cohort, enrolment, chosen)
    left, right = st.columns(2)
    with left:
        show_enrolment(cohort, enrolment, chosen)
    with right:
        show_subtypes(cohort, chosen)
    show_uptake(cohort, chosen)
    show_patients(cohort, chosen)
    show_completeness(compute_completeness(choose_records(cohort, chosen)), chosen)


def show_figures(cohort: Cohort, enrolment: Enrolment, chosen: Subtypes) -> None:
    """The four figures that answer how far the trial is, each with its denominator; who is enrolled has no choice to follow."""
    counts = {line.item: line for line in compute_completeness(choose_records(cohort, chosen))}
    with st.container(horizontal=True):
        st.metric("Enrolled", f"{enrolment.enrolled} of {enrolment.target}", border=True, help=load_protocol().source)
        recent = _say_recent(enrolment)
        until = say_date(enrolment.last_day)
        st.metric(f"4 weeks to {until}", recent, border=True, help="Enrolled in the 4 weeks up to the last enrolment")
        for item in ("Reference diagnosis", "DOTATATE scan"):
            line = counts[item]
            st.metric(item, f"{line.have} of {line.of}", border=True, help=_capital(line.says))
    if chosen:
        st.caption(f"Reference diagnosis and DOTATATE scan: {say_only(chosen)}. Enrolment is everybody's.")
    for says in say_cautions(cohort, enrolment):
        st.caption(says)


def _say_recent(enrolment: Enrolment) -> str:
    return "—" if enrolment.last_day is None else str(enrolment.count_last(4, enrolment.last_day))


def say_cautions(cohort: Cohort, enrolment: Enrolment) -> list[str]:
    """What a reader must know before believing the figures."""
    total = len(cohort.records)
    outside = find_outside_age(cohort.records)
    plan = load_protocol()
    cautions = []
    if cohort.synthetic:
        cautions.append(f"Synthetic data: {cohort.synthetic} of {say_count(total, 'patient')} never existed.")
    if enrolment.undated:
        cautions.append(
            f"{say_count(enrolment.undated, 'patient')} without an enrolment date, not counted as enrolled."
        )
    if outside:
        ages = f"{plan.age_from_years:.0f}–{plan.age_to_years:.0f} years"
        cautions.append(f"Outside the protocol's age of {ages}: {say_list(outside)}.")
    return cautions


def show_enrolment(cohort: Cohort, enrolment: Enrolment, chosen: Subtypes) -> None:
    """Everybody's enrolment, and within it that of the chosen reference diagnoses."""
    st.subheader("Enrolment")
    if enrolment.last_day is None:
        st.caption("Nobody has an enrolment date yet.")
        return
    needed = f"{enrolment.needed} still needed" if enrolment.needed else "the target is reached"
    says = f"{enrolment.enrolled} enrolled by {say_date(enrolment.last_day)}; {needed}"
    part = Part(say_chosen(chosen), compute_enrolment(choose_records(cohort, chosen)), chosen) if chosen else None
    if part:
        says = f"{says}. Coloured: {part.enrolment.enrolled} of them {part.name}"
    show_figure(_sign, chart_enrolment, cohort.signature, enrolment, part, says=f"Cumulative enrolment: {says}")
    show_figure(chart_weeks, enrolment, part, says="Patients enrolled in each week")
    st.caption(f"{says}.")


def show_subtypes(cohort: Cohort, chosen: Subtypes) -> None:
    """The subtype bars; a click on one chooses or releases its subtype for every figure of the trial's pages."""
    counts = [count for count in compute_subtype_counts(cohort.records, _subtypes())]
    known = sum(count.patients for count in counts if count.subtype is not None)
    st.subheader("Reference diagnoses")
    key = f"cohort_subtypes_{chosen}"
    show_figure(
        _sign,
        chart_subtypes,
        cohort.signature,
        counts,
        subtype_name,
        chosen,
        key=key,
        selection=SELECTION,
        react=follow_subtype(key),
        says=f"Patients by reference diagnosis; {known} of {len(cohort.records)} have one",
    )
    waiting = len(cohort.records) - known
    st.caption(
        f"No reference diagnosis yet: {waiting} of {len(cohort.records)}. Click bars to see only those subtypes."
    )


def _subtypes() -> list[str]:
    return list(load_vocabulary().subtypes)


def choose_records(cohort: Cohort, chosen: Sequence[str | None]) -> list[CohortRecord]:
    return [record for record in cohort.records if keep_chosen(record.reference, chosen)]


def show_uptake(cohort: Cohort, chosen: Sequence[str | None]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("Uptake by subtype and tracer", width="content")
        with st.container(horizontal=True, width="content"):
            place = st.segmented_control(
                "Where",
                list(PLACES),
                default=ADRENAL,
                format_func=PLACES.__getitem__,
                required=True,
                key="cohort_place",
                persist_state="session",
                label_visibility="collapsed",
            )
            unit = st.segmented_control(
                "Count",
                list(UNITS),
                default="patient",
                format_func=UNITS.__getitem__,
                required=True,
                key="cohort_unit",
                persist_state="session",
                label_visibility="collapsed",
            )
    draw_uptake(cohort, chosen, place or ADRENAL, cast(Unit, unit or "patient"))


def draw_uptake(cohort: Cohort, chosen: Sequence[str | None], place: str, unit: Unit) -> None:
    records = choose_records(cohort, chosen)
    uptakes = cohort.lesions if unit == "lesion" else cohort.uptakes
    here = [uptake for uptake in uptakes if place in ("all", uptake.place)]
    tracers = [tracer.code for tracer in load_protocol().tracers]
    groups = [group for group in compute_uptake(records, here, _subtypes(), tracers, unit) if group.patients]
    says = f"SUVmax by reference diagnosis and tracer, {say_only(chosen) or 'everybody'}"
    key = f"cohort_uptake_{chosen}_{place}_{unit}"
    show_figure(
        _sign, chart_uptake, cohort.signature, groups, subtype_name, key=key, selection=SELECTION,
        react=follow_subtype(key), says=says,
    )  # fmt: skip
    st.caption(say_uptake(unit, place))


def _sign(chart: Callable[..., Any], signature: str | None, *inputs: Any) -> Any:
    return sign_figure(chart(*inputs), signature)


def say_uptake(unit: Unit, place: str) -> str:
    """What a point is, and what the figures at the right count."""
    points = {
        "patient": "One point a patient: the highest SUVmax there, negative scans included.",
        "lesion": "One point a lesion: measured here, or reported as equivocal or positive.",
    }
    where = "" if place == "all" else f" {PLACES[place]} only."
    return f"{points[unit]}{where} Line: median; box: quartiles; at the right: patients with a value, of those scanned."


def show_patients(cohort: Cohort, chosen: Sequence[str | None]) -> None:
    records = choose_records(cohort, chosen)
    names = say_chosen(chosen) if chosen else "all"
    key = f"cohort_patients:{names}"
    st.subheader(f"Patients: {names} ({len(records)})")
    event = st.dataframe(
        make_patient_table(replace(cohort, records=tuple(records))),
        hide_index=True,
        height=min(len(records) + 1, 11) * ROW_PX + 3,
        column_config=_configure_columns(),
        placeholder="—",
        # Another choice is another table: in one whose lines have changed the first click is lost.
        key=key,
        on_select=follow_line(key, [record.reference for record in records]),
        selection_mode="single-cell",
        alt="Patients of the cohort",
    )
    st.caption(
        "Highest SUVmax anywhere on each tracer. Click a line to open the review, its reference to see only that diagnosis."
    )
    row = find_other_line(event)
    if row is not None:
        open_review(records[row].patient_id)


def _configure_columns() -> dict[str, Any]:
    column = st.column_config
    uptake = {
        f"{tracer.short_name} SUVmax": column.NumberColumn(tracer.short_name, format="%.1f", width=84)
        for tracer in load_protocol().tracers
    }
    return {
        "ID": column.TextColumn(pinned=True, width=56),
        "Age": column.NumberColumn(width=46),
        "Sex": column.TextColumn(width=44),
        "Enrolled": column.TextColumn(width=92),
        "Reference": column.TextColumn(width=170),
        **uptake,
        "Data": column.TextColumn(width=76),
    }


def show_completeness(lines: Sequence[Completeness], chosen: Subtypes) -> None:
    st.subheader("Completeness")
    if chosen:
        st.caption(f"Of {say_chosen(chosen)}.")
    for line in lines:
        share = line.have / line.of if line.of else 0.0
        st.progress(share, text=f"{line.item}: {line.have} of {line.of} :gray[· {line.says}]")


def _capital(says: str) -> str:
    return says[:1].upper() + says[1:]
