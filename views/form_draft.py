"""The draft of a patient while it is being typed: the lines of the form and what stands in them, kept until saved."""

from itertools import count
from typing import Any

from decision.units import read_unit
from decision.vocabulary import load_vocabulary
from views import state

USUAL_TESTS = (
    "acth_plasma",
    "cortisol_morning",
    "dst_1mg_cortisol",
    "dst_1mg_dexamethasone",
    "cortisol_late_night_saliva",
    "ufc_24h",
    "potassium",
)
NEW = "new patient"
RESULT_TEXTS = ("value", "uln", "lln")
_LINES = ("results", "imaging")


def field_key(subject: str, *place: object) -> str:
    """The name of one field of one form, the same for its widget and for what is kept of it."""
    return ":".join(["form", subject, *(str(step) for step in place)])


def open_draft(subject: str, document: dict[str, Any] | None) -> dict[str, Any]:
    """The draft under this name; a new one starts from the patient's case, or from the usual tests."""
    draft = state.draft(subject)
    if not draft:
        draft |= {"results": {}, "imaging": {}, "numbers": count(1)}
        _fill(subject, draft, document or {"results": [{"test": test} for test in USUAL_TESTS]})
    return draft


def close_draft(subject: str) -> None:
    """Forget the draft and its fields."""
    state.drop_draft(subject)
    state.drop_widgets(field_key(subject, ""))


def add_line(subject: str, place: str, entry: dict[str, Any]) -> None:
    """One more result or image finding, with its fields filled from `entry`."""
    draft = state.draft(subject)
    line = next(draft["numbers"])
    draft[place][line] = entry
    for name, value in _fields(place, entry).items():
        state.set_widget(field_key(subject, place, line, name), value)


def remove_line(subject: str, place: str, line: int) -> None:
    state.draft(subject)[place].pop(line, None)
    state.drop_widgets(field_key(subject, place, line, ""))


def _fill(subject: str, draft: dict[str, Any], document: dict[str, Any]) -> None:
    for place in _LINES:
        for entry in document.get(place) or ():
            add_line(subject, place, entry)
    signs = list(document.get("signs") or ())
    fields = {
        "case_id": document.get("case_id", ""),
        "age_years": _text(document.get("age_years")),
        "sex": document.get("sex"),
        "context": list(document.get("context") or ()),
        "signs": [sign for sign in signs if not sign.startswith("no_")],
        "absent": [sign.removeprefix("no_") for sign in signs if sign.startswith("no_")],
    }
    for name, value in fields.items():
        state.set_widget(field_key(subject, name), value)


def _fields(place: str, entry: dict[str, Any]) -> dict[str, Any]:
    if place == "imaging":
        return {name: _text(value) if isinstance(value, float) else value for name, value in entry.items()}
    texts = {name: _text(entry.get(name)) for name in RESULT_TEXTS}
    if entry.get("comparator"):
        texts["value"] = f"{entry['comparator']} {texts['value']}"
    chosen = {name: entry[name] for name in ("outcome", "side", "assay", "collected_at") if entry.get(name)}
    return texts | chosen | {"unit": _first_unit(entry)}


def _first_unit(entry: dict[str, Any]) -> str | None:
    """The unit as entered; for a new line only where there is one unit (or several names of the same)."""
    if entry.get("unit"):
        return read_unit(entry["test"], entry["unit"]).name
    units = load_vocabulary().tests[entry["test"]].units
    same = len({unit.factor for unit in units}) == 1
    return units[0].name if units and same else None


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def known_lines(draft: dict[str, Any], place: str) -> list[tuple[int, dict[str, Any]]]:
    """The lines of the form with the entry each began as, which may hold fields the form does not show."""
    return list(draft[place].items())
