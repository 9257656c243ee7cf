"""One test against the reference standard: its measures, its table, the patients in each cell, the partly verified."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import streamlit as st

from exchange.palette import tracer_colour
from trial.clustered import ClusteredProportion
from trial.intervals import Proportion
from trial.tabulate import LesionAccuracy, TestAccuracy, assess_lesions, assess_test
from trial.verification import PartialVerification
from views.accuracy_choices import Choices
from views.accuracy_data import Material
from views.accuracy_figure import show_noted
from views.accuracy_people import ask_cell, follow_cell, show_people
from views.accuracy_words import ends, say_ends, say_proportion, say_ratio, say_share
from views.charts_accuracy import (
    CELL,
    HALF_LETTERS,
    HALF_PX,
    RATIOS,
    Cell,
    Footnote,
    ForestRow,
    chart_cells,
    chart_forest,
)
from views.words import UNKNOWN, say_count

WORDS = {"sensitivity": "Sensitivity", "specificity": "Specificity", "ppv": "PPV", "npv": "NPV"}
RATIO_WORDS = {"lr_positive": "LR+", "lr_negative": "LR−", "diagnostic_odds_ratio": "Odds ratio"}
RESULTS = {"positive": "Positive", "inconclusive": "Inconclusive", "negative": "Negative"}
TRUTHS = {
    "present": "Target present",
    "absent": "Target absent",
    "unverified": "No reference",
    "inconclusive": "Reference inconclusive",
    "not_applicable": "Target does not apply",
}
ALWAYS = ("present", "absent", "unverified")
NAMES = {
    ("positive", "present"): "true positive",
    ("positive", "absent"): "false positive",
    ("negative", "present"): "false negative",
    ("negative", "absent"): "true negative",
}
WILSON = "thick: Wilson 95 %, thin: Clopper–Pearson 95 %"
NO_NPV = "it depends on how many places are looked at, not on the test"


def show_one_test(material: Material, choices: Choices) -> None:
    """The part of the page about one test, per patient or per lesion."""
    if choices.unit == "lesion":
        show_lesions(material, choices)
        return
    found = assess_test(material.people, choices.test.code, choices.target, choices.choice)
    if not found.n_read:
        st.info(f"Nobody among these patients has a read of {choices.test.name} ({choices.counted}).")
        return
    note = material.note(f"n = {found.n_verified} with a reference of {found.n_read} read", WILSON, choices)
    says = f"{choices.test.name}: sensitivity {say_proportion(found.accuracy.sensitivity)}"
    st.caption(f"{choices.target.says[:1].upper()}{choices.target.says[1:]}.")
    rows = make_forest(found.accuracy.proportions, tracer_colour(choices.test.tracer))
    show_noted("accuracy_forest", chart_forest, rows, note=note, rows=rows, says=says)
    show_cells(found, material, choices)
    show_ratios(found, material, choices)
    show_verification(found.verification, material, choices)


def show_ratios(found: TestAccuracy, material: Material, choices: Choices) -> None:
    """Likelihood ratios and the odds ratio, and how a cell of 0 was dealt with."""
    st.subheader("Likelihood ratios", anchor=False)
    rows = make_ratio_forest(found)
    note = material.note(f"n = {found.accuracy.table.total}", "log method (Simel 1991; Woolf 1955), 95 %", choices)
    show_noted("accuracy_ratios", chart_forest, rows, RATIOS, note=note, rows=rows, says="Likelihood ratios")
    for line in sorted({one.says for one in found.accuracy.ratios.values() if one.value is not None and one.says}):
        st.caption(f"{line[:1].upper()}{line[1:]}.")


def show_cells(found: TestAccuracy, material: Material, choices: Choices) -> None:
    """The table of results and truths; a click on a cell lists its patients."""
    st.subheader("Result against reference", anchor=False)
    cells = make_cells(found)
    names = {cell.code: f"{cell.row}, {cell.column.lower()} ({cell.count})" for cell in cells}
    note = material.note(f"n = {found.n_read} read", "counts", choices)
    chosen = show_table("accuracy_cell", cells, names, note, choices, says="Patients by result and reference")
    if chosen:
        result, truth = chosen.split("-")
        patients = found.patients[result, truth]
        show_people(names[chosen].rsplit(" (", 1)[0], patients, material, choices.test.code, "accuracy_cell_people")


def show_table(
    name: str, cells: Sequence[Cell], names: Mapping[str, str], note: Footnote, choices: Choices, *, says: str
) -> str | None:
    """A table of results and truths beside its choice; the code of the cell that was clicked or chosen."""
    with st.container(width=HALF_PX):
        chosen = ask_cell("Patients of a cell", names, name)
        key = f"{name}s_{chosen}"
        show_noted(
            f"{name}s", chart_cells, cells, chosen, tracer_colour(choices.test.tracer), note=note, rows=cells,
            letters=HALF_LETTERS, says=says, key=key, selection=CELL, react=follow_cell(key, name, list(names)),
        )  # fmt: skip
    return chosen


def make_cells(found: TestAccuracy) -> list[Cell]:
    """Three results against every truth that occurs; present, absent and no reference always."""
    used = [truth for truth in TRUTHS if truth in ALWAYS or any(found.patients[result, truth] for result in RESULTS)]
    return [
        Cell(
            row, TRUTHS[truth], f"{result}-{truth}", len(found.patients[result, truth]), NAMES.get((result, truth), "")
        )
        for result, row in RESULTS.items()
        for truth in used
    ]


def make_forest(shares: Mapping[str, Proportion], colour: str) -> list[ForestRow]:
    """Sensitivity, specificity and predictive values with Wilson and exact intervals."""
    return [
        ForestRow(
            WORDS[name], share.estimate, *ends(share.wilson), say_proportion(share), *ends(share.exact), colour=colour
        )
        for name, share in shares.items()
    ]


def make_ratio_forest(found: TestAccuracy) -> list[ForestRow]:
    return [
        ForestRow(RATIO_WORDS[name], ratio.value, ratio.low, ratio.high, say_ratio(ratio))
        for name, ratio in found.accuracy.ratios.items()
    ]


def show_verification(found: PartialVerification, material: Material, choices: Choices) -> None:
    """What the patients without a reference diagnosis could do to the result."""
    st.subheader("Partly verified", anchor=False)
    unverified = found.positive.unverified + found.negative.unverified
    rows = list(make_verification(found))
    note = material.note(
        f"n = {found.positive.total + found.negative.total} with a conclusive read, {unverified} of them not verified",
        "Begg and Greenes 1983, logit interval (Zhou 1994); bounds assume nothing",
        choices,
    )
    show_noted("accuracy_verification", chart_forest, rows, note=note, rows=rows, says="Corrected for verification")
    st.caption(
        "Begg–Greenes takes who was verified to depend on the test's result alone. Bounds: the worst and the best that any "
        "truth about the others could make of it. Inconclusive reads are left out here."
    )


def make_verification(found: PartialVerification) -> Iterator[ForestRow]:
    """Verified only, corrected, and the bounds, for sensitivity and specificity."""
    parts = (
        ("Sensitivity", found.complete_case_sensitivity, found.sensitivity, found.sensitivity_bounds),
        ("Specificity", found.complete_case_specificity, found.specificity, found.specificity_bounds),
    )
    for name, complete, corrected, bounds in parts:
        said = UNKNOWN if complete is None else f"{100 * complete:.0f} %"
        yield ForestRow(f"{name}, verified only", complete, None, None, said)
        yield ForestRow(f"{name}, corrected", corrected.value, corrected.low, corrected.high, say_share(corrected))
        yield ForestRow(f"{name}, bounds", None, None, None, say_ends(bounds.low, bounds.high), bounds.low, bounds.high)


def show_lesions(material: Material, choices: Choices) -> None:
    """The same per lesion, the patient as the unit that was sampled."""
    found = assess_lesions(material.people, choices.test.code, choices.choice)
    if not found.lesions:
        st.info(f"No place was reported by {choices.test.name} in these patients.")
        return
    st.caption(
        "A lesion is a place the report looks at; the target is a lesion there by the reference diagnosis, whatever is chosen "
        f"above. {say_count(found.unverified, 'place')} without a reference and, as chosen, {found.inconclusive} equivocal "
        "ones; the reports' own words count, not the readers'."
    )
    rows = make_lesion_forest(found, tracer_colour(choices.test.tracer))
    note = material.note(
        f"n = {found.lesions} places in {say_count(found.patients, 'patient')}, {found.unverified} without a reference",
        found.sensitivity.estimate.method,
        choices,
    )
    show_noted("accuracy_lesions", chart_forest, rows, note=note, rows=rows, says="Accuracy per lesion")
    show_lesion_cells(material, choices)


def make_lesion_forest(found: LesionAccuracy, colour: str) -> list[ForestRow]:
    """Shares of lesions; the design effect stands beside each."""
    shares = (("Sensitivity", found.sensitivity), ("Specificity", found.specificity), ("PPV", found.ppv))
    rows = [
        ForestRow(name, one.estimate.value, one.estimate.low, one.estimate.high, say_lesions(one), colour=colour)
        for name, one in shares
    ]
    return [*rows, ForestRow("NPV", None, None, None, f"{UNKNOWN} ({NO_NPV})")]


def say_lesions(share: ClusteredProportion) -> str:
    """ "84/99 in 92 patients · 85 % [76–91] · design effect 1.01", or a dash and why."""
    if share.estimate.value is None:
        return say_share(share.estimate)
    effect = UNKNOWN if share.design_effect is None else f"{share.design_effect:.2f}"
    counted = f"{share.x}/{share.n} in {say_count(share.patients, 'patient')}"
    return f"{counted} · {say_share(share.estimate)} · design effect {effect}"


def show_lesion_cells(material: Material, choices: Choices) -> None:
    """Places by what the test said and the reference; a cell lists the patients they are in."""
    test, counts, patients = choices.test.code, Counter[tuple[str, str]](), dict[tuple[str, str], dict[str, None]]()
    for person in (one for one in material.people if one.eligible):
        for lesion in person.lesions:
            if test in lesion.results:
                cell = (lesion.results[test], lesion.reference or "unverified")
                counts[cell] += 1
                patients.setdefault(cell, {})[person.patient_id] = None
    columns = {"present": "Lesion there", "absent": "No lesion there", "unverified": "No reference"}
    cells = [
        Cell(row, column, f"{result}-{truth}", counts[result, truth], NAMES.get((result, truth), ""))
        for result, row in RESULTS.items()
        for truth, column in columns.items()
    ]
    names = {cell.code: f"{cell.row}, {cell.column.lower()}: {say_count(cell.count, 'place')}" for cell in cells}
    note = material.note(f"n = {sum(counts.values())} places", "counts", choices)
    chosen = show_table("accuracy_lesion_cell", cells, names, note, choices, says="Places by result and reference")
    if chosen:
        result, truth = chosen.split("-")
        show_people(names[chosen], tuple(patients.get((result, truth), ())), material, test, "accuracy_lesion_people")
