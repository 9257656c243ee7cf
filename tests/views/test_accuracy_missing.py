"""What is missing, in the figure of differences and in sentences that say what each answer assumes."""

import pytest

from tests.trial.people import person
from tests.trial.test_paired_weights import PARTLY, TARGET, TESTS, make
from trial.head_to_head import compare_tests
from trial.participant import Participant
from trial.targets import load_plan
from views.accuracy_missing import add_missing_rows, assess_missing, say_missing
from views.accuracy_pairs import NAMES, make_difference_rows

COMPARISON = next(one for one in load_plan().comparisons if (one.test_1, one.test_2) == TESTS)


def assess(people: list[Participant]) -> tuple[list[str], dict[str, str], tuple[str, ...]]:
    rows = make_difference_rows(compare_tests(people, *TESTS, TARGET))
    missing = assess_missing(people, COMPARISON, TARGET, "excluding")
    every = add_missing_rows(rows, missing)
    return (
        [row.name for row in every],
        {row.name: row.figures for row in every},
        say_missing(missing, COMPARISON, NAMES),
    )


def test_each_difference_has_its_weighted_value_and_its_bounds_below() -> None:
    names, figures, says = assess(PARTLY)
    assert names == [
        f"{one}{more}" for one in ("Sensitivity", "Specificity") for more in ("", ", weighted", ", any truth")
    ]
    assert figures["Sensitivity"].startswith("−12 [") and figures["Sensitivity, weighted"].startswith("+10 [")
    # 80 with the target; the pairs' differences add to 4 - 1 + 1 - 8, and 32 found, 16 missed by Pentixafor lack DOTATATE.
    assert figures["Sensitivity, any truth"] == f"{100 * (-4 - 16) / 80:.0f} to +{100 * (-4 + 32) / 80:.0f}".replace(
        "-", "−"
    )
    assert "57 pairs stand for 105 read by Pentixafor" in says[0]
    assert (
        "same side of the target and ectopic ACTH or not" in says[0]
        and "nothing to do with what it would show" in says[0]
    )
    assert says[-1].startswith(
        "**Any truth** assumes nothing: of 105 patients it may apply to, 0 lack Pentixafor, 48 DOTATATE, 0"
    )


def test_a_refused_one_is_a_dash_with_its_reason_below() -> None:
    people = make(("CD", "CD", "CD", 9), ("CD", "negative", None, 7), ("CPA", "negative", "negative", 9))
    _, figures, says = assess(people)
    assert figures["Sensitivity, weighted"] == "— not told, see below"
    assert "nobody of 7 had DOTATATE" in says[1] and says[1].startswith("Weighted sensitivity is not told")
    assert len(says) == 3


@pytest.mark.parametrize("people", [[], [person("P1", None, pentixafor=None, dotatate=None)]])
def test_nobody_is_a_dash(people: list[Participant]) -> None:
    _, figures, _ = assess(people)
    assert figures["Sensitivity, weighted"].startswith("—")
    assert figures["Sensitivity, any truth"] == ("−100 to +100" if people else "—")
