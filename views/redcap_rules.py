"""The mapping as a table to edit: which REDCap field becomes what. Lines left empty are not taken in."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pandas as pd
import streamlit as st

from decision.vocabulary import load_vocabulary
from exchange.redcap_dictionary import Dictionary, Field, write_choices
from exchange.redcap_mapping import (
    MappingError,
    MappingFault,
    RecordMapping,
    Rule,
    list_targets,
    read_mapping,
    read_mapping_file,
    write_mapping,
)  # fmt: skip
from exchange.redcap_suggest import suggest_mapping
from exchange.redcap_trial import TITLES
from exchange.redcap_values import DateOrder
from views import state
from views.words import say_count

DRAFT = "redcap_rules"
FIELD, LABEL, CHOICES, BECOMES, TEST, UNIT, PLACE, WORDS = (
    "REDCap field", "Label", "Choices", "Becomes", "Test", "Unit", "Is about", "Words",
)  # fmt: skip
DATES: dict[str, DateOrder] = {
    "refuse the row": "refuse",
    "read the day first": "day first",
    "read the month first": "month first",
}
KINDS = {
    "patient": "Patient",
    "result": "Result",
    "imaging": "Finding",
    "context": "Context",
    "sign": "Sign",
    "reference": "Reference",
    "read": "Read",
    **TITLES,
}
HELP = {
    TEST: "Only for a result: which test the value is of",
    UNIT: "The unit of the value; never assumed",
    PLACE: "Other constants, such as: modality = CT; region = adrenal_left",
    WORDS: "A code's word here, such as: 1 = female; 2 = male. Nothing after = means not known",
}


def show_rules(dictionary: Dictionary, of: str) -> RecordMapping | None:
    """The table and what is wrong in it; None while anything is. `of` tells dictionaries apart."""
    st.subheader("Mapping", anchor=False)
    base = _base(dictionary, of)
    taken = len({rule.field for rule in base.rules})
    st.caption(
        f"Taken in: {taken} of {say_count(len(dictionary.fields) - 1, 'field')}. A field without “Becomes” "
        f"is not taken in, nor is one that REDCap marks as an identifier. The record's id is {dictionary.record_field}."
    )
    edited = st.data_editor(
        make_table(base, dictionary),
        hide_index=True,
        width="stretch",
        height=min(35 * (len(dictionary.fields) + 1) + 3, 420),
        disabled=[FIELD, LABEL, CHOICES],
        column_config=_columns(),
        key=_key(),
        placeholder="",
    )
    dates, codes = _ask_reading(base, of)
    faults: list[MappingFault] = []
    mapping = read_rules(edited.to_dict("records"), dates, codes, faults)
    state.draft(DRAFT)["last"] = mapping
    return _check(mapping, faults, dictionary)


def make_table(mapping: RecordMapping, dictionary: Dictionary) -> pd.DataFrame:
    """One line a field (several where it becomes several things), in the dictionary's order."""
    rules: dict[str, list[Rule]] = {}
    for rule in mapping.rules:
        rules.setdefault(rule.field, []).append(rule)
    lines = [
        _make_line(field, rule)
        for field in dictionary.fields
        if field.columns and field.field_name != dictionary.record_field
        for rule in rules.get(field.field_name, [None])
    ]
    return pd.DataFrame(lines, columns=[FIELD, LABEL, CHOICES, BECOMES, WORDS, TEST, UNIT, PLACE], dtype=object)


def read_rules(
    lines: list[dict[Any, Any]], dates: DateOrder, codes: tuple[str, ...], faults: list[MappingFault]
) -> RecordMapping:
    """The mapping of an edited table; what cannot be read is added to `faults`."""
    rules = []
    for line in lines:
        cells = {name: _cell(line.get(name)) for name in (FIELD, BECOMES, TEST, UNIT, PLACE, WORDS)}
        if not cells[BECOMES]:
            continue
        pairs = {name: dict(_read_pairs(cells[name], cells[FIELD], name, faults)) for name in (PLACE, WORDS)}
        constants = {"test": cells[TEST], "unit": cells[UNIT]}
        of = {name: value for name, value in constants.items() if value} | pairs[PLACE]
        rules.append(Rule(cells[FIELD], cells[BECOMES], of, pairs[WORDS]))
    return RecordMapping(tuple(rules), dates, codes)


