"""A first mapping from a dictionary alone: by the mark of our own export, else by likeness of names. Units are never guessed."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from decision.units import UnitError, read_unit
from decision.vocabulary import Test, load_vocabulary
from exchange.redcap_dictionary import Dictionary, Field
from exchange.redcap_mapping import RecordMapping, Rule, list_targets, list_words
from exchange.redcap_trial import YES_NO

MARK = re.compile(r"@BOARD='([a-z]+\.[a-z_]+)'")
LIKE_ENOUGH = 0.84
NAMES = {
    "patient.age_years": ("age", "age_years", "age_at_enrolment", "age_at_enrollment"),
    "patient.sex": ("sex", "gender"),
    "patient.enrolled_on": ("enrolled_on", "enrolment_date", "enrollment_date", "date_enrolled"),
    "patient.mdt_on": ("mdt_on", "mdt_date"),
    "reference.subtype": ("reference_subtype", "final_diagnosis", "final_subtype"),
    "reference.site": ("reference_site", "final_site"),
    "reference.basis": ("reference_basis", "reference_standard"),
    "reference.decided_on": ("reference_decided_on", "reference_date", "final_diagnosis_date"),
}


def suggest_mapping(dictionary: Dictionary) -> RecordMapping:
    """Every field that can be told, in the dictionary's order; the others are left out, for a person to decide."""
    rules: list[Rule] = []
    filled: set[tuple[str, str | None]] = set()
    for field in dictionary.fields[1:]:
        rule = _suggest_rule(field)
        if rule is None:
            continue
        key = (rule.to, rule.of.get("test"))
        repeats = rule.kind in ("context", "sign") or MARK.search(field.field_annotation)
        if repeats or key not in filled:
            rules.append(rule)
            filled.add(key)
    return RecordMapping(tuple(rules))


def _suggest_rule(field: Field) -> Rule | None:
    if field.field_type in ("descriptive", "file", "sql") or field.is_identifier:
        return None
    mark = MARK.search(field.field_annotation)
    if mark:
        kind, _, name = mark[1].partition(".")
        known = name in list_targets().get(kind, ())
        return Rule(field.field_name, mark[1], {}, _suggest_words(field, mark[1])) if known else None
    return _suggest_code(field) or _suggest_named(field) or _suggest_test(field)


def _suggest_named(field: Field) -> Rule | None:
    for to, names in NAMES.items():
        if field.field_name in names:
            words = _suggest_words(field, to)
            return None if list_words(to) and field.choices and not words else Rule(field.field_name, to, {}, words)
    return None


def _suggest_code(field: Field) -> Rule | None:
    """A yes-or-no field named like a context or sign; for a sign, no means looked for and absent."""
    words = load_vocabulary()
    if field.field_type not in ("yesno", "truefalse"):
        return None
    if field.field_name in words.contexts:
        return Rule(field.field_name, "context.code", {}, {"1": field.field_name, "0": ""})
    if field.field_name in words.signs:
        return Rule(field.field_name, "sign.code", {}, {"1": field.field_name, "0": f"no_{field.field_name}"})
    return None


def _suggest_test(field: Field) -> Rule | None:
    if field.field_type not in ("text", "calc"):
        return None
    scored = [(_likeness(field, test), test) for test in load_vocabulary().tests.values()]
    best, test = max(scored, key=lambda pair: pair[0])
    if best < LIKE_ENOUGH or not test.units or field.validation.startswith("date"):
        return None
    unit = _find_unit(field, test)
    return None if unit is None else Rule(field.field_name, "result.value", {"test": test.code, "unit": unit})


def _likeness(field: Field, test: Test) -> float:
    plain = re.sub(r"\([^)]*\)", "", field.field_label).strip()
    said = {_plain(field.field_name), _plain(plain)} - {""}
    names = (_plain(test.code), _plain(test.name), _plain(test.short_name))
    return max((SequenceMatcher(None, one, other).ratio() for one in said for other in names), default=0.0)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def _find_unit(field: Field, test: Test) -> str | None:
    """The unit in the label's brackets or in the note; None where there is none, or two."""
    found = set()
    for text in (*re.findall(r"[(\[]([^)\]]+)[)\]]", field.field_label), field.field_note.strip()):
        try:
            found.add(read_unit(test.code, text).name)
        except UnitError:
            continue
    return found.pop() if len(found) == 1 else None


def _suggest_words(field: Field, to: str) -> Mapping[str, str]:
    """Code to word where code or label is the word; a code that is neither is left out, so that its rows are refused."""
    if list_words(to) == YES_NO:
        return {"1": "yes", "0": "no"}
    if to == "sign.code" and field.field_type == "yesno":
        sign = field.field_name.removeprefix("sign_")
        return {"1": sign, "0": f"no_{sign}"}
    return dict(_match_words(field, to))


def _match_words(field: Field, to: str) -> Iterator[tuple[str, str]]:
    """Exactly the word first; likeness of letters only where it can mean one word ("<" and ">" have none)."""
    words = list_words(to)
    plain: dict[str, list[str]] = {}
    for word in words:
        plain.setdefault(_plain(word), []).append(word)
    for code, label in field.choices.items():
        alike = plain.get(_plain(code)) or plain.get(_plain(label)) or []
        exact = next((text for text in (code, label) if text in words), None)
        if exact is not None or (len(alike) == 1 and alike[0].isidentifier()):
            yield code, exact or alike[0]
