"""Published rules against a cohort: the rule as printed, what is not known left out, one diagnosis alone refused in words."""

import math

import pytest

from trial.transport import RulePatient, compare_rules, compute_rule, load_published_rules

PRODUCT, LYU = load_published_rules()


def patient(number: int, reference: str, acth: float | None, ufc: float | None) -> RulePatient:
    return RulePatient(f"P{number}", reference, {"acth_pmol_l": acth, "ufc_nmol_24h": ufc})


def test_the_product_is_acth_times_ufc_over_ten_thousand() -> None:
    assert compute_rule(PRODUCT, {"acth_pmol_l": 20, "ufc_nmol_24h": 1000}) == pytest.approx(2.0)
    assert compute_rule(PRODUCT, {"acth_pmol_l": 20, "ufc_nmol_24h": None}) is None


def test_the_published_odds_ratios_move_the_way_they_were_printed() -> None:
    base = {"female": 0.0, "hypokalaemia": 0.0, "acth_pg_ml": 100.0, "mri_lesion": 0.0, "hddst_suppressed": 0.0}
    start = compute_rule(LYU, base)
    assert start is not None
    for name, ratio in LYU["odds_ratios"].items():
        moved = compute_rule(LYU, base | {name: base[name] + 1})
        assert moved is not None
        assert math.exp(moved - start) == pytest.approx(ratio)


def test_a_cohort_the_rule_separates_has_an_area_of_one_and_all_right_at_the_printed_cut() -> None:
    cohort = [patient(i, "CD", 10, 1000 + i) for i in range(6)] + [
        patient(i + 9, "EAS", 60, 9000 + i) for i in range(4)
    ]
    card = compare_rules(cohort)[0]
    assert card.here is not None and card.here.area.value == pytest.approx(1)
    assert card.at_printed_cut is not None
    assert (card.at_printed_cut.table.tp, card.at_printed_cut.table.tn) == (6, 4)
    assert card.best_cut_here == pytest.approx(10 * 1005 / 10_000)
    assert card.printed_auc == 0.977


def test_unknown_inputs_are_left_out_and_counted() -> None:
    cohort = [
        patient(1, "CD", 10, 900),
        patient(2, "CD", None, 900),
        patient(3, "EAS", 60, 9000),
        patient(4, "CPA", 1, 900),
    ]
    card = compare_rules(cohort)[0]
    assert (card.usable, card.of) == (2, 3)
    assert "2 of 3" in card.says


def test_one_diagnosis_alone_or_nobody_gives_a_sentence_not_a_number() -> None:
    alone = compare_rules([patient(1, "CD", 10, 900)])[0]
    assert alone.here is None and alone.best_cut_here is None
    assert "needs both diagnoses" in alone.says
    assert "yet" in compare_rules([])[0].says


def test_a_rule_without_a_readable_cut_has_none_here() -> None:
    card = compare_rules([])[1]
    assert card.printed_cut is None and card.at_printed_cut is None
