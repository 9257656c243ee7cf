"""The people of the trial as its statistics see them, put together from what the store keeps. No Streamlit here.

Which read counts is a choice that is shown: what all readers agree on, or one reader's reads. What MRI and CT say follows
from the findings by the rule of trial/conventional.toml, since nobody reads them for the trial.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from store import Patient, ReadRecord, ReferenceDiagnosis, ScreenedPerson, Store
from trial.conventional import find_anatomy, is_lesion, read_conventional
from trial.participant import IndexRead, Lesion, LesionReference, Participant, ReadResult, Reference
from trial.readers import ReaderRead, settle_reads
from trial.screening import list_reasons
from trial.targets import load_plan

CONSENSUS = "all readers agree"
RESULT_OF: dict[str, ReadResult] = {"positive": "positive", "negative": "negative", "equivocal": "inconclusive"}
NO_SCAN = {"dotatate": "not applicable or not available by protocol", "pentixafor": "not scanned yet"}
NO_REFERENCE = "no reference diagnosis yet"


@dataclass(frozen=True)
class Kept:
    """What the store keeps of one patient, as far as the statistics need it."""

    patient: Patient
    imaging: Sequence[Mapping[str, Any]]
    reads: Sequence[ReadRecord]
    scanned_on: Mapping[str, date | None]
    reference: ReferenceDiagnosis | None
    screened: ScreenedPerson | None


def fetch_participants(
    store: Store, counted: str = CONSENSUS, cases: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[Participant, ...]:
    """Everybody screened: patients first, then those the screening log says were not enrolled. `cases`: all, if at hand."""
    cases = store.fetch_cases() if cases is None else cases
    references = {one.patient_id: one for one in store.fetch_references()}
    log = store.trial.fetch_screened()
    screened = {person.patient_id: person for person in log if person.patient_id}
    reads, scanned = _group_reads(store.fetch_reads()), _find_scans(store, cases)
    people = [
        make_participant(
            Kept(
                patient, cases[patient.patient_id].get("imaging", ()), reads[patient.patient_id],
                scanned[patient.patient_id], references.get(patient.patient_id), screened.get(patient.patient_id),
            ),
            counted,
        )
        for patient in store.fetch_patients()
    ]  # fmt: skip
    return (*people, *(_make_failure(person) for person in log if not person.patient_id))


def list_counted(store: Store) -> tuple[str, ...]:
    """The choices of whose reads count: all readers together, then each alone."""
    return (CONSENSUS, *sorted({read.reader for read in store.fetch_reads()}))


def make_reader_reads(reads: Iterable[ReadRecord]) -> tuple[ReaderRead, ...]:
    """The reads as the agreement statistics take them; reads of other tracers are left out."""
    codes = {test.tracer: test.code for test in load_plan().tests if test.tracer}
    return tuple(
        ReaderRead(read.patient_id, read.reader, codes[read.tracer], read.result, read.subtype, read.site)
        for read in reads
        if read.tracer in codes
    )


def make_participant(kept: Kept, counted: str = CONSENSUS) -> Participant:
    """One patient; `counted` names whose reads are taken."""
    patient, screened = kept.patient, kept.screened
    tests = {
        test.code: _make_tracer_read(kept, test.code, test.tracer, counted) for test in load_plan().tests if test.tracer
    }
    tests["conventional"] = read_conventional(kept.imaging)
    return Participant(
        patient_id=patient.patient_id,
        screened_on=screened.screened_on if screened else None,
        eligible=True if screened or patient.enrolled_on else None,
        enrolled_on=patient.enrolled_on,
        reference=_make_reference(kept.reference),
        tests=tests,
        lesions=_make_lesions(kept),
    )


def _make_tracer_read(kept: Kept, code: str, tracer: str | None, counted: str) -> IndexRead:
    tracer_reads = [read for read in kept.reads if read.tracer == tracer]
    entries = [item for item in kept.imaging if item.get("tracer") == tracer and item.get("modality") == "PET"]
    done = bool(tracer_reads or entries or tracer in kept.scanned_on)
    if not done:
        return IndexRead(done=False, missing_reason=NO_SCAN.get(code))
    taken = _take_read(kept.patient.patient_id, tracer_reads, code, counted) or IndexRead(done=True)
    levels = [float(item["suv_max"]) for item in entries if item.get("suv_max") is not None]
    minutes = [float(item["uptake_minutes"]) for item in entries if item.get("uptake_minutes") is not None]
    return replace(
        taken,
        performed_on=kept.scanned_on.get(str(tracer)),
        suv_max=max(levels, default=None),
        uptake_minutes=minutes[0] if minutes else None,
    )


def _take_read(patient_id: str, reads: Sequence[ReadRecord], code: str, counted: str) -> IndexRead | None:
    if counted == CONSENSUS:
        settled = settle_reads(make_reader_reads(reads), code)
        return next((one.read for one in settled if one.patient_id == patient_id), None)
    own = [read for read in reads if read.reader == counted]
    return IndexRead(True, own[-1].result, own[-1].subtype, own[-1].site) if own else None


def _make_reference(reference: ReferenceDiagnosis | None) -> Reference:
    if reference is None:
        return Reference("not_done", missing_reason=NO_REFERENCE)
    return Reference("made", reference.subtype, reference.site, reference.decided_on)


def _make_lesions(kept: Kept) -> tuple[Lesion, ...]:
    """Every place a PET report looks at: what each tracer and the anatomy said there, and whether the lesion was there."""
    codes = {str(test.tracer): test.code for test in load_plan().tests if test.tracer}
    found: dict[str, tuple[dict[str, ReadResult], dict[str, float]]] = defaultdict(lambda: ({}, {}))
    for item in kept.imaging:
        region, code = item.get("region"), codes.get(str(item.get("tracer")))
        if region is None or code is None or item.get("uptake") not in RESULT_OF:
            continue
        found[region][0][code] = RESULT_OF[item["uptake"]]
        if item.get("suv_max") is not None:
            found[region][1][code] = float(item["suv_max"])
    for region, (results, _) in found.items():
        said = find_anatomy(kept.imaging, region)
        if said:
            results["conventional"] = "positive" if is_lesion(said) else "negative"
    return tuple(
        Lesion(region, region if region in load_plan().sites else None, _judge_place(region, kept.reference), *values)
        for region, values in found.items()
    )


def _judge_place(region: str, reference: ReferenceDiagnosis | None) -> LesionReference | None:
    """Whether the reference diagnosis puts the lesion there; None without one, or where it names no place."""
    if reference is None or reference.site is None or reference.site == "occult":
        return None
    site = reference.site
    if site == "none":
        return "absent"
    same = site == region or (site == "adrenal_bilateral" and region.startswith("adrenal"))
    return "present" if same or site.startswith(region) or region.startswith(site) else "absent"


def _make_failure(person: ScreenedPerson) -> Participant:
    reason = list_reasons().get(person.reason or "", person.reason)
    decided = {"not_enrolled": False, "enrolled": True, "pending": None}[person.decision]
    return Participant(person.screening_id, person.screened_on, decided, reason if decided is False else None)


def _group_reads(reads: Iterable[ReadRecord]) -> dict[str, list[ReadRecord]]:
    grouped: dict[str, list[ReadRecord]] = defaultdict(list)
    for read in reads:
        grouped[read.patient_id].append(read)
    return grouped


def _find_scans(store: Store, cases: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, date | None]]:
    """By patient and tracer the day of the scan, as stored (moved dates stay moved: only intervals within are used)."""
    days: dict[str, dict[str, date | None]] = defaultdict(dict)
    for series in store.fetch_series():
        if series.tracer:
            days[series.patient_id][series.tracer] = series.acquired_on
    return days
