"""The flow adds up for any cohort: empty, one patient, one class, nothing verified, everything inconclusive."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trial.people import PLAN, RESULTS, TESTS, cohorts, participants
from trial.cohort_file import read_cohort, write_cohort
from trial.flow import check_flow, compute_flow
from trial.head_to_head import compare_localisation, compare_tests, compute_contribution
from trial.inconclusive import CHOICES
from trial.participant import IndexRead, Participant, Reference
from trial.tabulate import assess_lesions, assess_test
from trial.targets import Target

unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
tests = st.sampled_from(TESTS)
targets = st.sampled_from(sorted(PLAN.targets)).map(lambda code: PLAN.targets[code])
choices = st.sampled_from(CHOICES)


def assert_adds_up(people: list[Participant], test: str, target: Target) -> None:
    flow = compute_flow(people, test, target)
    assert check_flow(flow) == ()
    assert flow.find("potentially_eligible").count == len({person.patient_id for person in people})
    leaves = [box for box in flow.boxes if not flow.find_children(box.code)]
    assert sum(box.count for box in leaves) == flow.find("potentially_eligible").count
    for box in flow.boxes:
        children = flow.find_children(box.code)
        assert not children or sum(child.count for child in children) == box.count
        assert not box.reasons or sum(len(reason.patients) for reason in box.reasons) == box.count


@unhurried
@given(cohorts, tests, targets)
def test_the_boxes_always_add_up(people: list[Participant], test: str, target: Target) -> None:
    assert_adds_up(people, test, target)


@unhurried
@given(st.lists(participants.map(lambda one: replace(one, patient_id=one.patient_id[-1])), max_size=30), tests, targets)
def test_they_add_up_with_repeated_patients_too(people: list[Participant], test: str, target: Target) -> None:
    assert_adds_up(people, test, target)
    repeated = len(people) - len({person.patient_id for person in people})
    named = [fault for fault in compute_flow(people, test, target).faults if "records" in fault.says]
    assert bool(named) == bool(repeated)


@unhurried
@given(cohorts, tests, targets, st.sampled_from(PLAN.subtypes))
def test_they_add_up_in_the_corners(people: list[Participant], test: str, target: Target, subtype: str) -> None:
    scanned = [replace(person, eligible=True) for person in people]
    one_class = [replace(person, reference=Reference("made", subtype)) for person in scanned]
    unverified = [replace(person, reference=Reference()) for person in scanned]
    unclear = [replace(person, tests={test: IndexRead(True, "inconclusive")}) for person in scanned]
    for cohort in ([], people[:1], one_class, unverified, unclear):
        assert_adds_up(cohort, test, target)
    found = compute_flow(unclear, test, target)
    assert found.find("inconclusive").count == found.find("index_test").count == len(people)
    nothing = compute_flow(unverified, test, target)
    assert sum(nothing.find(f"{result}/reference").count for result in RESULTS) == 0


@unhurried
@given(cohorts, tests, targets, choices)
def test_the_accuracy_counts_who_is_in_the_flow(
    people: list[Participant], test: str, target: Target, choice: str
) -> None:
    flow, found = compute_flow(people, test, target), assess_test(people, test, target, choice)  # type: ignore[arg-type]
    for (result, truth), patients in found.patients.items():
        leaf = {"unverified": "no_reference", "inconclusive": "reference/reference_inconclusive"}
        code = f"{result}/{leaf.get(truth, f'reference/{truth}')}"
        assert set(flow.find(code).patients) == set(patients)
    assert found.n_read == flow.find("index_test").count - flow.find("no_read").count


@unhurried
@given(cohorts, targets, choices)
def test_in_a_comparison_every_eligible_patient_is_paired_or_missing_for_a_reason(
    people: list[Participant], target: Target, choice: str
) -> None:
    found = compare_tests(people, "pentixafor", "dotatate", target, choice)  # type: ignore[arg-type]
    eligible = [person.patient_id for person in people if person.eligible]
    gone = [patient for reason in found.missing for patient in reason.patients]
    assert len(gone) == len(set(gone)) and set(gone) <= set(eligible)
    assert found.total == len(eligible) == found.paired + len(gone)
    assert all(reason.says for reason in found.missing)


@unhurried
@given(cohorts, targets)
def test_swapping_the_tests_of_a_comparison_negates_it(people: list[Participant], target: Target) -> None:
    one, other = (
        compare_tests(people, *pair, target) for pair in (("pentixafor", "dotatate"), ("dotatate", "pentixafor"))
    )
    assert one.paired == other.paired
    assert one.accuracy.diseased == other.accuracy.diseased.swapped()
    value, turned = one.accuracy.specificity.difference.value, other.accuracy.specificity.difference.value
    assert (value is None and turned is None) or value == -(turned or 0)


@unhurried
@given(cohorts, targets)
def test_localisation_and_contributions_account_for_everybody(people: list[Participant], target: Target) -> None:
    place = compare_localisation(people, "pentixafor", "conventional")
    assert place.total == place.paired + sum(len(reason.patients) for reason in place.missing)
    found = compute_contribution(people, TESTS, target)
    assert found.total == found.complete + sum(len(reason.patients) for reason in found.missing)
    assert len(found.combinations) == 2 ** len(TESTS)


@unhurried
@given(st.randoms(use_true_random=False), cohorts, tests, targets)
def test_permuting_patients_changes_nothing(rng: object, people: list[Participant], test: str, target: Target) -> None:
    shuffled = list(people)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (compute_flow(cohort, test, target) for cohort in (people, shuffled))
    assert [(box.code, set(box.patients)) for box in one.boxes] == [
        (box.code, set(box.patients)) for box in other.boxes
    ]
    assert assess_test(people, test, target).accuracy == assess_test(shuffled, test, target).accuracy
    lesions = [assess_lesions(cohort, test).sensitivity for cohort in (people, shuffled)]
    assert (lesions[0].x, lesions[0].n, lesions[0].patients) == (lesions[1].x, lesions[1].n, lesions[1].patients)


def settle(person: Participant) -> Participant:
    """The same person as a file can say it: no contradictory reference, lesions named once."""
    decided = person.reference.subtype or person.reference.site
    status = "made" if decided else person.reference.status if person.reference.status != "made" else None
    names = {lesion.lesion: lesion for lesion in person.lesions}
    known = {test: person.find_test(test) for test in TESTS}
    reference = replace(person.reference, status=status)
    return replace(person, reference=reference, lesions=tuple(names.values()), tests=known)


@unhurried
@given(cohorts)
def test_a_cohort_file_reads_back_the_same(people: list[Participant]) -> None:
    settled = tuple(settle(person) for person in people)
    assert read_cohort(write_cohort(settled)) == settled
