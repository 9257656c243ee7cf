from tests.trial.people import person
from trial.clustered_roc import compare_clustered_auc
from trial.participant import Lesion, Participant
from trial.uptake_pairs import compare_uptake

ROWS = [
    ("P1", [("present", 9.0, 3.0), ("present", 7.0, 4.0), ("absent", 2.0, 3.5)]),
    ("P2", [("present", 5.0, None), ("absent", 3.0, 1.0), (None, 8.0, 8.0)]),
    ("P3", [("present", 2.5, 6.0), ("absent", 1.0, 2.0)]),
]


def make() -> list[Participant]:
    people = []
    for name, places in ROWS:
        lesions = tuple(
            Lesion(str(n), None, truth, {}, {"pentixafor": one} | ({"dotatate": other} if other is not None else {}))  # type: ignore[arg-type]
            for n, (truth, one, other) in enumerate(places)
        )
        people.append(Participant(name, eligible=True, reference=person(name, "CD").reference, lesions=lesions))
    return people


def test_places_with_both_values_and_a_reference_are_compared_with_patients_as_clusters() -> None:
    found = compare_uptake(make(), "pentixafor", "dotatate")
    assert (found.lesions, found.without) == (6, 1)
    by_hand = compare_clustered_auc(
        [1, 1, 0, 0, 1, 0], [9, 7, 2, 3, 2.5, 1], [3, 4, 3.5, 1, 6, 2], ["P1", "P1", "P1", "P2", "P3", "P3"]
    )
    assert found.areas == by_hand
    # 9 pairs: Pentixafor loses one (2.5 against 3), DOTATATE one (3 against 3.5).
    assert found.areas.a.auc.area.value == found.areas.b.auc.area.value == 8 / 9


def test_nobody_with_both_values_has_no_area() -> None:
    found = compare_uptake(make(), "pentixafor", "conventional")
    assert (found.lesions, found.without, found.areas.difference.value) == (0, 7, None)
