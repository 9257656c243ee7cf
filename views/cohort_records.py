"""What the trial counts, put together from what the store keeps. No Streamlit here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store import MeasurementRecord, Patient, SeriesRecord, Store
from trial.cohort import CohortRecord
from trial.uptake import LesionUptake

PITUITARY, ADRENAL, ELSEWHERE = "pituitary", "adrenal", "elsewhere"
SEEN = ("equivocal", "positive")


@dataclass(frozen=True)
class Cohort:
    """Everything the page counts; `lesions` leaves out regions that were read as negative, `uptakes` has them."""

    patients: tuple[Patient, ...]
    records: tuple[CohortRecord, ...]
    uptakes: tuple[LesionUptake, ...]
    lesions: tuple[LesionUptake, ...]

    @property
    def synthetic(self) -> int:
        return sum(patient.synthetic for patient in self.patients)

    @property
    def signature(self) -> str | None:
        """What every figure and file of this cohort must say; None when nobody is synthetic."""
        return "Synthetic data" if self.synthetic else None


def fetch_cohort(store: Store) -> Cohort:
    """Every patient of the store as the trial counts them."""
    patients, cases = store.fetch_patients(), store.fetch_cases()
    series, measurements = store.fetch_series(), store.fetch_measurements()
    references = {reference.patient_id: reference.subtype for reference in store.fetch_references()}
    scanned = _find_scanned(series, cases)
    read: dict[str, set[str]] = defaultdict(set)
    for one in store.fetch_reads():
        read[one.patient_id].add(one.tracer)
    records = [
        CohortRecord(
            patient_id=patient.patient_id,
            enrolled_on=patient.enrolled_on,
            age_years=patient.age_years,
            reference=references.get(patient.patient_id),
            tracers=frozenset(scanned[patient.patient_id]),
            read_tracers=frozenset(read[patient.patient_id]),
        )
        for patient in patients
    ]
    measured = list(_measured_uptakes(series, measurements))
    reported, seen = _reported_uptakes(cases, measured)
    return Cohort(tuple(patients), tuple(records), (*measured, *reported), (*measured, *seen))


def find_place(site: str | None) -> str | None:
    """Pituitary, adrenal or elsewhere, from the code of a site or region; None when it is not known."""
    if not site or site == "none":
        return None
    return next((place for place in (PITUITARY, ADRENAL) if site.startswith(place)), ELSEWHERE)


def _find_scanned(series: Iterable[SeriesRecord], cases: Mapping[str, dict[str, Any]]) -> dict[str, set[str]]:
    scanned: dict[str, set[str]] = defaultdict(set)
    for one in series:
        if one.tracer:
            scanned[one.patient_id].add(one.tracer)
    for patient_id, case in cases.items():
        scanned[patient_id].update(entry["tracer"] for entry in _pet_entries(case))
    return scanned


def _measured_uptakes(
    series: Iterable[SeriesRecord], measurements: Iterable[MeasurementRecord]
) -> Iterator[LesionUptake]:
    tracers = {(one.patient_id, one.series_uid): one.tracer for one in series}
    for one in measurements:
        tracer = tracers.get((one.patient_id, one.series_uid))
        if tracer and one.suv_max is not None:
            name = one.lesion if one.site is None else f"{one.lesion}, {one.site}"
            yield LesionUptake(one.patient_id, tracer, name, one.suv_max, find_place(one.site))


def _reported_uptakes(
    cases: Mapping[str, dict[str, Any]], measured: Sequence[LesionUptake]
) -> tuple[list[LesionUptake], list[LesionUptake]]:
    """Reported values of places nobody measured here: all of them, and those where uptake was seen."""
    known = {(one.patient_id, one.tracer, one.place) for one in measured}
    found = [
        (_reported(patient_id, entry), entry.get("uptake") in SEEN)
        for patient_id, case in cases.items()
        for entry in _pet_entries(case)
        if "suv_max" in entry
    ]
    new = [(one, seen) for one, seen in found if (one.patient_id, one.tracer, one.place) not in known]
    return [one for one, _ in new], [one for one, seen in new if seen]


def _reported(patient_id: str, entry: dict[str, Any]) -> LesionUptake:
    region = entry.get("region")
    return LesionUptake(
        patient_id, entry["tracer"], region or "not stated", entry["suv_max"], find_place(region), measured=False
    )


def _pet_entries(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (entry for entry in case.get("imaging", ()) if entry.get("modality") == "PET" and entry.get("tracer"))
