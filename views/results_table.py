"""The results of a case as lines of a table: both units, the limit, an arrow only against a stated limit."""

from collections.abc import Sequence

import pandas as pd

from decision.case import Result
from decision.units import as_xuln, format_number, format_result, read_unit
from decision.vocabulary import load_vocabulary
from views.names import test_name
from views.words import UNKNOWN, say_date

COLUMNS = ("Test", "", "Result", "Limit", "× ULN", "Date", "Assay")


def make_results_table(results: Sequence[Result]) -> pd.DataFrame:
    """One line a result, in the order of the vocabulary, the latest first within a test."""
    order = list(load_vocabulary().tests)
    latest = sorted(results, key=lambda result: result.collected_at or "", reverse=True)
    ordered = sorted(latest, key=lambda result: order.index(result.test))
    return pd.DataFrame([_line(result) for result in ordered], columns=list(COLUMNS))


def say_arrow(result: Result) -> str:
    """↑ above the stated upper limit, ↓ below the lower; nothing without a limit, or where "<" leaves it open."""
    if result.value is None:
        return ""
    upper = 1.0 if result.unit == "xULN" else result.uln
    if upper is not None and result.value > upper and result.comparator != "<":
        return "↑"
    if result.lln is not None and result.value < result.lln and result.comparator != ">":
        return "↓"
    return ""


def say_limit(result: Result) -> str:
    """The laboratory's limits in the unit of the value: "7.2–63 pg/mL", "≤ 50 pg/mL"."""
    if result.uln is None and result.lln is None:
        return UNKNOWN
    unit = "" if result.unit is None or result.unit == "xULN" else f" {read_unit(result.test, result.unit).symbol}"
    if result.uln is None or result.lln is None:
        sign, limit = ("≤", result.uln) if result.lln is None else ("≥", result.lln)
        return f"{sign} {format_number(limit or 0.0)}{unit}"
    return f"{format_number(result.lln)}–{format_number(result.uln)}{unit}"


def _line(result: Result) -> dict[str, str]:
    multiple = as_xuln(result)
    words = f" ({load_vocabulary().outcomes[result.outcome]})" if result.outcome and result.value is not None else ""
    side = f", {result.side}" if result.side else ""
    return {
        "Test": test_name(result.test) + side,
        "": say_arrow(result),
        "Result": format_result(result) + words,
        "Limit": say_limit(result),
        "× ULN": UNKNOWN if multiple is None else format_number(multiple),
        "Date": say_date(result.collected_at),
        "Assay": result.assay or UNKNOWN,
    }
