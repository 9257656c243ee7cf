"""What is believed before any test: by age and pregnancy, or for the kind of patient the reader names."""

import pytest

from decision.assessment import Assessment, read_assessment
from decision.batch import assess_many, list_subtypes
from decision.case import Case, read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.flips import list_flips
from decision.setting import find_setting, load_settings
from decision.steps import trace_case

CHOICES = [setting.id for setting in load_settings() if setting.by_choice]


def _case(**fields: object) -> Case:
    return read_case({"case_id": "P1", **fields})


def _share(assessment: Assessment, subtype: str) -> float:
    return next(item.probability for item in assessment.subtypes if item.subtype == subtype)


def test_every_starting_point_adds_up_and_knows_its_place() -> None:
    for setting in load_settings():
        assert set(setting.shares) == set(load_knowledge().phenotypes), setting.id
        assert sum(setting.shares.values()) == pytest.approx(1, abs=0.011), setting.id
        assert setting.place in ("china", "west")


def test_only_one_is_the_usual_one_and_nothing_chosen_means_that_one() -> None:
    assert [setting.id for setting in load_settings() if setting.is_usual] == ["referred_adult"]
    assert find_setting(_case(age_years=40), load_settings()).id == "referred_adult"


def test_no_choice_holds_unless_it_is_named() -> None:
    assert CHOICES
    for age in (None, 5, 12, 40, 80):
        assert not find_setting(_case(age_years=age), load_settings()).by_choice


@pytest.mark.parametrize("chosen", CHOICES)
def test_a_named_starting_point_takes_the_place_of_the_usual_one_only(chosen: str) -> None:
    assert find_setting(_case(age_years=40), load_settings(), chosen).id == chosen
    assert find_setting(_case(age_years=12), load_settings(), chosen).id == "child"
    assert find_setting(_case(age_years=30, context=["pregnancy"]), load_settings(), chosen).id == "pregnancy"


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="incidentaloma"):
        find_setting(_case(), load_settings(), "incidentalom")


def test_nine_in_a_hundred_suspected_patients_have_the_syndrome() -> None:
    answer = assess_case(_case(), setting="suspected")
    assert answer.groups["cushing"] == pytest.approx(0.092, abs=0.002)


def test_ectopic_acth_is_more_frequent_in_western_sweden_than_in_the_usual_mixture() -> None:
    proven, west = assess_case(_case(), setting="proven"), assess_case(_case(), setting="population_west")
    assert _share(west, "EAS") / _share(west, "CD") == pytest.approx(26 / 48, abs=0.005)
    assert _share(west, "EAS") > 2 * _share(proven, "EAS")


def test_half_of_incidentalomas_make_no_hormone() -> None:
    answer = assess_case(_case(), setting="incidentaloma")
    assert _share(answer, "NONE") == pytest.approx(0.475, abs=0.01)
    assert _share(answer, "MACS") == pytest.approx(0.43, abs=0.01)


def test_the_assessment_names_what_it_starts_from() -> None:
    child, pregnant = assess_case(_case(age_years=12)), assess_case(_case(age_years=30, context=["pregnancy"]))
    assert "age 7 to 17" in child.prior.says
    assert "pregnancy" in pregnant.prior.says
    assert child.prior.grade == "expert"
    assert read_assessment(child.to_json()).prior == child.prior


def test_the_same_starting_point_holds_for_batches_steps_and_changes() -> None:
    case = _case(age_years=50, sex="female", results=[{"test": "lddst_2day_cortisol", "value": 60, "unit": "nmol/L"}])
    alone = {item.subtype: item.probability for item in assess_case(case, setting="incidentaloma").subtypes}
    ((_, rows),) = list(assess_many([case], setting="incidentaloma"))
    last = trace_case(case, setting="incidentaloma")[-1].probabilities
    for number, subtype in enumerate(list_subtypes()):
        assert rows[0][number] == pytest.approx(alone[subtype], abs=1e-12)
        assert last[subtype] == pytest.approx(alone[subtype], abs=1e-12)
    flips = list_flips(case, setting="incidentaloma")
    assert flips
    assert [flip.before for flip in flips] == pytest.approx([alone[flip.leader] for flip in flips])


def test_ectopic_sites_are_those_usual_in_the_place_of_the_starting_point() -> None:
    """Pancreas 5 % of sources at Peking Union, 17 % in western series."""

    def pancreas(setting: str) -> float:
        answer = assess_case(_case(age_years=50), setting=setting)
        site = next(item.probability for item in answer.sites if item.site == "pancreas")
        return site / _share(answer, "EAS")

    assert pancreas("proven") == pytest.approx(0.048, abs=0.005)
    assert pancreas("population_west") == pytest.approx(0.17, abs=0.01)
