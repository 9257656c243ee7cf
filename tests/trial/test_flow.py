from dataclasses import replace
from datetime import date

import pytest

from tests.trial.people import person
from trial.flow import Flow, check_flow, compute_flow
from trial.participant import IndexRead, Participant, Reference
from trial.targets import load_plan

TARGET = load_plan().targets["acth_dependent"]
COHORT = [
    person("P1", "CD", pentixafor="CD"),
    person("P2", "CPA", pentixafor="CPA"),
    person("P3", "CD", pentixafor="negative"),
    person("P4", None, pentixafor="EAS"),
    person("P5", "CD", pentixafor="inconclusive"),
    person("P6", "CD", pentixafor=None),
    person("P7", "NONE", pentixafor="CD"),
    Participant("P8", eligible=False, exclusion_reason="pregnancy"),
    Participant("P9"),
    Participant("P10", eligible=True, tests={"pentixafor": IndexRead(done=True)}),
]


def flow(*people: Participant) -> Flow:
    return compute_flow(people or COHORT, "pentixafor", TARGET)


@pytest.mark.parametrize(
    ("code", "patients"),
    [
        ("potentially_eligible", ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10")),
        ("excluded", ("P8",)),
        ("eligibility_undecided", ("P9",)),
        ("no_index_test", ("P6",)),
        ("no_read", ("P10",)),
        ("positive", ("P1", "P4", "P7")),
        ("positive/no_reference", ("P4",)),
        ("positive/reference/present", ("P1",)),
        ("positive/reference/not_applicable", ("P7",)),
        ("negative/reference/present", ("P3",)),
        ("negative/reference/absent", ("P2",)),
        ("inconclusive/reference/present", ("P5",)),
    ],
)
def test_every_patient_is_in_the_right_box(code: str, patients: tuple[str, ...]) -> None:
    assert flow().find(code).patients == patients


def test_a_clean_cohort_has_no_faults() -> None:
    assert flow().faults == ()


def test_losses_say_why() -> None:
    assert [(one.says, one.patients) for one in flow().find("no_index_test").reasons] == [("not applicable", ("P6",))]
    assert flow().find("excluded").reasons[0].says == "pregnancy"
    unexplained = flow(Participant("X", eligible=False)).find("excluded")
    assert unexplained.reasons[0].says == "reason not recorded"


def test_an_inconclusive_reference_has_its_own_box() -> None:
    unclear = replace(COHORT[0], reference=Reference("inconclusive"))
    assert flow(unclear).find("positive/reference/reference_inconclusive").patients == ("P1",)


def test_a_patient_recorded_twice_counts_once_and_is_named() -> None:
    found = flow(COHORT[0], COHORT[1], replace(COHORT[0], eligible=False))
    assert found.find("potentially_eligible").count == 2
    assert [(fault.patient_id, fault.says) for fault in found.faults] == [("P1", "2 records; the first is counted")]


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (Participant("X", eligible=False, tests={"pentixafor": IndexRead(True, "positive")}), "excluded but scanned"),
        (Participant("X", eligible=True, tests={"pentixafor": IndexRead(False, "positive")}), "not scanned but has a"),
        (Participant("X", enrolled_on=date(2026, 3, 1)), "enrolled without being recorded as eligible"),
        (Participant("X", eligible=True, exclusion_reason="age"), "eligible but has a reason for exclusion"),
        (Participant("X", eligible=True, reference=Reference("made")), "without subtype and site"),
    ],
)
def test_a_record_that_contradicts_itself_is_named(broken: Participant, says: str) -> None:
    (fault,) = flow(broken).faults
    assert fault.patient_id == "X" and says in fault.says


def test_a_box_that_does_not_add_up_names_the_patient_who_breaks_it() -> None:
    good = flow()
    lost = [replace(box, patients=()) if box.code == "positive/no_reference" else box for box in good.boxes]
    (fault,) = check_flow(replace(good, boxes=tuple(lost)))
    assert fault.patient_id == "P4"
    assert "1 times in 'Index test positive' but 0 times" in fault.says


def test_a_patient_in_two_boxes_is_found_even_when_the_counts_agree() -> None:
    good = flow()
    swapped = {"negative/reference/present": ("P3", "P3"), "negative/reference/absent": ()}
    boxes = [replace(box, patients=swapped.get(box.code, box.patients)) for box in good.boxes]
    assert {fault.patient_id for fault in check_flow(replace(good, boxes=tuple(boxes)))} == {"P2", "P3"}


def test_every_flow_has_the_same_boxes() -> None:
    empty = compute_flow([], "dotatate", TARGET)
    assert [box.code for box in empty.boxes] == [box.code for box in flow().boxes]
    assert all(box.count == 0 for box in empty.boxes) and empty.faults == ()
    with pytest.raises(KeyError):
        empty.find("nowhere")
