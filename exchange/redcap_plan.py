"""The dry run: what an import would change, patient by patient and value by value; nothing is written here.

An empty cell never takes away what is known. Results of a test, findings of an examination and place, and ticked contexts
and signs that the file speaks of stand in the place of those in the store; everything else stays. A patient with any fault is
left out whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from decision.case import CaseError, read_case
from exchange.csv_table import Progress
from exchange.redcap_difference import (
    CODES,
    LISTS,
    Difference,
    Document,
    compare_case,
    compare_fields,
    identify_entry,
    say_entry,
)
from exchange.redcap_export import PROGRESS_ROWS, Fault, RecordExport, RowState
from exchange.redcap_proposal import Entry, Proposal
from exchange.redcap_trial import DEVIATION, EVENT
from exchange.redcap_trial_plan import Lines, TrialPart, list_content, plan_trial, speaks_of_log_only

READ_KEY = ("reader", "tracer", "read_at")


@dataclass(frozen=True)
class Known:
    """What the store has of one patient, as plain documents; None where there is nothing."""

    patient: Document | None = None
    case: Document | None = None
    reference: Document | None = None
    reads: tuple[Document, ...] = ()
    screened: tuple[Document, ...] = ()
    events: tuple[Document, ...] = ()
    deviations: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Planned:
    """One record of the file as it would stand after the import; `reads` are those to add, `trial` what it changes there.

    `patient` and `case` None: somebody screened who is no patient.
    """

    patient_id: str
    rows: tuple[int, ...]
    patient: Document | None
    case: Document | None
    reference: Document | None
    reads: tuple[Document, ...]
    is_new: bool
    differences: tuple[Difference, ...]
    trial: TrialPart = TrialPart()


@dataclass(frozen=True)
class ImportPlan:
    """Everybody in the file: new, changed, unchanged; every row's state; every fault."""

    planned: tuple[Planned, ...]
    states: tuple[RowState, ...]
    faults: tuple[Fault, ...]

    @property
    def new(self) -> tuple[Planned, ...]:
        return tuple(one for one in self.planned if one.is_new)

    @property
    def changed(self) -> tuple[Planned, ...]:
        return tuple(one for one in self.planned if not one.is_new and one.differences)

    @property
    def unchanged(self) -> tuple[Planned, ...]:
        return tuple(one for one in self.planned if not one.is_new and not one.differences)

    def count(self, state: str) -> int:
        """How many rows are good, refused or ignored."""
        return sum(one.state == state for one in self.states)


@dataclass
class _Refused:
    """Faults found while planning, by the rows they keep out."""

    faults: list[Fault] = field(default_factory=list)
    says: dict[int, tuple[str, str]] = field(default_factory=dict)

    def keep_out(self, rows: Iterable[int], state: str, says: str) -> None:
        for row in rows:
            self.says.setdefault(row, (state, says))


def plan_import(
    export: RecordExport,
    proposals: Sequence[Proposal],
    faults: Sequence[Fault],
    known: Mapping[str, Known],
    progress: Progress | None = None,
) -> ImportPlan:
    """The plan of all proposals; `faults` are those met in making them, `known` the store by patient."""
    refused, planned = _Refused(list(faults)), []
    faulty = {fault.record for fault in faults}
    twice = _find_twice(proposals)
    lines = Lines({str(line["screening_id"]): line for one in known.values() for line in one.screened})
    for number, proposal in enumerate(proposals, start=1):
        if progress and number % PROGRESS_ROWS == 0:
            progress(number, len(proposals))
        if proposal.is_empty:
            refused.keep_out(proposal.rows, "ignored", "holds nothing that is mapped")
            continue
        found = list(twice.get(proposal.record, ()))
        made = _plan_record(proposal, known.get(proposal.patient_id, Known()), lines, found)
        refused.faults += found
        if made is None or any(fault.refuses for fault in found) or proposal.record in faulty:
            refused.keep_out(proposal.rows, "refused", _say_faults(proposal, refused.faults))
        else:
            planned.append(made)
    states = tuple(_settle_state(state, refused.says) for state in export.states)
    every = sorted((*export.faults, *refused.faults), key=lambda fault: fault.row)
    return ImportPlan(tuple(planned), states, tuple(every))


