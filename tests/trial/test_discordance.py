"""Discordance: no opinion clashes with nobody, the heaviest level counts, certainty scales, order does not matter."""

from itertools import permutations

import pytest

from trial.discordance import Opinion, count_clashes, find_clashes, rank_discordance

LAB = Opinion("laboratory", "CD", certainty=0.9)
MRI = Opinion("MRI and CT", "CD", "pituitary_left")
ADRENAL = Opinion("Pentixafor", "CPA", "adrenal_left")
LUNG = Opinion("DOTATATE", "EAS", "lung")
SILENT = Opinion("DOTATATE")


def test_agreement_and_silence_are_no_clash() -> None:
    assert find_clashes([LAB, MRI, SILENT]) == ()
    assert rank_discordance({"P1": [LAB, MRI], "P2": [SILENT], "P3": []}) == ()


def test_another_acth_class_weighs_more_than_another_place_within_it() -> None:
    (of_class,) = find_clashes([MRI, ADRENAL])
    (of_place,) = find_clashes([MRI, LUNG])
    assert (of_class.level, of_place.level) == ("class", "place")
    assert of_class.weight > of_place.weight
    assert "adrenal" not in of_class.says
    assert "ACTH independent" in of_class.says


def test_a_subtype_within_one_class_and_no_place_is_the_least() -> None:
    (clash,) = find_clashes([Opinion("laboratory", "CD"), Opinion("reference", "EAS", "occult")])
    assert (clash.level, clash.weight) == ("subtype", 1.0)


def test_a_side_is_not_another_place() -> None:
    assert find_clashes([Opinion("a", site="adrenal_left"), Opinion("b", site="adrenal_bilateral")]) == ()


def test_an_unsure_source_counts_for_less() -> None:
    sure, unsure = (find_clashes([Opinion("laboratory", "CD", certainty=c), ADRENAL])[0].weight for c in (1.0, 0.4))
    assert unsure == pytest.approx(0.4 * sure)


def test_the_greatest_discordance_stands_first_with_what_settles_it() -> None:
    ranked = rank_discordance({"P1": [LAB, LUNG], "P2": [LAB, ADRENAL, LUNG]}, {"P2": "IPSS"})
    assert [one.patient_id for one in ranked] == ["P2", "P1"]
    assert ranked[0].settles == "IPSS"
    assert ranked[0].against_reference is False


def test_the_order_of_sources_changes_no_score() -> None:
    scores = {rank_discordance({"P": list(order)})[0].score for order in permutations([LAB, MRI, ADRENAL, LUNG])}
    assert max(scores) == pytest.approx(min(scores))


def test_pairs_are_counted_over_patients() -> None:
    ranked = rank_discordance({"P1": [MRI, ADRENAL], "P2": [MRI, ADRENAL], "P3": [MRI, LUNG]})
    assert count_clashes(ranked) == {("MRI and CT", "Pentixafor"): 2, ("MRI and CT", "DOTATATE"): 1}
