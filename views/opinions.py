"""What each source says of each patient, so that disagreements can be found. No Streamlit here."""

from collections.abc import Iterable, Mapping
from typing import Any

from decision.batch import assess_many, list_subtypes
from decision.case import read_case
from store import WorklistRow
from trial.discordance import REFERENCE, Opinion, load_discordance_rule
from trial.participant import IndexRead, Participant
from views.names import test_name

LABORATORY, ANATOMY = "laboratory", "MRI and CT"
TRACERS = {"pentixafor": "Pentixafor", "dotatate": "DOTATATE"}


def list_opinions(
    cases: Mapping[str, Mapping[str, Any]], participants: Mapping[str, Participant]
) -> dict[str, tuple[Opinion, ...]]:
    """By patient: the engine from the laboratory alone, MRI and CT, each tracer's read, the reference diagnosis."""
    laboratory = _assess_laboratory(cases)
    return {
        patient_id: tuple(
            opinion
            for opinion in (
                laboratory.get(patient_id),
                _say(ANATOMY, person.find_test("conventional")),
                *(_say(name, person.find_test(code)) for code, name in TRACERS.items()),
                _reference(person),
            )
            if opinion is not None
        )
        for patient_id, person in participants.items()
    }


def name_settling(rows: Iterable[WorklistRow]) -> dict[str, str | None]:
    """By patient the test that would tell most, in words; None where no test would, or it is not known yet."""
    return {row.patient_id: test_name(row.next_test) if row.next_test else None for row in rows}


def _assess_laboratory(cases: Mapping[str, Mapping[str, Any]]) -> dict[str, Opinion]:
    """The engine's leader from the results alone, without any image; no opinion where it is less sure than the rule asks."""
    stripped = [read_case({**case, "imaging": []}) for case in cases.values() if case.get("results")]
    found: dict[str, Opinion] = {}
    for ids, probabilities in assess_many(stripped):
        for patient_id, row in zip(ids, probabilities, strict=True):
            best = int(row.argmax())
            if row[best] >= load_discordance_rule().speaks_at_least:
                found[patient_id] = Opinion(LABORATORY, list_subtypes()[best], certainty=float(row[best]))
    return found


def _say(source: str, read: IndexRead) -> Opinion | None:
    return (
        Opinion(source, read.subtype, read.site) if read.result == "positive" and (read.subtype or read.site) else None
    )


def _reference(person: Participant) -> Opinion | None:
    reference = person.reference
    return Opinion(REFERENCE, reference.subtype, reference.site) if reference.status == "made" else None
