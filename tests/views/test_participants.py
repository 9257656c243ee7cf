"""From the store to the statistics: nothing is made up, unknown stays unknown, who counts is a choice."""

from datetime import date
from typing import Any

from store import Patient, ReadRecord, ReferenceDiagnosis, ScreenedPerson, Store
from views.participants import CONSENSUS, Kept, fetch_participants, list_counted, make_participant


def entry(**more: Any) -> dict[str, Any]:
    return {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "adrenal_left", "uptake": "positive", **more}


def read(reader: str, result: str, subtype: str | None = None) -> ReadRecord:
    return ReadRecord("P1", reader, "68Ga-Pentixafor", result, subtype)  # type: ignore[arg-type]


def kept(**more: Any) -> Kept:
    start: dict[str, Any] = {
        "patient": Patient("P1", enrolled_on=date(2026, 1, 5)),
        "imaging": (),
        "reads": (),
        "scanned_on": {},
        "reference": None,
        "screened": None,
    }
    return Kept(**(start | more))


def test_a_patient_without_scans_has_a_reason_and_no_result() -> None:
    person = make_participant(kept())
    assert person.eligible is True
    assert person.find_test("pentixafor").done is False
    assert "applicable" in str(person.find_test("dotatate").missing_reason)
    assert person.reference.status == "not_done"


def test_readers_who_differ_have_no_common_read_but_each_has_an_own() -> None:
    reads = (read("A", "positive", "CPA"), read("B", "negative"))
    assert make_participant(kept(reads=reads)).find_test("pentixafor").result is None
    assert make_participant(kept(reads=reads)).find_test("pentixafor").done is True
    assert make_participant(kept(reads=reads), "A").find_test("pentixafor").subtype == "CPA"
    agreed = make_participant(kept(reads=(reads[0], read("B", "positive", "CPA"))))
    assert agreed.find_test("pentixafor").result == "positive"


def test_a_place_is_right_only_where_the_reference_puts_the_lesion() -> None:
    imaging = (entry(suv_max=12.0), entry(region="adrenal_right", uptake="equivocal"))
    person = make_participant(kept(imaging=imaging, reference=ReferenceDiagnosis("P1", "CPA", "adrenal_left")))
    places = {lesion.lesion: lesion for lesion in person.lesions}
    assert (places["adrenal_left"].reference, places["adrenal_right"].reference) == ("present", "absent")
    assert places["adrenal_right"].results == {"pentixafor": "inconclusive"}
    assert places["adrenal_left"].suv_max == {"pentixafor": 12.0}
    unknown = make_participant(kept(imaging=imaging))
    assert {lesion.reference for lesion in unknown.lesions} == {None}
    occult = make_participant(kept(imaging=imaging, reference=ReferenceDiagnosis("P1", "EAS", "occult")))
    assert {lesion.reference for lesion in occult.lesions} == {None}


def test_the_screening_log_adds_those_who_were_not_enrolled(store: Store) -> None:
    store.trial.save_screened(
        [
            ScreenedPerson("S001", date(2026, 1, 2), decision="not_enrolled", reason="consent"),
            ScreenedPerson("S002", date(2026, 1, 3), decision="enrolled", patient_id="P017"),
        ]
    )
    people = {person.patient_id: person for person in fetch_participants(store)}
    assert (people["S001"].eligible, people["S001"].exclusion_reason) == (False, "consent refused")
    assert people["P017"].screened_on == date(2026, 1, 3)
    assert "S002" not in people


def test_whose_reads_count_is_a_choice(store: Store) -> None:
    assert list_counted(store)[0] == CONSENSUS