def _settle_state(state: RowState, kept_out: Mapping[int, tuple[str, str]]) -> RowState:
    if state.row not in kept_out:
        return state
    found, says = kept_out[state.row]
    return RowState(state.row, state.record, "ignored" if found == "ignored" else "refused", says)


def _say_faults(proposal: Proposal, faults: Iterable[Fault]) -> str:
    return "; ".join(f"row {one.row}, {one.field}: {one.says}" for one in faults if one.row in proposal.rows)


def _find_twice(proposals: Sequence[Proposal]) -> dict[str, list[Fault]]:
    """Two records that are the same patient."""
    by_patient: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        by_patient.setdefault(proposal.patient_id, []).append(proposal)
    found: dict[str, list[Fault]] = {}
    for patient_id, several in by_patient.items():
        for one in several if len(several) > 1 else ():
            others = ", ".join(other.record for other in several if other is not one)
            row, name = one.patient.origins.get("patient_id", (one.rows[0], "record id"))
            found[one.record] = [Fault(row, name, f"{patient_id} is also the patient of record {others}", one.record)]
    return found


def _plan_record(proposal: Proposal, known: Known, lines: Lines, found: list[Fault]) -> Planned | None:
    """The patient with the trial's forms, or the line of somebody screened who is none."""
    log_only = speaks_of_log_only(proposal, known.patient is not None)
    left_out = list_content(proposal) if log_only else []
    events, deviations = ((), ()) if log_only else (known.events, known.deviations)
    if left_out:
        says = f"not enrolled, so only the screening line is taken: {len(left_out)} values of this record are left out"
        found.append(Fault(*left_out[0], says, proposal.record, refuses=False))
        for kind in (EVENT, DEVIATION):
            proposal.listed[kind].clear()
    trial = plan_trial(proposal, events, deviations, lines, log_only, found)
    if not log_only:
        return _plan_patient(proposal, known, trial, found)
    is_new = not any(one["screening_id"] in lines.known for one in trial.screened) and bool(trial.screened)
    name = proposal.patient_id
    return Planned(name, proposal.rows, None, None, None, (), is_new, trial.differences, trial)


def _plan_patient(proposal: Proposal, known: Known, trial: TrialPart, found: list[Fault]) -> Planned | None:
    patient_id = proposal.patient_id
    before_case = known.case or {"case_id": patient_id}
    document, incoming = _merge_case(proposal, before_case)
    try:
        case = read_case(document).to_json()
    except CaseError as error:
        found += list(_find_entry_faults(proposal, incoming)) or [_place(proposal, error)]
        return None
    patient = {"patient_id": patient_id} | (known.patient or {}) | _without_none(proposal.patient.values)
    reference = _merge_reference(proposal, known.reference, found)
    reads = tuple(_find_new_reads(proposal, known.reads, found))
    differences = (
        *compare_fields("", known.patient or {}, patient),
        *compare_case(before_case, case),
        *compare_fields("reference ", known.reference or {}, reference or {}),
        *(Difference("read", "", say_entry(read)) for read in reads),
        *trial.differences,
    )
    rows = proposal.rows
    return Planned(patient_id, rows, patient, case, reference, reads, known.patient is None, differences, trial)


def _merge_case(proposal: Proposal, before: Document) -> tuple[Document, dict[str, list[Entry]]]:
    document = dict(before)
    for name in ("age_years", "sex"):
        if proposal.patient.values.get(name) is not None:
            document[name] = proposal.patient.values[name]
    for kind, name in LISTS.items():
        document[name] = _merge_list(kind, before.get(name, ()), [entry.values for entry in proposal.listed[kind]])
    for kind, name in CODES.items():
        document[name] = _merge_codes(before.get(name, ()), proposal.codes[kind])
    return document, {kind: proposal.listed[kind] for kind in LISTS}


