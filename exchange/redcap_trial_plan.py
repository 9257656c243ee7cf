"""What an import would change of the screening log, adverse events and deviations; an empty cell takes nothing away."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange.redcap_difference import Difference, Document
from exchange.redcap_export import Fault
from exchange.redcap_proposal import Entry, Proposal
from exchange.redcap_trial import CRITERION, DEVIATION, EVENT, FORMS, SCREENING, TITLES

LIKENESS = {EVENT: ("event", "began_at"), DEVIATION: ("kind", "found_on", "says")}
NEEDED = {EVENT: ("event",), DEVIATION: ("kind", "says")}


@dataclass(frozen=True)
class TrialPart:
    """Lines, events and deviations of one record to keep, whole as they would stand, and what would change."""

    screened: tuple[Document, ...] = ()
    events: tuple[Document, ...] = ()
    deviations: tuple[Document, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass
class Lines:
    """The screening log by number, and the row of the file that each number was met in."""

    known: Mapping[str, Document]
    met: dict[str, int] = field(default_factory=dict)


def speaks_of_log_only(proposal: Proposal, is_patient: bool) -> bool:
    """Whether the record is somebody screened who is no patient here: not enrolled, or with nothing but the line."""
    lines = proposal.listed[SCREENING]
    if is_patient or not lines:
        return False
    return not list_content(proposal) or not any(one.values.get("decision") == "enrolled" for one in lines)


def list_content(proposal: Proposal) -> list[tuple[int, str]]:
    """Row and field of everything the record says beside its screening line."""
    entries = [proposal.patient, proposal.reference]
    entries += [one for kind, listed in proposal.listed.items() if kind != SCREENING for one in listed]
    found = [origin for one in entries for name, origin in one.origins.items() if name != "patient_id"]
    ticked = any(there for codes in proposal.codes.values() for there in codes.values())
    return found + ([(proposal.rows[0], "contexts and signs")] if ticked else [])


def plan_trial(
    proposal: Proposal,
    events: Sequence[Document],
    deviations: Sequence[Document],
    lines: Lines,
    log_only: bool,
    found: list[Fault],
) -> TrialPart:
    """The record's part; what cannot be is added to `found`. `events`, `deviations`: what the store has of the patient."""
    holder = None if log_only else proposal.patient_id
    screened = [_plan_line(one, proposal, lines, holder, found) for one in proposal.listed[SCREENING]]
    kept = [_merge(EVENT, proposal, events, found), _merge(DEVIATION, proposal, deviations, found)]
    changes = [*(one for one in screened if one), *(one for part in kept for one in part)]
    differences = tuple(change for _, changed in changes for change in changed)
    return TrialPart(
        tuple(document for document, changed in (one for one in screened if one) if changed),
        tuple(document for document, changed in kept[0] if changed),
        tuple(document for document, changed in kept[1] if changed),
        differences,
    )


Change = tuple[Document, list[Difference]]


def _plan_line(entry: Entry, proposal: Proposal, lines: Lines, holder: str | None, found: list[Fault]) -> Change | None:
    """The line as it would stand and what changes; None and a fault where it cannot be."""
    number = str(entry.values.get("screening_id") or "")
    row, column = next(iter(entry.origins.values()))
    before = lines.known.get(number, {})
    merged = {"decision": "pending", **before, **_known(entry.values)}
    if merged["decision"] == "enrolled" and holder and not merged.get("patient_id"):
        merged["patient_id"] = holder
    says = _question_line(number, merged, before, holder, lines)
    if says:
        row, column = entry.origins.get(says[0], (row, column))
        found.append(Fault(row, column, says[1], proposal.record))
        return None
    lines.met[number] = row
    if merged["decision"] != "enrolled":
        merged["patient_id"] = None
    if merged["decision"] != "not_enrolled":
        merged["reason"] = None
    return merged, list(_compare(f"screening {number}", before, merged))


def _question_line(
    number: str, merged: Document, before: Document, holder: str | None, lines: Lines
) -> tuple[str, str] | None:
    """The field and what is wrong with it."""
    if not number:
        return "screening_id", "a screening line needs its number, such as S001"
    if number in lines.met:
        return "screening_id", f"{number} is also in row {lines.met[number]}; which is right cannot be known: keep one"
    if before.get("patient_id") not in (None, holder):
        return "screening_id", f"{number} is the line of {before['patient_id']} in the store"
    if merged["decision"] == "enrolled" and merged.get("patient_id") not in (None, holder):
        return "patient_id", f"says {merged['patient_id']}, but the record is {holder or 'no patient'}"
    if merged["decision"] == "not_enrolled" and not merged.get("reason"):
        return "decision", "not enrolled needs its main reason"
    return None


def _merge(kind: str, proposal: Proposal, known: Sequence[Document], found: list[Fault]) -> list[Change]:
    """Each event or deviation of the file beside the one in the store that is the same, the first with the first."""
    waiting: dict[tuple[Any, ...], list[Document]] = defaultdict(list)
    for document in known:
        waiting[_identify(kind, document)].append(document)
    changes = []
    for entry in proposal.listed[kind]:
        lacks = [name for name in NEEDED[kind] if not entry.values.get(name)]
        if lacks:
            row, column = next(iter(entry.origins.values()))
            says = f"the {TITLES[kind].lower()} needs its {' and '.join(lacks)}"
            found.append(Fault(row, column, says, proposal.record))
            continue
        alike = waiting[_identify(kind, entry.values)]
        before = alike.pop(0) if alike else {}
        merged = {**before, **_known(entry.values)}
        what = f"{FORMS[kind].replace('_', ' ')} “{merged[LIKENESS[kind][0]]}”"
        changes.append((merged, list(_compare(what, before, merged))))
    return changes


def _identify(kind: str, document: Document) -> tuple[Any, ...]:
    return tuple(document.get(name) for name in LIKENESS[kind])


def _compare(what: str, before: Document, after: Document) -> Iterator[Difference]:
    """One line for something new, else one for each value that is another one."""
    if not before:
        said = [f"{_name(name)} {_say(value)}" for name, value in after.items() if value is not None]
        yield Difference(what, "", " · ".join(said))
        return
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Difference(f"{what}, {_name(name)}", _say(before.get(name)), _say(after.get(name)))


def _name(name: str) -> str:
    return name.removeprefix(CRITERION).replace("_", " ")


def _say(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _known(values: Mapping[str, Any]) -> Document:
    return {name: value for name, value in values.items() if value is not None}
