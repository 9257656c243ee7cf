"""The patients of the cohort as a table: who, since when, reference diagnosis, highest uptake on each tracer."""

import pandas as pd

from trial.cohort import CohortRecord
from trial.protocol import load_protocol
from views.charts_cohort import name_subtype
from views.cohort_records import Cohort
from views.names import subtype_name
from views.words import say_date, say_sex

Highest = dict[tuple[str, str], float]


def make_patient_table(cohort: Cohort) -> pd.DataFrame:
    """One line a record, in the order of the records; a number that is not known is empty, never 0."""
    patients = {patient.patient_id: patient for patient in cohort.patients}
    highest = _find_highest(cohort)
    lines = [_line(highest, record, say_sex(patients[record.patient_id].sex)) for record in cohort.records]
    tracers = [f"{tracer.short_name} SUVmax" for tracer in load_protocol().tracers]
    table = pd.DataFrame(lines, columns=["ID", "Age", "Sex", "Enrolled", "Reference", *tracers])
    # The table can be saved as a file, which must say so too.
    if cohort.signature:
        table["Data"] = ["synthetic" if patients[patient_id].synthetic else "" for patient_id in table["ID"]]
    return table


def _line(highest: Highest, record: CohortRecord, sex: str) -> dict[str, object]:
    line: dict[str, object] = {
        "ID": record.patient_id,
        "Age": None if record.age_years is None else int(record.age_years),
        "Sex": sex,
        "Enrolled": say_date(record.enrolled_on),
        "Reference": name_subtype(record.reference, subtype_name),
    }
    for tracer in load_protocol().tracers:
        line[f"{tracer.short_name} SUVmax"] = highest.get((record.patient_id, tracer.code))
    return line


def _find_highest(cohort: Cohort) -> Highest:
    found: Highest = {}
    for one in cohort.uptakes:
        key = (one.patient_id, one.tracer)
        found[key] = max(found.get(key, one.suv_max), one.suv_max)
    return found
