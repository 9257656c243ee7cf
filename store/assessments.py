"""Assessments, kept as long as the case and the knowledge they were made from stay the same."""

from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.sql.elements import ColumnElement

from decision.assessment import Assessment, Reason, read_assessment
from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from store.cases import fetch_case_document, fetch_case_documents
from store.engine import reading, writing
from store.records import UnknownPatient
from store.rows import read_now, replace_rows
from store.tables import AssessmentRow, PatientRow

STRONGEST = 3
ONE_BY_ONE = 50  # up to so many cases are read one by one, more of them all at once


def read_knowledge_version() -> str:
    """The version of the knowledge an assessment is made with."""
    return load_knowledge().version


def refresh_assessments(engine: Engine, patient_id: str | None = None) -> None:
    """Assess again whoever has no assessment of the present case by the present knowledge, and keep it."""
    _assess(engine, patient_id, None)


def count_unassessed(engine: Engine) -> int:
    """How many patients have no assessment of the present case by the present knowledge."""
    query = select(func.count()).select_from(PatientRow).outerjoin(AssessmentRow, _is_theirs() & is_present())
    with reading(engine) as connection:
        return connection.scalar(query.where(AssessmentRow.patient_id.is_(None))) or 0


def assess_some(engine: Engine, at_most: int) -> int:
    """Assess so many of those who have no present assessment, and keep it; how many were there to do before."""
    return _assess(engine, None, at_most)


def is_present(version: str | None = None) -> ColumnElement[bool]:
    """Whether a patient's assessment is of the present case by the present knowledge."""
    known = AssessmentRow.knowledge_version == (version or read_knowledge_version())
    return (AssessmentRow.case_hash == PatientRow.case_hash) & known


def _is_theirs() -> ColumnElement[bool]:
    return AssessmentRow.patient_id == PatientRow.patient_id


def _assess(engine: Engine, patient_id: str | None, at_most: int | None) -> int:
    """Assess the stale ones, the latest meetings first, `at_most` of them; how many were stale."""
    version = read_knowledge_version()
    with reading(engine) as connection:
        stale = _fetch_stale(connection, version, patient_id)
        chosen = list(stale)[:at_most]
        documents = _fetch_cases(connection, chosen)
    rows = [_to_row(documents[name], stale[name], version) for name in chosen]
    if rows:
        with writing(engine) as connection:
            alive = set(connection.scalars(select(PatientRow.patient_id)))
            replace_rows(connection, AssessmentRow, [row for row in rows if row["patient_id"] in alive], ["patient_id"])
    return len(stale)


def _fetch_cases(connection: Connection, names: list[str]) -> dict[str, dict[str, Any]]:
    if len(names) > ONE_BY_ONE:
        return fetch_case_documents(connection)
    return {name: fetch_case_document(connection, name) for name in names}


def fetch_one_assessment(engine: Engine, patient_id: str) -> Assessment:
    """The patient's assessment. Raises `UnknownPatient`."""
    found = _fetch_documents(engine, patient_id)
    if patient_id not in found:
        raise UnknownPatient(patient_id)
    return found[patient_id]


def fetch_all_assessments(engine: Engine) -> dict[str, Assessment]:
    """Every assessment by pseudonym; the stale ones are made again first."""
    return _fetch_documents(engine, None)


def compute_summary(assessment: Assessment) -> dict[str, Any]:
    """The worklist's line of an assessment: leading subtype, prediction set, what it rests on, what comes next."""
    leader, tests = assessment.leader, assessment.next_tests
    return {
        "leader": leader.subtype,
        "probability": leader.probability,
        "low": leader.low,
        "high": leader.high,
        "prediction_set": list(assessment.prediction_set),
        "abstain": assessment.abstain,
        "missing": list(assessment.missing),
        "next_test": tests[0].test if tests else None,
        "next_gain_bits": tests[0].expected_gain_bits if tests else None,
        "rests_on": _strongest_reasons(assessment),
        "conflicts": len(assessment.conflicts),
        "urgent": [flag.says for flag in assessment.flags if flag.level == "urgent"],
    }


def _strongest_reasons(assessment: Assessment) -> list[str]:
    leader = assessment.leader.subtype
    found = filter(_is_test_or_sign, assessment.reasons)
    weighed = sorted(found, key=lambda reason: -_weigh_for(leader, reason))
    return list(dict.fromkeys(reason.finding for reason in weighed if _weigh_for(leader, reason) > 0))[:STRONGEST]


def _is_test_or_sign(reason: Reason) -> bool:
    """Age and sex weigh too, but a suggestion is not said to rest on them."""
    block = load_knowledge().blocks.get(reason.block)
    return block is None or block.kind != "feature" or block.burden is not None


def _weigh_for(leader: str, reason: Reason) -> float:
    """What the reason weighs for the leader (decibans): a negative weight speaks for the class it was held against."""
    if reason.for_ == leader:
        return reason.weight_db
    return -reason.weight_db if reason.against == leader else 0.0


def _fetch_stale(connection: Connection, version: str, patient_id: str | None) -> dict[str, str]:
    query = (
        select(PatientRow.patient_id, PatientRow.case_hash)
        .outerjoin(AssessmentRow, _is_theirs() & is_present(version))
        .where(AssessmentRow.patient_id.is_(None))
        .order_by(PatientRow.mdt_on.desc().nulls_last(), PatientRow.patient_id)
    )
    rows = connection.execute(query if patient_id is None else query.where(PatientRow.patient_id == patient_id))
    return {row.patient_id: row.case_hash for row in rows}


def _to_row(document: dict[str, Any], case_hash: str, version: str) -> dict[str, Any]:
    assessment = assess_case(read_case(document))
    return {
        "patient_id": document["case_id"],
        "case_hash": case_hash,
        "knowledge_version": version,
        "summary": compute_summary(assessment),
        "document": assessment.to_json(),
        "assessed_at": read_now(),
    }


def _fetch_documents(engine: Engine, patient_id: str | None) -> dict[str, Assessment]:
    refresh_assessments(engine, patient_id)
    query = select(AssessmentRow.patient_id, AssessmentRow.document).order_by(AssessmentRow.patient_id)
    with reading(engine) as connection:
        rows = connection.execute(query if patient_id is None else query.where(AssessmentRow.patient_id == patient_id))
        return {row.patient_id: read_assessment(row.document) for row in rows}
