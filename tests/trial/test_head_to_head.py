from dataclasses import replace

import pytest

from decision.vocabulary import load_vocabulary
from tests.trial.people import person
from trial.head_to_head import compare_lesions, compare_localisation, compare_tests, compute_contribution
from trial.participant import IndexRead, Lesion, Participant, Reference
from trial.tabulate import assess_lesions, assess_test
from trial.targets import load_plan

PLAN = load_plan()
TARGET = PLAN.targets["acth_dependent"]
COHORT = [
    person("P1", "CD", pentixafor="CD", dotatate="negative"),
    person("P2", "EAS", pentixafor="negative", dotatate="EAS"),
    person("P3", "CD", pentixafor="EAS", dotatate="CD"),
    person("P4", "CPA", pentixafor="CPA", dotatate="CD"),
    person("P5", "CPA", pentixafor="CPA", dotatate="negative"),
    person("P6", "CD", pentixafor="inconclusive", dotatate="CD"),
    person("P7", "CD", pentixafor="CD", dotatate=None),
    person("P8", None, pentixafor="CD", dotatate="CD"),
    person("P9", "NONE", pentixafor="negative", dotatate="negative"),
    Participant("P10", eligible=False),
]


def test_only_the_paired_verified_patients_count_and_everybody_else_has_a_reason() -> None:
    found = compare_tests(COHORT, "pentixafor", "dotatate", TARGET)
    assert (found.total, found.paired) == (9, 5)
    assert {reason.says: reason.patients for reason in found.missing} == {
        "no DOTATATE: not applicable": ("P7",),
        "no reference diagnosis": ("P8",),
        "the target does not apply to this diagnosis": ("P9",),
        "inconclusive read: inconclusive reads are left out": ("P6",),
    }


def test_the_paired_tables_and_who_is_read_differently() -> None:
    found = compare_tests(COHORT, "pentixafor", "dotatate", TARGET)
    diseased, healthy = found.accuracy.diseased, found.accuracy.healthy
    assert (diseased.both, diseased.only_1, diseased.only_2, diseased.neither) == (1, 1, 1, 0)
    assert (healthy.both, healthy.only_1, healthy.only_2, healthy.neither) == (0, 0, 1, 1)
    assert found.discordant == {("positive", "negative"): ("P1",), ("negative", "positive"): ("P2", "P4")}


@pytest.mark.parametrize(
    ("choice", "only_2", "both"),
    [("excluding", 1, 1), ("intention_to_diagnose", 2, 1), ("as_positive", 1, 2), ("as_negative", 2, 1)],
)
def test_inconclusive_reads_count_by_the_choice(choice: str, only_2: int, both: int) -> None:
    found = compare_tests(COHORT, "pentixafor", "dotatate", TARGET, choice)  # type: ignore[arg-type]
    assert (found.accuracy.diseased.only_2, found.accuracy.diseased.both) == (only_2, both)


def test_one_test_alone_with_its_cells_and_unverified() -> None:
    found = assess_test(COHORT, "pentixafor", TARGET)
    assert (found.n_read, found.n_verified) == (9, 7)
    assert found.patients["positive", "unverified"] == ("P8",)
    assert found.accuracy.table.tp == 3 and found.accuracy.table.fn == 1
    assert found.verification.positive.unverified == 1
    assert found.inconclusive.table.diseased == (3, 1, 1)


def test_a_positive_scan_that_names_no_subtype_is_inconclusive_for_a_subtype() -> None:
    vague = replace(COHORT[0], tests={"pentixafor": IndexRead(True, "positive")})
    assert assess_test([vague], "pentixafor", TARGET).patients["inconclusive", "present"] == ("P1",)
    assert assess_test([vague], "pentixafor", PLAN.targets["cushing"]).accuracy.table.tp == 1


