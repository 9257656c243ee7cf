"""Two values of one place: what a report said and what was measured here, for how far SUVs can be relied on. No Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store import MeasurementRecord, SeriesRecord


@dataclass(frozen=True)
class ValuePair:
    """SUVmax (g/ml) of one place on one tracer, as reported and as measured here."""

    patient_id: str
    place: str
    reported: float
    measured: float


def pair_values(
    cases: Mapping[str, Mapping[str, Any]],
    series: Sequence[SeriesRecord],
    measurements: Sequence[MeasurementRecord],
    tracer: str,
) -> tuple[ValuePair, ...]:
    """Every place of this tracer that has both; the highest measured value of a place counts."""
    of_tracer = {(one.patient_id, one.series_uid) for one in series if one.tracer == tracer}
    measured: dict[tuple[str, str], float] = {}
    for one in measurements:
        if one.site and one.suv_max is not None and (one.patient_id, one.series_uid) in of_tracer:
            key = (one.patient_id, one.site)
            measured[key] = max(measured.get(key, 0.0), one.suv_max)
    return tuple(
        ValuePair(patient_id, str(item["region"]), float(item["suv_max"]), measured[patient_id, str(item["region"])])
        for patient_id, case in sorted(cases.items())
        for item in case.get("imaging", ())
        if item.get("tracer") == tracer
        and item.get("suv_max") is not None
        and (patient_id, item.get("region")) in measured
    )
