"""The fields of one result: value, unit, words, limits, day; under them the value in both units, or what is wrong."""

from typing import Any

import streamlit as st

from decision.vocabulary import Test, load_vocabulary
from views import state
from views.asked_spot import Spot
from views.form_draft import add_line, field_key, known_lines, remove_line
from views.typed import Checked, check_result
from views.words import escape

WIDTHS = (2.3, 1.2, 1.6, 1.6, 0.9, 0.9, 1.5, 0.8)
SYMBOLS = {"xULN": "× ULN", "ratio": "ratio"}


def show_results(subject: str, draft: dict[str, Any], spot: Spot) -> list[Checked]:
    """Every result of the draft, and a way to add another; returns what each line holds."""
    checked = [show_result(subject, line, entry, spot) for line, entry in known_lines(draft, "results")]
    tests = load_vocabulary().tests
    key = field_key(subject, "add_test")
    st.selectbox(
        "Add a test",
        list(tests),
        index=None,
        format_func=lambda code: tests[code].name,
        placeholder="Add a test, or the same one from another day",
        label_visibility="collapsed",
        key=key,
        on_change=_add_chosen,
        args=(subject, key),
    )
    return checked


def _add_chosen(subject: str, key: str) -> None:
    test = state.widget_value(key)
    if test:
        add_line(subject, "results", {"test": test})
    state.set_widget(key, None)


def show_result(subject: str, line: int, entry: dict[str, Any], spot: Spot) -> Checked:
    with spot.place_result(entry["test"]) as asked:
        return _show_line(subject, line, entry, asked)


def _show_line(subject: str, line: int, entry: dict[str, Any], asked: bool) -> Checked:
    test = load_vocabulary().tests[entry["test"]]
    name, *places = st.columns(WIDTHS, vertical_alignment="center", gap="small")
    typed = {"side": entry.get("side")} | _show_fields(places, subject, line, test)
    checked = check_result(test.code, typed)
    both = f"  \n:small[:gray[{escape(checked.both)}]]" if checked.both and "·" in checked.both else ""
    title = f":orange-background[{test.short_name}]" if asked else test.short_name
    name.markdown(title + both, help=f"{test.name}. {test.specimen}")
    show_checks(checked)
    return checked


def show_checks(checked: Checked) -> None:
    """What is wrong (nothing typed is lost by it) and what to look at again."""
    # A place that is always there: sentences that came and went between the fields would make the browser draw the
    # fields below anew, and what somebody is typing there at that moment would be lost.
    with st.container():
        for says in dict.fromkeys(checked.wrong.values()):
            st.error(says, icon=":material/error:")
        for says in checked.questions:
            st.warning(f"Please check: {says}", icon=":material/help:")


def _show_fields(places: list[Any], subject: str, line: int, test: Test) -> dict[str, Any]:
    value, unit, words, uln, lln, day, more = places
    typed: dict[str, Any] = {}
    if test.units:
        typed["value"] = _text(value, subject, line, "value", f"{test.short_name} value", "31 or < 5")
        typed["unit"] = _choice(unit, subject, line, "unit", test.unit_names, "unit?")
        typed["uln"] = _text(uln, subject, line, "uln", f"{test.short_name} upper limit", "ULN")
        typed["lln"] = _text(lln, subject, line, "lln", f"{test.short_name} lower limit", "LLN")
    if test.outcomes:
        typed["outcome"] = _choice(words, subject, line, "outcome", test.outcomes, "in words")
    typed["collected_at"] = _text(day, subject, line, "collected_at", f"{test.short_name} date", "yyyy-mm-dd")
    with more.popover("", icon=":material/more_horiz:", help="Assay, side, remove"):
        typed["assay"] = _text(st, subject, line, "assay", "Assay", "Cobas, LC-MS/MS …", shown=True)
        if test.takes_side:
            typed["side"] = _choice(st, subject, line, "side", tuple(load_vocabulary().sides), "side")
        st.button(
            "Remove this line",
            key=field_key(subject, "results", line, "remove"),
            on_click=remove_line,
            args=(subject, "results", line),
        )
    return typed


def _text(place: Any, subject: str, line: int, name: str, label: str, hint: str, shown: bool = False) -> str:
    typed = place.text_input(
        label,
        key=field_key(subject, "results", line, name),
        placeholder=hint,
        label_visibility="visible" if shown else "collapsed",
        persist_state="session",
    )
    return str(typed or "").strip()


def _choice(place: Any, subject: str, line: int, name: str, options: tuple[str, ...], hint: str) -> str | None:
    chosen: str | None = place.selectbox(
        name,
        options,
        index=None,
        format_func=_say_option,
        placeholder=hint,
        key=field_key(subject, "results", line, name),
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen


def _say_option(code: str) -> str:
    units = {unit.name: unit.symbol or unit.name for test in load_vocabulary().tests.values() for unit in test.units}
    return load_vocabulary().outcomes.get(code) or units.get(code) or code