def test_what_each_test_adds() -> None:
    found = compute_contribution(COHORT, ["pentixafor", "dotatate"], TARGET)
    by_tests = {tuple(sorted(one.tests)): one.patients for one in found.combinations}
    assert by_tests == {
        ("dotatate", "pentixafor"): ("P3",),
        ("pentixafor",): ("P1",),
        ("dotatate",): ("P2", "P6"),
        (): (),
    }
    assert (found.total, found.complete, found.missing[0].patients) == (5, 4, ("P7",))


def place(name: str, truth: str | None, **named: str | None) -> Participant:
    tests = {test: IndexRead(True, "positive" if site else "negative", site=site) for test, site in named.items()}
    return Participant(name, eligible=True, reference=Reference("made", "CD", truth), tests=tests)


def test_localisation_needs_the_very_site() -> None:
    people = [
        place("P1", "adrenal_left", pentixafor="adrenal_left", conventional="adrenal_right"),
        place("P2", "lung", pentixafor=None, conventional="lung"),
        place("P3", "occult", pentixafor="lung", conventional="lung"),
        place("P4", None, pentixafor="lung", conventional="lung"),
    ]
    found = compare_localisation(people, "pentixafor", "conventional")
    assert (found.total, found.paired) == (4, 2)
    assert (found.right.test_1, found.right.test_2) == (0.5, 0.5)
    assert (found.right.mcnemar.b, found.right.mcnemar.c) == (1, 1)
    assert found.missing[0].patients == ("P3", "P4")


LESIONS = [
    (
        "P1",
        [("present", "positive", "negative"), ("present", "positive", "positive"), ("absent", "negative", "positive")],
    ),
    ("P2", [("present", "negative", "positive"), (None, "positive", "positive")]),
    ("P3", [("present", "inconclusive", "positive"), ("absent", "negative", "negative")]),
]


def with_lesions() -> list[Participant]:
    return [
        replace(
            person(name, "CD"),
            lesions=tuple(
                Lesion(str(n), None, truth, {"pentixafor": one, "dotatate": other})  # type: ignore[arg-type]
                for n, (truth, one, other) in enumerate(rows)
            ),
        )
        for name, rows in LESIONS
    ]


def test_per_lesion_the_patient_is_the_unit() -> None:
    found = assess_lesions(with_lesions(), "pentixafor")
    assert (found.lesions, found.patients, found.unverified, found.inconclusive) == (7, 3, 1, 1)
    assert (found.sensitivity.x, found.sensitivity.n, found.sensitivity.patients) == (2, 3, 2)
    assert (found.specificity.x, found.specificity.n) == (2, 2)
    assert (found.ppv.x, found.ppv.n) == (2, 2)
    as_wrong = assess_lesions(with_lesions(), "pentixafor", "intention_to_diagnose")
    assert (as_wrong.sensitivity.x, as_wrong.sensitivity.n) == (2, 4)


def test_two_tests_per_lesion_pair_the_lesions() -> None:
    found = compare_lesions(with_lesions(), "pentixafor", "dotatate")
    assert (found.lesions, found.patients) == (5, 3)
    assert (found.found_1.x, found.found_2.x, found.found_1.n) == (2, 2, 3)
    assert (found.cleared_1.x, found.cleared_2.x) == (2, 1)
    assert found.difference.mcnemar == 0


def test_the_registry_compares_pentixafor_with_conventional_imaging_and_with_dotatate() -> None:
    assert [(one.test_1, one.test_2) for one in PLAN.comparisons] == [
        ("pentixafor", "conventional"),
        ("pentixafor", "dotatate"),
    ]


def test_subtypes_and_sites_are_those_of_the_engine() -> None:
    vocabulary = load_vocabulary()
    assert set(PLAN.subtypes) == set(vocabulary.subtypes)
    assert set(PLAN.sites) == set(vocabulary.sites)


def test_a_target_never_counts_a_diagnosis_as_both() -> None:
    for target in PLAN.targets.values():
        known = PLAN.sites if target.kind == "site" else PLAN.subtypes
        assert not target.present & target.absent
        assert target.present and target.present | target.absent <= set(known)
