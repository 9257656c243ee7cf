"""The patients of the cohort as a table: who, since when, reference diagnosis, highest uptake on each tracer."""

import pandas as pd

from trial.cohort import CohortRecord
from trial.protocol import load_protocol
from views.charts_cohort import name_subtype
from views.cohort_records import Cohort
from views.names import subtype_name
from views.words import say_date, say_sex


def make_patient_table(cohort: Cohort) -> pd.DataFrame:
    """One line a record, in the order of the records; a number that is not known is empty, never 0."""
    patients = {patient.patient_id: patient for patient in cohort.patients}
    lines = [_line(cohort, record, say_sex(patients[record.patient_id].sex)) for record in cohort.records]
    tracers = [f"{tracer.short_name} SUVmax" for tracer in load_protocol().tracers]
    table = pd.DataFrame(lines, columns=["ID", "Age", "Sex", "Enrolled", "Reference", *tracers])
    # The table can be saved as a file, which must say so too.
    if cohort.signature:
        table["Data"] = ["synthetic" if patients[patient_id].synthetic else "" for patient_id in table["ID"]]
    return table


def _line(cohort: Cohort, record: CohortRecord, sex: str) -> dict[str, object]:
    line: dict[str, object] = {
        "ID": record.patient_id,
        "Age": None if record.age_years is None else int(record.age_years),
        "Sex": sex,
        "Enrolled": say_date(record.enrolled_on),
        "Reference": name_subtype(record.reference, subtype_name),
    }
    for tracer in load_protocol().tracers:
        line[f"{tracer.short_name} SUVmax"] = _highest(cohort, record.patient_id, tracer.code)
    return line


def _highest(cohort: Cohort, patient_id: str, tracer: str) -> float | None:
    found = [one.suv_max for one in cohort.uptakes if (one.patient_id, one.tracer) == (patient_id, tracer)]
    return max(found, default=None)