def _merge_list(kind: str, before: Iterable[Document], incoming: Sequence[Document]) -> list[Document]:
    """The incoming entries where the first of their test or place stood, new ones behind; the rest as it was."""
    waiting: dict[tuple[Any, ...], list[Document]] = {}
    for entry in incoming:
        waiting.setdefault(identify_entry(kind, entry), []).append(entry)
    spoken = set(waiting)
    merged: list[Document] = []
    for entry in before:
        key = identify_entry(kind, entry)
        merged += waiting.pop(key, []) if key in spoken else [entry]
    return [*merged, *(entry for entry in incoming if identify_entry(kind, entry) in waiting)]


def _merge_codes(before: Sequence[str], codes: Mapping[str, bool]) -> list[str]:
    """A sign that is now there takes the place of its absence, and the other way round."""
    new = [code for code, there in codes.items() if there and code not in before]
    opposite = {code.removeprefix("no_") if code.startswith("no_") else f"no_{code}" for code in new}
    return [code for code in before if codes.get(code, True) and code not in opposite] + new


def _find_entry_faults(proposal: Proposal, incoming: Mapping[str, list[Entry]]) -> Iterator[Fault]:
    """Each value and entry read alone, so that every one that cannot be is named, not only the first."""
    for name in ("age_years", "sex"):
        if name in proposal.patient.values:
            yield from _check_alone(proposal, proposal.patient, {name: proposal.patient.values[name]}, "")
    for kind, entries in incoming.items():
        for entry in entries:
            yield from _check_alone(proposal, entry, {LISTS[kind]: [entry.values]}, LISTS[kind])


def _check_alone(proposal: Proposal, entry: Entry, part: Document, name: str) -> Iterator[Fault]:
    try:
        read_case({"case_id": proposal.patient_id, **part})
    except CaseError as error:
        inside = error.field.rpartition(".")[2] if name else error.field
        origin = entry.origins.get(inside.partition("[")[0]) or next(iter(entry.origins.values()), None)
        row, column = origin or (proposal.rows[0], error.field)
        yield Fault(row, column, error.says, proposal.record)


def _place(proposal: Proposal, error: CaseError) -> Fault:
    return Fault(proposal.rows[0], error.field, error.says, proposal.record)


def _merge_reference(proposal: Proposal, before: Document | None, found: list[Fault]) -> Document | None:
    values = _without_none(proposal.reference.values)
    if not values and before is None:
        return None
    merged = {"patient_id": proposal.patient_id} | (before or {}) | values
    if merged.get("subtype") is None:
        row, column = next(iter(proposal.reference.origins.values()))
        found.append(Fault(row, column, "a reference diagnosis needs its subtype", proposal.record))
        return None
    return merged


def _find_new_reads(proposal: Proposal, before: Sequence[Document], found: list[Fault]) -> Iterator[Document]:
    """Reads that are not kept yet; one that is kept is never altered."""
    kept = {tuple(read.get(name) for name in READ_KEY): read for read in before}
    for entry in proposal.listed["read"]:
        row, column = next(iter(entry.origins.values()))
        lacks = [name for name in (*READ_KEY, "result") if entry.values.get(name) is None]
        if lacks:
            found.append(Fault(row, column, f"a read needs its {', '.join(lacks)}", proposal.record))
            continue
        read = {"patient_id": proposal.patient_id, **_without_none(entry.values)}
        old = kept.get(tuple(read[name] for name in READ_KEY))
        if old is None:
            yield read
        elif _without_none(old) != read:
            says = f"the read of {read['reader']} at this moment is kept with another content; a read is never altered"
            found.append(Fault(row, column, says, proposal.record))


def _without_none(values: Mapping[str, Any]) -> Document:
    return {name: value for name, value in values.items() if value is not None}
