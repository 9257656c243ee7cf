"""Tracer uptake by subtype: the values with their denominators. A patient without a value is unknown, never cold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal

from trial.cohort import CohortRecord

Unit = Literal["patient", "lesion"]


@dataclass(frozen=True)
class LesionUptake:
    """The SUVmax (g/ml, body weight) of one lesion on one tracer; `measured` in this program, or reported to it.

    `place` is where the lesion lies (pituitary, adrenal …), None when that is not known.
    """

    patient_id: str
    tracer: str
    lesion: str
    suv_max: float
    place: str | None = None
    measured: bool = True


@dataclass(frozen=True)
class UptakeGroup:
    """One subtype on one tracer: of `patients` with this diagnosis `scanned` had the tracer, `with_value` have a value.

    `subtype` None: no reference diagnosis yet. Median and quartiles (inclusive) of the values; None without a value,
    quartiles None with fewer than two.
    """

    subtype: str | None
    tracer: str
    patients: int
    scanned: int
    with_value: int
    values: tuple[LesionUptake, ...]
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None


def compute_uptake(
    records: Sequence[CohortRecord],
    uptakes: Iterable[LesionUptake],
    subtypes: Sequence[str],
    tracers: Sequence[str],
    unit: Unit = "patient",
) -> tuple[UptakeGroup, ...]:
    """Uptake by subtype and tracer, no-reference-yet last; per patient, the hottest lesion stands for the patient."""
    reference = {record.patient_id: record.reference for record in records}
    counted = [uptake for uptake in uptakes if uptake.patient_id in reference]
    values = _hottest(counted) if unit == "patient" else counted
    return tuple(
        _group(records, [value for value in values if reference[value.patient_id] == subtype], subtype, tracer)
        for subtype in (*subtypes, None)
        for tracer in tracers
    )


def _group(
    records: Sequence[CohortRecord], values: Sequence[LesionUptake], subtype: str | None, tracer: str
) -> UptakeGroup:
    members = [record for record in records if record.reference == subtype]
    found = tuple(sorted((value for value in values if value.tracer == tracer), key=lambda value: value.suv_max))
    numbers = [value.suv_max for value in found]
    quarters = quantiles(numbers, n=4, method="inclusive") if len(numbers) > 1 else [None, None, None]
    return UptakeGroup(
        subtype=subtype,
        tracer=tracer,
        patients=len(members),
        scanned=sum(tracer in record.tracers for record in members),
        with_value=len({value.patient_id for value in found}),
        values=found,
        median=median(numbers) if numbers else None,
        lower_quartile=quarters[0],
        upper_quartile=quarters[2],
    )


def _hottest(uptakes: Iterable[LesionUptake]) -> list[LesionUptake]:
    """The hottest lesion of each patient on each tracer."""
    hottest: dict[tuple[str, str], LesionUptake] = {}
    for uptake in uptakes:
        key = (uptake.patient_id, uptake.tracer)
        if key not in hottest or uptake.suv_max > hottest[key].suv_max:
            hottest[key] = uptake
    return list(hottest.values())
