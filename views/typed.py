"""What was typed into a form, as numbers and entries of a case, or a sentence saying what is wrong. No Streamlit."""

import re
from dataclasses import dataclass, field
from typing import Any

from decision.case import CaseError, read_case
from decision.questions import question_case
from decision.units import format_both

NUMBER = re.compile(r"(?P<comparator>[<>])?\s*(?P<number>-?\d+(\.\d+)?)")


@dataclass(frozen=True)
class Typed:
    """A number as typed: the value, "<" or ">" before it, and what is wrong with it (then there is no value)."""

    value: float | None = None
    comparator: str | None = None
    wrong: str | None = None


@dataclass(frozen=True)
class Checked:
    """One entry of a case as far as it could be read: `wrong` by field, `questions`, the value in `both` units."""

    entry: dict[str, Any]
    wrong: dict[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    both: str | None = None

    @property
    def empty(self) -> bool:
        return not self.entry and not self.wrong


def read_typed(text: str | None) -> Typed:
    """A typed number such as "31", "0.5", "< 5"; nothing typed is nothing known."""
    words = (text or "").strip()
    if not words:
        return Typed()
    found = NUMBER.fullmatch(words)
    if found:
        return Typed(float(found["number"]), found["comparator"])
    if "," in words:
        point = words.replace(",", ".")
        return Typed(wrong=f"“{words}” has a comma; write a point for decimals ({point}) and no thousands mark")
    return Typed(wrong=f"“{words}” is not a number; write it like 31, 0.5, < 5 or > 46.7")


def check_result(test: str, typed: dict[str, Any]) -> Checked:
    """A result from its fields (value, uln, lln as typed text; the rest as chosen), checked as a case file would be."""
    numbers = {name: read_typed(typed.get(name)) for name in ("value", "uln", "lln")}
    wrong = {name: number.wrong for name, number in numbers.items() if number.wrong}
    chosen = {name: typed.get(name) for name in ("unit", "outcome", "side", "assay", "collected_at")}
    entry: dict[str, Any] = {name: number.value for name, number in numbers.items()} | chosen
    entry["comparator"] = numbers["value"].comparator
    known = {name: value for name, value in entry.items() if value not in (None, "")}
    if not set(known) - {"unit"}:
        return Checked({}, wrong)
    known = {"test": test} | known
    found, questions = check_entry("results", known)
    return Checked(known, found | wrong, questions, None if found or wrong else _say_both(known))


def check_finding(typed: dict[str, Any], numbers: tuple[str, ...]) -> Checked:
    """An imaging finding from its fields; those named in `numbers` were typed as text, the others chosen or kept."""
    read = {name: read_typed(typed.get(name)) for name in numbers}
    wrong = {name: number.wrong for name, number in read.items() if number.wrong}
    wrong |= {
        name: "an image measurement has no < or >; write the number alone"
        for name, number in read.items()
        if number.comparator
    }
    entry = {**typed, **{name: number.value for name, number in read.items()}}
    known = {name: value for name, value in entry.items() if value not in (None, "", [], ())}
    if not set(known) - {"modality", "tracer", "region"}:
        return Checked({}, wrong)
    found, questions = check_entry("imaging", known)
    return Checked(known, found | wrong, questions)


def check_entry(place: str, entry: dict[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    """What is wrong with one entry (by field) and what is odd about it, as the case reader sees it."""
    try:
        case = read_case({"case_id": "entry", place: [entry]})
    except CaseError as error:
        return {error.field.rsplit(".", 1)[-1]: error.says}, ()
    return {}, question_case(case)


def check_person(case_id: str, age: str, sex: str | None) -> Checked:
    """The pseudonym and the person behind it."""
    typed = read_typed(age)
    wrong = {"age_years": typed.wrong} if typed.wrong else {}
    if typed.comparator:
        wrong["age_years"] = "an age has no < or >; leave it empty when it is not known"
    entry = {"case_id": case_id.strip(), "age_years": typed.value, "sex": sex}
    if not entry["case_id"]:
        wrong["case_id"] = "give the patient a pseudonym, for example P017; no name, no hospital number"
        return Checked(entry, wrong)
    try:
        return Checked(entry, wrong, question_case(read_case(entry)))
    except CaseError as error:
        return Checked(entry, {error.field: error.says} | wrong)


def _say_both(entry: dict[str, Any]) -> str | None:
    if "value" not in entry or "unit" not in entry:
        return None
    return format_both(entry["test"], entry["value"], entry["unit"], entry.get("comparator"))
