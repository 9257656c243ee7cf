"""The registry's criteria: one failed is enough, unknown stays pending, five half-lives are counted from the earlier tracer."""

from datetime import UTC, datetime, timedelta

import pytest

from trial.screening import (
    Answer,
    answer_age,
    assess_eligibility,
    assess_waiting,
    count_reasons,
    find_age_band,
    find_consent_type,
    list_nuclides,
    list_reasons,
    load_criteria,
)

GIVEN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def all_met(**changed: Answer | None) -> dict[str, Answer | None]:
    met: dict[str, Answer | None] = {c.code: "yes" if c.kind == "inclusion" else "no" for c in load_criteria()}
    return met | changed


def test_everything_met_is_eligible() -> None:
    assert assess_eligibility(all_met()).decision == "eligible"
    assert assess_eligibility(all_met(pregnant_or_breastfeeding="not_applicable")).decision == "eligible"


@pytest.mark.parametrize("criterion", load_criteria(), ids=lambda criterion: criterion.code)
def test_one_failed_criterion_is_enough_and_is_named(criterion: object) -> None:
    code = criterion.code  # type: ignore[attr-defined]
    wrong: Answer = "no" if criterion.kind == "inclusion" else "yes"  # type: ignore[attr-defined]
    found = assess_eligibility(all_met(**{code: wrong}))
    assert (found.decision, found.failed) == ("not_eligible", (code,))
    assert list_reasons()[code] in found.says


def test_unknown_is_pending_never_no() -> None:
    found = assess_eligibility(all_met(unstable=None))
    assert (found.decision, found.unknown) == ("pending", ("unstable",))
    assert "Unstable" in found.says
    assert assess_eligibility({}).decision == "pending"


def test_a_failed_criterion_decides_though_others_are_unknown() -> None:
    assert assess_eligibility({"consent": "no"}).decision == "not_eligible"


def test_a_criterion_the_registry_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no criterion"):
        assess_eligibility({"hair_colour": "yes"})


@pytest.mark.parametrize(("age", "answer"), [(9.9, "no"), (10, "yes"), (80, "yes"), (80.1, "no"), (None, None)])
def test_the_age_range_includes_both_ends(age: float | None, answer: Answer | None) -> None:
    assert answer_age(age) == answer


def test_five_half_lives_of_gallium_are_five_hours_and_38_minutes() -> None:
    early = assess_waiting("68Ga", GIVEN, GIVEN + timedelta(hours=5, minutes=37))
    late = assess_waiting("68Ga", GIVEN, GIVEN + timedelta(hours=5, minutes=39))
    assert (early.is_over, late.is_over) == (False, True)
    assert late.hours_needed == pytest.approx(5 * 67.63 / 60, abs=0.01)


def test_lutetium_needs_a_month_and_unknown_nuclides_are_refused() -> None:
    assert assess_waiting("177Lu", GIVEN, GIVEN + timedelta(days=30)).is_over is False
    assert assess_waiting("177Lu", GIVEN, GIVEN + timedelta(days=34)).is_over is True
    with pytest.raises(ValueError, match="68Ga"):
        assess_waiting("68Gallium?", GIVEN, GIVEN)
    with pytest.raises(ValueError, match="after the planned scan"):
        assess_waiting("18F", GIVEN, GIVEN - timedelta(hours=1))
    assert len(set(list_nuclides())) == len(list_nuclides())


def test_minors_need_guardian_and_assent() -> None:
    assert "guardian" in str(find_consent_type(17.9))
    assert find_consent_type(18) == "own consent"
    assert find_consent_type(None) is None


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (9, "under 10"),
        (10, "10–17"),
        (17.9, "10–17"),
        (18, "18–29"),
        (49, "40–49"),
        (79, "70–80"),
        (80, "70–80"),
        (81, "over 80"),
    ],
)
def test_every_age_has_one_band(age: float, band: str) -> None:
    assert find_age_band(age) == band


def test_reasons_are_counted_of_everybody_screened() -> None:
    counted = count_reasons(["consent", "consent", None, "age"], screened=40)
    assert [(row.code, row.people, row.of) for row in counted][0] == ("consent", 2, 40)
    assert sum(row.people for row in counted) == 4
    assert count_reasons([], 0) == ()
