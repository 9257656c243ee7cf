"""Head to head: the registry's two comparisons, only in those who had both tests, and what each test adds."""

import streamlit as st

from exchange.palette import OTHER, tracer_colour
from trial.head_to_head import (
    Contribution,
    HeadToHead,
    LesionHeadToHead,
    Localisation,
    compare_lesions,
    compare_localisation,
    compare_tests,
    compute_contribution,
)
from trial.intervals import Proportion, estimate_proportion
from trial.paired import PairedDifference
from trial.targets import Comparison, load_plan
from trial.uptake_pairs import compare_uptake
from views.accuracy_area import say_uptake_pair
from views.accuracy_choices import Choices
from views.accuracy_data import Material
from views.accuracy_every_target import show_every_target
from views.accuracy_figure import show_noted
from views.accuracy_forest import say_lesions
from views.accuracy_missing import add_missing_rows, assess_missing, say_missing
from views.accuracy_people import ask_cell, follow_cell, show_people
from views.accuracy_words import (
    ends,
    name_tests,
    say_chi2,
    say_observed,
    say_p,
    say_paired,
    say_points,
    say_proportion,
    say_ratio,
    say_reasons,
)
from views.charts_accuracy import DIFFERENCES, ForestRow, chart_forest
from views.charts_accuracy_pairs import COMBINATION, chart_upset, code_combination, name_combination
from views.words import UNKNOWN

NAMES = name_tests(load_plan().tests)
METHODS = (
    "test 1 minus test 2, 95 %; thick: Tango, thin: Newcombe method 10; weighted: Bayesian bootstrap; any truth: bounds"
)
TRACERS = {test.code for test in load_plan().tests if test.tracer}
COLOURS = {test.code: tracer_colour(test.tracer) if test.tracer else OTHER for test in load_plan().tests}


def show_pairs(material: Material, choices: Choices) -> None:
    """Both comparisons for the chosen target, then who found what, then every target in one table."""
    comparisons = load_plan().comparisons
    said = st.segmented_control(
        "Comparison",
        [one.test_2 for one in comparisons],
        default=comparisons[0].test_2,
        required=True,
        format_func=lambda code: f"{NAMES[comparisons[0].test_1]} against {NAMES[code]}",
        key="accuracy_against",
        bind="query-params",
        label_visibility="collapsed",
    )
    comparison = next(one for one in comparisons if one.test_2 == (said or comparisons[0].test_2))
    if choices.unit == "lesion":
        _show_lesions(material, choices, comparison)
    else:
        _show_patients(material, choices, comparison)
    _show_upset(material, choices)
    show_every_target(material, choices, comparison)


def _show_patients(material: Material, choices: Choices, comparison: Comparison) -> None:
    pair = compare_tests(material.people, comparison.test_1, comparison.test_2, choices.target, choices.choice)
    st.markdown(say_paired(pair, NAMES, choices.target))
    st.caption(f"{comparison.says[:1].upper()}{comparison.says[1:]}.")
    rows = make_pair_rows(pair)
    n = f"n = {pair.paired} paired of {pair.total}"
    note = material.note(n, "thick: Wilson 95 %, thin: Clopper–Pearson 95 %", choices)
    show_noted(
        "accuracy_paired",
        chart_forest,
        rows,
        note=note,
        rows=rows,
        says=f"{NAMES[pair.test_1]} and {NAMES[pair.test_2]}",
    )
    missing = assess_missing(material.people, comparison, choices.target, choices.choice)
    differences = add_missing_rows(make_difference_rows(pair), missing)
    said = material.note(n, METHODS, choices)
    show_noted(
        "accuracy_differences", chart_forest, differences, DIFFERENCES, note=said, rows=differences,
        says="Paired differences",
    )  # fmt: skip
    for sentence in say_missing(missing, comparison, NAMES):
        st.caption(sentence)
    _say_tests(pair)
    _show_discordant(pair, material)
    _show_localisation(compare_localisation(material.people, comparison.test_1, comparison.test_2))


def make_pair_rows(pair: HeadToHead) -> list[ForestRow]:
    """Sensitivity and specificity of both tests in the same patients."""
    rows = []
    for name, table, inverted in (
        ("Sensitivity", pair.accuracy.diseased, False),
        ("Specificity", pair.accuracy.healthy, True),
    ):
        counted = table.inverted() if inverted else table
        for test, right in ((pair.test_1, counted.positive_1), (pair.test_2, counted.positive_2)):
            share: Proportion = estimate_proportion(right, counted.total)
            rows.append(
                ForestRow(
                    f"{name}, {NAMES[test]}",
                    share.estimate,
                    *ends(share.wilson),
                    say_proportion(share),
                    *ends(share.exact),
                    colour=COLOURS[test],
                )  # fmt: skip
            )
    return rows


def make_difference_rows(pair: HeadToHead) -> list[ForestRow]:
    """The paired differences with Tango's and Newcombe's interval."""
    return [
        ForestRow(
            name,
            one.difference.value,
            one.difference.low,
            one.difference.high,
            say_difference(one),
            one.newcombe.low,
            one.newcombe.high,
        )  # fmt: skip
        for name, one in (("Sensitivity", pair.accuracy.sensitivity), ("Specificity", pair.accuracy.specificity))
    ]


def say_difference(one: PairedDifference) -> str:
    """The difference with both intervals and the exact McNemar p of its discordant pairs."""
    if one.n == 0:
        return say_points(one.difference)
    discordant = f"{one.mcnemar.b} against {one.mcnemar.c} discordant, {say_p(one.mcnemar.p_exact)}"
    return f"{say_points(one.difference)}; {discordant}"


