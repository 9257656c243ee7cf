"""The learned model in words and tables. No Streamlit here."""

from collections.abc import Mapping

import pandas as pd

from trial.calibration import STEEPEST, Calibration, Score
from trial.learned import LearnedModel
from views.charts_model import ENGINE, LEARNED
from views.model_data import Beside
from views.names import subtype_name
from views.words import UNKNOWN, escape, say_list, say_per_cent

NO_END = 0.99  # of the steepest slope looked for
OUTSIDE = "not used in any assessment; shown beside the engine, never instead of it"


def say_score(score: Score) -> str:
    """ "0.213 [0.170–0.260]"."""
    joined = " to " if score.low < 0 else "–"
    return f"{score.value:.3f} [{score.low:.3f}{joined}{score.high:.3f}]".replace("-", "−")


def say_slope(slope: Score) -> str:
    """The slope, or a dash where the patients set it no upper end (every first choice right)."""
    if slope.value > NO_END * STEEPEST:
        return f"{UNKNOWN} no upper end"
    high = "no upper end" if slope.high > NO_END * STEEPEST else f"{slope.high:.2f}"
    return f"{slope.value:.2f} [{slope.low:.2f} to {high}]"


def say_difference(difference: Score) -> str:
    """Which of the two is nearer the truth, or that the patients cannot tell."""
    figures = f"Brier score of the learned model minus the engine's: {say_score(difference)}"
    if difference.high < 0:
        return f"{figures}. The learned model is nearer the truth on these patients."
    if difference.low > 0:
        return f"{figures}. The engine is nearer the truth on these patients."
    return f"{figures}. These patients cannot tell the two apart."


def make_scores_table(engine: Calibration, learned: Calibration) -> pd.DataFrame:
    """Both on the same patients."""
    return pd.DataFrame(
        [
            {
                "": who,
                "First choice right": f"{one.right} of {one.patients}",
                "Brier (0 best)": say_score(one.brier),
                "Log loss": say_score(one.log_loss),
                "Slope (1 best)": say_slope(one.slope),
            }
            for who, one in ((ENGINE, engine), (LEARNED, learned))
        ]
    )


def say_classes(model: LearnedModel) -> str:
    """Who was learned from, and who was too few."""
    learned = say_list([f"{subtype_name(name)} {n}" for name, n in model.counts.items()])
    few = say_list([f"{subtype_name(name)} {n}" for name, n in sorted(model.left_out.items())])
    return f"Learned from: {learned}. " + (f"Too few, left out: {few}." if model.left_out else "Nobody was left out.")


def make_coefficients_table(model: LearnedModel) -> pd.DataFrame:
    """What one standard deviation of each input adds to the log-odds of each class."""
    table = pd.DataFrame(model.coefficients.T.round(3), columns=[subtype_name(name) for name in model.classes])
    table.insert(0, "Input", [_name_column(name) for name in model.columns])
    intercept = ["Intercept", *model.intercepts.round(3).tolist()]
    table.loc[len(table)] = intercept
    return table


def make_beside_table(beside: Beside) -> pd.DataFrame:
    """Each class with both probabilities, the engine's likeliest first."""
    ordered = sorted(beside.engine, key=lambda name: -beside.engine[name])
    return pd.DataFrame(
        [
            {
                "Subtype": subtype_name(name),
                "Engine": escape(say_per_cent(beside.engine[name])),
                "Learned model": escape(say_per_cent(beside.learned[name])),
            }
            for name in ordered
        ]
    )


def say_counts(counts: Mapping[str, int]) -> str:
    return say_list([f"{subtype_name(name)} {n}" for name, n in sorted(counts.items(), key=lambda one: -one[1])])


def _name_column(column: str) -> str:
    head, _, code = column.partition("log-odds ")
    return f"Engine's log-odds of {subtype_name(code)}" if not head and code else column
