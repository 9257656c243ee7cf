"""Published rules tried on this cohort: the figures in print beside the figures here, with intervals."""

import streamlit as st

from trial.transport import TransportCard, compare_rules
from views.accuracy_area import take_logit
from views.accuracy_choices import Choices
from views.accuracy_data import Material
from views.accuracy_figure import show_noted
from views.accuracy_rules import load_rule_inputs, make_rule_patients
from views.accuracy_words import say_area, say_proportion
from views.charts_accuracy import Axis, ForestRow, chart_forest
from views.words import UNKNOWN, say_number

AREAS = Axis("Area under the curve", 0, 1, 0.5, per_cent=False)


def show_transport(material: Material, choices: Choices) -> None:
    """A card for every published rule that tells Cushing's disease from ectopic ACTH; target and test do not matter here."""
    st.caption(
        "Rules that tell Cushing's disease from ectopic ACTH by biochemistry and MRI, whatever target and test are chosen "
        "above. A patient with an input that is not known is left out, nothing is filled in."
    )
    cards = compare_rules(make_rule_patients(material.people, material.cases))
    rows = [row for card in cards for row in make_card_rows(card)]
    note = material.note(
        "; ".join(f"{card.title.split(':')[0]}: n = {card.usable} of {card.of}" for card in cards),
        "empirical area, DeLong 95 % on the logit; in print as printed",
        choices,
        "nothing",
    )
    show_noted(
        "accuracy_rules", chart_forest, rows, AREAS, note=note, rows=rows, says="Published rules, in print and here"
    )
    for card in cards:
        show_card(card)
    st.caption("Inputs: " + "; ".join(_say_input(name, one) for name, one in load_rule_inputs().items()) + ".")


def make_card_rows(card: TransportCard) -> list[ForestRow]:
    """Two lines a rule: in print, and here."""
    name = card.title.split(":")[0]
    low, high = card.printed_interval or (None, None)
    printed = (
        f"{card.printed_auc:.3f} {f'[{low}–{high}]' if card.printed_interval else f'(interval {UNKNOWN}: not printed)'}"
    )
    area = take_logit(card.here) if card.here else None
    here = f"{UNKNOWN} (both diagnoses are needed)" if area is None else say_area(area)
    return [
        ForestRow(f"{name}, in print", card.printed_auc, low, high, printed),
        ForestRow(
            f"{name}, here",
            area.value if area else None,
            area.low if area else None,
            area.high if area else None,
            here,
            colour="#0F7B8A",
        ),
    ]


def show_card(card: TransportCard) -> None:
    """What one rule does here, in words."""
    with st.container(border=True):
        st.markdown(f"**{card.title}**  \n{card.says}")
        if card.at_printed_cut is None:
            cut = f"{UNKNOWN} (no cut was printed that could be applied)"
        else:
            se, sp = card.at_printed_cut.sensitivity, card.at_printed_cut.specificity
            cut = f"sensitivity {say_proportion(se)}; specificity {say_proportion(sp)}"
        printed = "" if card.printed_cut is None else f" ({card.printed_cut:g})"
        st.markdown(f"At the printed cut{printed}: {cut}.")
        if card.best_cut_here is not None:
            st.markdown(f"Best cut here: {say_number(card.best_cut_here)} (apparent, found in these same patients).")
        st.caption(f"In print: {card.printed_n}. {card.external}. Source: {card.source} ({card.grade}).")


def _say_input(name: str, block: dict[str, object]) -> str:
    limit = f"< {block['below']}" if "below" in block else f"> {block['above']}"
    return f"{name.replace('_', ' ').replace('hddst', 'HDDST')} {limit} {block['unit']} ({block['source']}; {block['grade']})"