def _say_tests(pair: HeadToHead) -> None:
    """Relative predictive values and the weighted generalised score."""
    lines = [f"**Predictive values** ({NAMES[pair.test_2]} / {NAMES[pair.test_1]})"]
    values = (
        ("PPV", pair.predictive_values.ppv, pair.scores.ppv),
        ("NPV", pair.predictive_values.npv, pair.scores.npv),
    )
    for name, relative, score in values:
        both = f"{say_observed(relative.test_1)} and {say_observed(relative.test_2)}"
        lines.append(f"{name} {both}; ratio {say_ratio(relative.ratio)}, {say_p(relative.p, relative.ratio.says)}")
        says = f" ({score.says})" if score.says else ""
        lines.append(f"weighted generalised score χ² {say_chi2(score.chi2)}, {say_p(score.p)}{says}")
    st.markdown("  \n".join(lines))
    st.caption(
        "Ratio: Moskowitz and Pepe 2006; score: Kosinski 2013. McNemar exact in those with and in those without the target, "
        "never pooled; not adjusted for several targets."
    )


def _show_discordant(pair: HeadToHead, material: Material) -> None:
    for results, patients in pair.discordant.items():
        winner = pair.test_1 if results[0] == "positive" else pair.test_2
        show_people(f"Positive by {NAMES[winner]} only", patients, material, pair.test_1, f"accuracy_only_{winner}")


def _show_localisation(found: Localisation) -> None:
    right = found.right
    st.markdown(
        f"**The very site**, whatever target is chosen: {found.paired} paired of {found.total}. "
        f"{NAMES[found.test_1]} named it in {say_observed(right.test_1)}, {NAMES[found.test_2]} in "
        f"{say_observed(right.test_2)}; difference {say_difference(right)}. Missing: {say_reasons(found.missing)}."
    )


def _show_lesions(material: Material, choices: Choices, comparison: Comparison) -> None:
    found = compare_lesions(material.people, comparison.test_1, comparison.test_2, choices.choice)
    st.markdown(
        f"**{NAMES[found.test_1]} against {NAMES[found.test_2]}**, per lesion: {found.lesions} places with a result of both "
        f"and a reference, in {found.patients} patients. The target chosen above does not matter here."
    )
    rows = make_lesion_pair_rows(found)
    note = material.note(
        f"n = {found.lesions} places in {found.patients} patients", found.found_1.estimate.method, choices
    )
    show_noted("accuracy_lesion_pairs", chart_forest, rows, note=note, rows=rows, says="Two tests per lesion")
    for name, test in (
        ("Found where there is one", found.difference),
        ("Clear where there is none", found.cleared_difference),
    ):
        says = f" ({test.says})" if test.says else ""
        st.markdown(
            f"{name}: χ² Obuchowski {say_chi2(test.obuchowski)}, Durkalski {say_chi2(test.durkalski)}, Yang "
            f"{say_chi2(test.yang)}, Eliasziw–Donner {say_chi2(test.eliasziw)}; McNemar without clustering "
            f"{say_chi2(test.mcnemar)} (for comparison only), {test.pairs} places in {test.patients} patients{says}."
        )
    if {comparison.test_1, comparison.test_2} <= TRACERS:
        st.markdown(say_uptake_pair(compare_uptake(material.people, comparison.test_1, comparison.test_2), NAMES))


def make_lesion_pair_rows(found: LesionHeadToHead) -> list[ForestRow]:
    """The shares of lesions found and of empty places called clear, by test."""
    parts = (
        (f"Sensitivity, {NAMES[found.test_1]}", found.found_1, found.test_1),
        (f"Sensitivity, {NAMES[found.test_2]}", found.found_2, found.test_2),
        (f"Specificity, {NAMES[found.test_1]}", found.cleared_1, found.test_1),
        (f"Specificity, {NAMES[found.test_2]}", found.cleared_2, found.test_2),
    )
    return [
        ForestRow(name, one.estimate.value, one.estimate.low, one.estimate.high, say_lesions(one), colour=COLOURS[test])
        for name, one, test in parts
    ]


def _show_upset(material: Material, choices: Choices) -> None:
    """Found by which combination of tests, among those with the target; a click lists them."""
    st.subheader("What each test adds", anchor=False)
    without = st.toggle("Without DOTATATE, so that more patients count", key="accuracy_two_tests", bind="query-params")
    tests = [code for code in NAMES if not (without and code == "dotatate")]
    found = compute_contribution(material.people, tests, choices.target)
    st.markdown(
        f"{found.complete} of {found.total} patients with the target have a read of every test. "
        f"Missing: {say_reasons(found.missing)}. An inconclusive read found nothing."
    )
    if found.complete:
        _draw_upset(material, choices, found)
    else:
        st.caption(f"Who found what is {UNKNOWN}: nobody with the target has a read of every test.")


def _draw_upset(material: Material, choices: Choices, found: Contribution) -> None:
    names = {code: NAMES[code] for code in found.tests}
    called = {code_combination(one.tests): name_combination(one.tests, names) for one in found.combinations}
    patients = {code_combination(one.tests): one.patients for one in found.combinations}
    chosen = ask_cell("Patients found by", called, "accuracy_found_by")
    key = f"accuracy_upset_{chosen}_{'_'.join(found.tests)}"
    rows = [{"found by": called[code], "patients": len(ids)} for code, ids in patients.items()]
    show_noted(
        "accuracy_found_by", chart_upset, found, names, COLOURS, rows=rows, says="Who found what", key=key,
        note=material.note(f"n = {found.complete} of {found.total} with the target", "patients by combination", choices),
        selection=COMBINATION, react=follow_cell(key, "accuracy_found_by", tuple(called), COMBINATION),
    )  # fmt: skip
    if chosen in patients:
        show_people(called[chosen], patients[chosen], material, found.tests[0], "accuracy_upset_people")
