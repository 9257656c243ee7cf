"""The dry run on the screen: every row accounted for, every fault named, what would change; then who, why, and one step."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from decision.case import CaseError
from exchange.csv_table import Progress
from exchange.redcap_dictionary import Dictionary
from exchange.redcap_export import ExportError, read_export
from exchange.redcap_mapping import RecordMapping, write_mapping
from exchange.redcap_plan import ImportPlan, Known, Planned, plan_import
from exchange.redcap_proposal import make_proposals
from store import Store, StoreError
from views import data, state
from views.redcap_store import fetch_known, find_moved, save_plan
from views.words import UNKNOWN, say_count

DRAFT = "redcap"
ROW_PX = 35
MOST_ROWS = 9
STATES = {"good": "good", "refused": "refused", "ignored": "left out"}


@dataclass(frozen=True)
class DryRun:
    """A plan and what the store held when it was made; `of` tells its inputs."""

    of: tuple[Any, ...]
    plan: ImportPlan
    known: dict[str, Known]


def show_preview(records: bytes, dictionary: Dictionary, mapping: RecordMapping) -> None:
    """The dry run of these records; it is made once and kept while nothing changes."""
    st.subheader("Dry run", anchor=False)
    try:
        run = _make_run(records, dictionary, mapping)
    except ExportError as error:
        st.error(f"{error} Nothing was imported.", icon=":material/error:")
        return
    plan = run.plan
    st.markdown(say_rows(plan))
    st.markdown(say_patients(plan))
    _show_faults(plan)
    _show_changes("New", plan.new)
    _show_changes("Changed", plan.changed)
    _confirm(run)


def say_rows(plan: ImportPlan) -> str:
    """Every row is in one of three places."""
    counts = {state: plan.count(state) for state in STATES}
    parts = " + ".join(f"{count:,} {STATES[state]}" for state, count in counts.items())
    return f"**{_count(len(plan.states), 'row')} read** = {parts}"


def say_patients(plan: ImportPlan) -> str:
    screened = sum(one.patient is None for one in plan.planned)
    others = f" and **{screened:,} screened** who are no patients" if screened else ""
    return (
        f"**{_count(len(plan.planned) - screened, 'patient')}**{others}: {len(plan.new):,} new, {len(plan.changed):,} changed, "
        f"{len(plan.unchanged):,} unchanged"
    )


def _count(number: int, noun: str) -> str:
    """As `say_count`, with thousands set apart."""
    return say_count(number, noun).replace(str(number), f"{number:,}", 1)


def plan_records(
    records: bytes, dictionary: Dictionary, mapping: RecordMapping, known: dict[str, Known], progress: Progress | None
) -> ImportPlan:
    """What the import would change. Raises ExportError."""
    export = read_export(
        records, dictionary, dates=mapping.dates, missing_codes=mapping.missing_codes, progress=progress
    )
    proposals, faults = make_proposals(export.rows, mapping, dictionary)
    return plan_import(export, proposals, faults, known, progress)


def _make_run(records: bytes, dictionary: Dictionary, mapping: RecordMapping) -> DryRun:
    of = (hash(records), hash(dictionary.fields), write_mapping(mapping))
    kept: DryRun | None = state.draft(DRAFT).get("run")
    if kept is not None and kept.of == of:
        return kept
    bar = st.progress(0.0, "Reading")
    known = fetch_known(data.the_store())

    def tell(done: int, every: int) -> None:
        bar.progress(done / every if every else 1.0, f"Row {done:,} of {every:,}")

    try:
        run = DryRun(of, plan_records(records, dictionary, mapping, known, tell), known)
    finally:
        bar.empty()
    state.draft(DRAFT)["run"] = run
    return run


def _show_faults(plan: ImportPlan) -> None:
    if not plan.faults:
        st.success("No fault was found in any row.", icon=":material/check:")
        return
    refusing = sum(fault.refuses for fault in plan.faults)
    st.markdown(f"**Faults ({len(plan.faults):,})**: {refusing:,} keep their rows out, the others are to look at")
    table = pd.DataFrame(
        [
            {
                "Row": fault.row,
                "Record": fault.record or UNKNOWN,
                "Field": fault.field,
                "What is wrong": fault.says,
                "Row is": "refused" if fault.refuses else "taken",
            }
            for fault in plan.faults
        ]
    )
    _show_table(table, "Faults", {"What is wrong": st.column_config.TextColumn(width=620)})
    st.download_button(
        "Save the list of rows", _write_states(plan), "rows.csv", "text/csv", icon=":material/download:",
        help="Every row of the file with what became of it and why",
    )  # fmt: skip


def _write_states(plan: ImportPlan) -> bytes:
    rows = [
        {"row": one.row, "record": one.record or "", "state": STATES[one.state], "why": one.says} for one in plan.states
    ]
    return pd.DataFrame(rows).to_csv(index=False).encode("utf-8-sig")


def _show_changes(title: str, planned: tuple[Planned, ...]) -> None:
    if not planned:
        return
    st.markdown(f"**{title} ({len(planned):,})**")
    table = pd.DataFrame(
        [
            {
                "Patient": one.patient_id,
                "Row": ", ".join(map(str, one.rows[:6])) + (" …" if len(one.rows) > 6 else ""),
                "What": change.what,
                "Stands": change.before or UNKNOWN,
                "Becomes": change.after or UNKNOWN,
            }
            for one in planned
            for change in one.differences
        ],
        columns=["Patient", "Row", "What", "Stands", "Becomes"],
    )
    widths = {name: st.column_config.TextColumn(width=300) for name in ("Stands", "Becomes")}
    _show_table(table if title == "Changed" else table.drop(columns="Stands"), title, widths)


def _show_table(table: pd.DataFrame, title: str, widths: dict[str, Any]) -> None:
    st.dataframe(
        table,
        hide_index=True,
        height=(min(len(table), MOST_ROWS) + 1) * ROW_PX + 3,
        column_config={name: width for name, width in widths.items() if name in table},
        key=f"redcap_{title}",
        alt=title,
    )


def _confirm(run: DryRun) -> None:
    touched = len(run.plan.new) + len(run.plan.changed)
    noun = "record" if any(one.patient is None for one in (*run.plan.new, *run.plan.changed)) else "patient"
    if not touched:
        st.info("The store already holds all of it: there is nothing to import.", icon=":material/check:")
        return
    refused = run.plan.count("refused")
    with st.form("redcap_confirm", border=True):
        left, right = st.columns(2)
        who = left.text_input("Your name or initials")
        why = right.text_input("Why", placeholder="monthly export from REDCap")
        leave = st.checkbox(f"Leave out {_count(refused, 'refused row')}") if refused else True
        if st.form_submit_button(f"Import {_count(touched, noun)}", type="primary"):
            _import(run, who.strip(), why.strip(), leave)


def _import(run: DryRun, who: str, why: str, leave: bool) -> None:
    store = data.the_store()
    says = _refuse(run, who, why, leave, store)
    if says is None:
        try:
            with st.spinner("Keeping everything in one step"):
                kept = save_plan(store, run.plan, who, why)
        except (CaseError, StoreError) as error:
            says = str(error)
    if says is not None:
        st.error(f"{says} Nothing was imported.", icon=":material/error:")
        return
    draft = state.draft(DRAFT)
    draft["files"] = draft.get("files", 0) + 1
    draft.pop("run")
    draft.pop("fetched", None)
    state.leave_notice(f"{_count(kept, 'record')} imported; the history of each tells who and why")
    st.rerun()


def _refuse(run: DryRun, who: str, why: str, leave: bool, store: Store) -> str | None:
    if not who or not why:
        return "Say who imports and why: the history of every patient will tell."
    if not leave:
        return "Rows were refused: tick that they are left out, or correct the file."
    moved = find_moved(run.plan, run.known, fetch_known(store))
    if moved:
        state.draft(DRAFT).pop("run")
        return f"{_count(len(moved), 'patient')} changed in the store since the dry run ({moved[0]} …): look again."
    return None