def _cell(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _make_line(field: Field, rule: Rule | None) -> dict[str, str | None]:
    of = dict(rule.of) if rule else {}
    line: dict[str, str | None] = {
        FIELD: field.field_name,
        LABEL: field.field_label + (" (identifier)" if field.is_identifier else ""),
        CHOICES: write_choices(field.choices),
        BECOMES: rule.to if rule else None,
        TEST: of.pop("test", None),
        UNIT: of.pop("unit", ""),
    }
    return line | {PLACE: _write_pairs(of), WORDS: _write_pairs(rule.words if rule else {})}


def _write_pairs(pairs: Mapping[str, str]) -> str:
    return "; ".join(f"{name} = {value}".rstrip() for name, value in pairs.items())


def _read_pairs(text: str, field: str, column: str, faults: list[MappingFault]) -> Iterator[tuple[str, str]]:
    for part in filter(None, map(str.strip, text.split(";"))):
        name, equals, value = part.partition("=")
        if equals:
            yield name.strip(), value.strip()
        else:
            faults.append(MappingFault(field, f"{column}: “{part}” needs an equals sign, like 1 = female"))


def say_target(to: object) -> str:
    """What a field becomes, for people: "Patient · age", "Finding · size mm"."""
    kind, _, name = str(to).partition(".")
    words = name.replace("_years", "").replace("_", " ")
    return KINDS[kind] if name == "code" else f"{KINDS[kind]} · {words}"


def _columns() -> dict[str, Any]:
    targets = [f"{kind}.{name}" for kind, names in list_targets().items() for name in names]
    tests = load_vocabulary().tests
    return {
        FIELD: st.column_config.TextColumn(width=125, pinned=True),
        LABEL: st.column_config.TextColumn(width=125),
        CHOICES: st.column_config.TextColumn(width=115),
        BECOMES: st.column_config.SelectboxColumn(options=targets, format_func=say_target, width=150),
        WORDS: st.column_config.TextColumn(width=160, help=HELP[WORDS]),
        TEST: st.column_config.SelectboxColumn(
            options=list(tests), format_func=lambda code: tests[str(code)].short_name, width=110, help=HELP[TEST]
        ),
        UNIT: st.column_config.TextColumn(width=65, help=HELP[UNIT]),
        PLACE: st.column_config.TextColumn(width=105, help=HELP[PLACE]),
    }


def _key() -> str:
    return f"redcap_table_{state.draft(DRAFT).get('turn', 0)}"


def _base(dictionary: Dictionary, of: str) -> RecordMapping:
    """The mapping the table begins with: one that was loaded for this dictionary, else the proposed one."""
    kept = state.draft(DRAFT)
    if kept.get("of") != of:
        kept |= {"of": of, "base": suggest_mapping(dictionary), "turn": kept.get("turn", 0) + 1}
    elif state.widget_value(_key()) is None and "last" in kept:
        kept |= {"base": kept["last"], "turn": kept["turn"] + 1}  # back on the page: what was edited stands there again
    with st.popover("Load a mapping", icon=":material/upload_file:"):
        uploaded = st.file_uploader("Mapping (JSON or TOML)", type=["json", "toml"], key=f"redcap_mapping_{of}")
    if uploaded is not None and kept.get("loaded") != uploaded.file_id:
        kept["loaded"] = uploaded.file_id
        try:
            kept |= {"base": read_mapping_file(uploaded.getvalue(), dictionary), "turn": kept["turn"] + 1, "wrong": ()}
            kept.pop("last", None)
        except MappingError as error:
            kept["wrong"] = error.faults
    if uploaded is not None and kept.get("wrong"):
        _show_faults("The mapping was refused, the table stays as it was:", list(kept["wrong"]))
    return cast(RecordMapping, kept["base"])


def _ask_reading(base: RecordMapping, of: str) -> tuple[DateOrder, tuple[str, ...]]:
    turn = f"{of}_{state.draft(DRAFT)['turn']}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "A date such as 03/02/2026",
            list(DATES),
            index=list(DATES.values()).index(base.dates),
            width=260,
            key=f"redcap_dates_{turn}",
        )
        codes = st.text_input(
            "Codes that mean not known",
            ", ".join(base.missing_codes),
            placeholder="-999, UNK",
            width=260,
            key=f"redcap_codes_{turn}",
        )
    return DATES[chosen], tuple(filter(None, map(str.strip, codes.split(","))))


def _check(mapping: RecordMapping, faults: list[MappingFault], dictionary: Dictionary) -> RecordMapping | None:
    try:
        read_mapping(mapping.to_json(), dictionary)
    except MappingError as error:
        faults = [*faults, *error.faults]
    if faults:
        _show_faults("The mapping cannot be used yet:", faults)
        return None
    st.download_button(
        "Save the mapping", write_mapping(mapping), "mapping.json", "application/json", icon=":material/download:"
    )
    return mapping


def _show_faults(says: str, faults: list[MappingFault]) -> None:
    st.error("\n".join([says, *(f"- {fault}" for fault in faults[:20])]), icon=":material/error:")
