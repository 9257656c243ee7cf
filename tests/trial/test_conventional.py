"""MRI and CT as one test: one place is named, several are inconclusive, what nobody looked at is never normal."""

from typing import Any

import pytest

from trial.conventional import load_rule, read_conventional
from trial.targets import load_plan


def entries(found: dict[str, str | None]) -> list[dict[str, Any]]:
    return [{"modality": "CT", "region": region, "finding": word} for region, word in found.items()]


@pytest.mark.parametrize(
    ("found", "result", "subtype", "site"),
    [
        ({"pituitary": "normal"}, "negative", None, None),
        ({"pituitary": "lesion"}, "positive", "CD", "pituitary"),
        ({"adrenal_left": "mass", "adrenal_right": "normal"}, "positive", "CPA", "adrenal_left"),
        ({"adrenal_left": "nodules", "adrenal_right": "nodules"}, "positive", "PBMAH", "adrenal_bilateral"),
        ({"lung_left": "lesion"}, "positive", "EAS", "lung"),
        ({"lung_left": "lesion", "lung_right": "lesion"}, "positive", "EAS", "lung"),
        ({"abdomen": "mass"}, "positive", "EAS", "other"),
        ({"pituitary": "lesion", "lung_left": "lesion"}, "inconclusive", None, None),
        ({"lung": "lesion", "pancreas": "lesion"}, "inconclusive", None, None),
        (
            {"pituitary": "normal", "adrenal_left": "hyperplasia", "adrenal_right": "hyperplasia"},
            "negative",
            None,
            None,
        ),
    ],
)
def test_what_one_place_shows_is_named(
    found: dict[str, str | None], result: str, subtype: str | None, site: str | None
) -> None:
    said = read_conventional(entries(found))
    assert (said.done, said.result, said.subtype, said.site) == (True, result, subtype, site)


@pytest.mark.parametrize("found", [{}, {"chest": "normal"}, {"adrenal_left": "normal"}, {"pituitary": None}])
def test_what_nobody_looked_at_is_not_normal(found: dict[str, str | None]) -> None:
    said = read_conventional(entries(found))
    assert (said.done, said.result) == (False, None)
    assert said.missing_reason


def test_an_entry_without_a_region_or_of_pet_says_nothing() -> None:
    pet = {"modality": "PET", "region": "pituitary", "uptake": "positive"}
    assert read_conventional([pet, {"modality": "CT", "finding": "lesion"}]).done is False


def test_the_rule_names_only_subtypes_and_sites_of_the_trial() -> None:
    rule, plan = load_rule(), load_plan()
    names = [
        *rule["names"],
        *({"subtype": rule["elsewhere"]["subtype"], "site": site} for site in rule["elsewhere"]["sites"].values()),
    ]
    assert {name["subtype"] for name in names} <= set(plan.subtypes)
    assert {name["site"] for name in names} <= set(plan.sites)
