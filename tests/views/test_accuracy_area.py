"""The area in words: DeLong per patient, patients as clusters per lesion with the design effect printed."""

from tests.trial.test_uptake_pairs import make as make_people
from trial.clustered_roc import estimate_clustered_auc
from trial.roc import estimate_auc
from trial.threshold import Score
from trial.uptake_pairs import compare_uptake
from views.accuracy_area import TURNED, assess_area, say_uptake_pair, take_logit
from views.accuracy_scores import Scored
from views.accuracy_words import say_area

VALUES = [(8.0, True), (7.5, True), (3.0, True), (6.0, False), (2.0, False), (2.2, False), (1.0, False), (5.0, True)]
OWNERS = ("P1", "P1", "P2", "P2", "P3", "P3", "P4", "P4")


def make(sign: int = 1) -> Scored:
    scores = tuple(Score(f"{n}", sign * value, truth) for n, (value, truth) in enumerate(VALUES))
    return Scored(scores, (None,) * len(scores), OWNERS, (), sign, 4)


def test_per_patient_the_interval_is_delongs() -> None:
    area = assess_area(make(), per_lesion=False)
    found = estimate_auc(make().truths, [value for value, _ in VALUES])
    assert (area.estimate.value, area.estimate.interval) == (found.area.value, found.on_logit)
    assert (area.method, area.says) == ("empirical, DeLong 95 % on the logit", ())


def test_per_lesion_the_interval_counts_patients_and_prints_the_design_effect() -> None:
    area = assess_area(make(), per_lesion=True)
    found = estimate_clustered_auc(make().truths, [value for value, _ in VALUES], OWNERS)
    plain = take_logit(estimate_auc(make().truths, [value for value, _ in VALUES]))
    assert area.estimate == take_logit(found.auc) != plain
    assert "Obuchowski" in area.method
    (says,) = area.says
    assert says.startswith("8 places in 4 patients")
    assert f"design effect {found.design_effect:.2f}" in says and say_area(plain) in says


def test_an_area_below_one_half_is_never_turned() -> None:
    assert assess_area(make(-1), per_lesion=False).says == (TURNED,)


def test_an_area_that_cannot_be_told_says_why_once() -> None:
    scored = Scored((Score("1", 3.0, True),), (None,), ("P1",), (), 1, 1)
    area = assess_area(scored, per_lesion=True)
    assert area.estimate.value is None and "with and without" in area.estimate.says and area.says == ()


def test_two_tracers_numbers_are_compared_in_one_sentence() -> None:
    names = {"pentixafor": "Pentixafor", "dotatate": "DOTATATE", "conventional": "MRI and CT"}
    says = say_uptake_pair(compare_uptake(make_people(), "pentixafor", "dotatate"), names)
    assert "in 6 places measured on both scans" in says and "3 patients; 1 more on one scan only" in says
    assert "area Pentixafor 0.89" in says and "difference +0.00 [−" in says
    nobody = say_uptake_pair(compare_uptake(make_people(), "pentixafor", "conventional"), names)
    assert "areas — (the curve needs" in nobody
