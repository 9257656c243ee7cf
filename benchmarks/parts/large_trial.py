"""A synthetic trial of any size in a data folder of its own: the cohort of the sample data, drawn again with other seeds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import count, islice
from pathlib import Path
from typing import Any

from sample_data.cohort import SyntheticPatient, make_cohort
from sample_data.prepare import NOTE, WHO, database_url
from sample_data.screening import make_log
from sample_data.uptake import Scan
from store import MeasurementRecord, Patient, ReadRecord, ReferenceDiagnosis, SeriesRecord, Store, open_store

FIRST_SEED = 20261123
BATCH = 1000


def make_trial(folder: Path, patients: int) -> None:
    """Patients with cases, scans, measurements, reads, references, assessments and a screening log, unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / f"{patients}.done"
    if done.exists():
        return
    with open_store(database_url(folder)) as store:
        people = [SyntheticNames(number, one) for number, one in enumerate(islice(draw_patients(), patients), 1)]
        for start in range(0, patients, BATCH):
            save_people(store, people[start : start + BATCH])
        save_log(store, people)
        while store.assess_some(BATCH):
            pass
    done.touch()


def draw_patients() -> Iterator[SyntheticPatient]:
    """Cohort after cohort, each drawn with the next seed."""
    for seed in count(FIRST_SEED):
        yield from make_cohort(seed)
        make_cohort.cache_clear()


class SyntheticNames:
    """A patient of a drawn cohort under a pseudonym that is his alone."""

    def __init__(self, number: int, drawn: SyntheticPatient) -> None:
        self.name = f"P{number:05d}"
        self.drawn = drawn
        self.person = replace(drawn.person, number=number)

    def patient(self) -> Patient:
        who = self.drawn.person
        sex = "female" if who.sex == "female" else "male"
        return Patient(self.name, float(who.age_years), sex, who.enrolled_on, who.mdt_on, True, NOTE)  # type: ignore[arg-type]

    def case(self) -> dict[str, Any]:
        return self.drawn.case | {"case_id": self.name}

    def series(self) -> list[SeriesRecord]:
        return [
            SeriesRecord(
                self.name,
                self._uid(scan),
                modality="PT",
                tracer=scan.tracer,
                acquired_on=scan.scanned_on,
                suv_type="BW",
            )
            for scan in self.drawn.scans
        ]

    def measurements(self) -> list[MeasurementRecord]:
        """Every positive place of the report, as measured."""
        return [
            MeasurementRecord(
                self.name, self._uid(scan), entry["region"], entry["region"], suv_max=entry["suv_max"],
                uptake=entry["uptake"], created_at=datetime.combine(scan.scanned_on, time(9), UTC),
            )
            for scan in self.drawn.scans
            for entry in scan.entries
            if entry["uptake"] == "positive" and "suv_max" in entry
        ]  # fmt: skip

    def reads(self) -> list[ReadRecord]:
        return [ReadRecord(self.name, **vars(read)) for read in self.drawn.reads]

    def references(self) -> list[ReferenceDiagnosis]:
        settled = self.drawn.reference
        return [] if settled is None else [ReferenceDiagnosis(self.name, **vars(settled))]

    def _uid(self, scan: Scan) -> str:
        return f"2.25.{self.person.number}{'1' if 'Pentixafor' in scan.tracer else '2'}"


def save_people(store: Store, people: list[SyntheticNames]) -> None:
    store.save_many(
        patients=[one.patient() for one in people],
        cases=[one.case() for one in people],
        series=[series for one in people for series in one.series()],
        measurements=[found for one in people for found in one.measurements()],
        reads=[read for one in people for read in one.reads()],
        references=[made for one in people for made in one.references()],
        who=WHO,
    )


def save_log(store: Store, people: list[SyntheticNames]) -> None:
    """The screening log of them all: the lines as in the sample data, under their new pseudonyms."""
    log = make_log([one.person for one in people])
    names = {one.person.patient_id: one.name for one in people}
    lines = [replace(line, patient_id=names.get(line.patient_id or "")) for line in log.screened]
    store.trial.save_screened(lines)
