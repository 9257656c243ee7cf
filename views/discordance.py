"""Sources that disagree: patients ranked by how much, each with what would settle it."""

import pandas as pd
import streamlit as st

from trial.discordance import Discordance, count_clashes, load_discordance_rule, rank_discordance
from views import data
from views.frame import open_review
from views.opinions import list_opinions, name_settling
from views.subtype_choice import Subtypes, keep_chosen
from views.words import UNKNOWN, say_count

SHOWN = 40
ROW_PX = 35


def show_discordance(chosen: Subtypes = ()) -> None:
    """The table of patients, the greatest disagreement first; a line opens the review."""
    ranked = _rank(chosen)
    st.subheader(f"Sources that disagree ({len(ranked)})", anchor=False)
    if not ranked:
        st.caption("Laboratory, MRI and CT, tracers and reference diagnosis agree wherever they say something.")
        return
    st.caption(
        "The laboratory by the engine without images, MRI and CT by a plain rule from the findings, tracers by what all readers "
        f"agree on. {_say_weights()} " + _say_pairs(ranked)
    )
    event = st.dataframe(
        make_discordance_table(ranked[:SHOWN]),
        hide_index=True,
        height=min(len(ranked) + 1, 11) * ROW_PX + 3,
        on_select="rerun",
        selection_mode="single-cell",
        key="discordance",
        column_config={
            "ID": st.column_config.TextColumn(width=48),
            "Score": st.column_config.NumberColumn(format="%.1f", width=54, help="The more, the heavier they disagree"),
            "Disagree": st.column_config.TextColumn(width=376),
            "More": st.column_config.NumberColumn(width=50, help="How many further disagreements this patient has"),
            "Would settle it": st.column_config.TextColumn(width=138),
            "Reference": st.column_config.TextColumn(
                width=72, help="Whether the reference diagnosis is one of those disagreeing"
            ),
        },
        alt="Patients whose sources disagree",
    )
    if event.selection.cells:
        open_review(ranked[event.selection.cells[0][0]].patient_id)


def make_discordance_table(ranked: tuple[Discordance, ...]) -> pd.DataFrame:
    """One line a patient: the score, the heaviest clash in words, how many more, what would settle it."""
    return pd.DataFrame(
        [
            {
                "ID": one.patient_id,
                "Score": one.score,
                "Disagree": one.clashes[0].says,
                "More": len(one.clashes) - 1,
                "Would settle it": one.settles or UNKNOWN,
                "Reference": "yes" if one.against_reference else "no",
            }
            for one in ranked
        ]
    )


def _say_weights() -> str:
    names = {"class": "another ACTH class", "place": "another place", "subtype": "another subtype"}
    counts = (f"{names[level]} counts {weight:g}" for level, weight in load_discordance_rule().weights.items())
    return f"{_capital(', '.join(counts))}, times how sure the laboratory is."


def _capital(says: str) -> str:
    return says[:1].upper() + says[1:]


def _rank(chosen: Subtypes) -> tuple[Discordance, ...]:
    """The chosen patients of the ranking, which is one patient's affair each: others neither add nor take anything."""
    ranked = _rank_everybody(data.read_stamp(), data.the_store().count_unassessed())
    people = {person.patient_id: person.reference.subtype for person in data.fetch_people()}
    return tuple(one for one in ranked if keep_chosen(people[one.patient_id], chosen))


@st.cache_resource(max_entries=4, show_spinner="Comparing the sources")
def _rank_everybody(stamp: tuple[str, ...], waiting: int) -> tuple[Discordance, ...]:
    cases = data.fetch_cases()
    people = {person.patient_id: person for person in data.fetch_people() if person.patient_id in cases}
    return rank_discordance(list_opinions(cases, people), name_settling(data.fetch_worklist()))


def _say_pairs(ranked: tuple[Discordance, ...]) -> str:
    pairs = sorted(count_clashes(ranked).items(), key=lambda item: -item[1])[:3]
    return "Most often: " + "; ".join(f"{a} and {b} in {say_count(n, 'patient')}" for (a, b), n in pairs) + "."
