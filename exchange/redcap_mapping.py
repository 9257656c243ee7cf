"""Which REDCap field becomes what: rules from field to patient, result, finding, reference or read, as one document.

{"dates": "refuse", "missing_codes": ["-999"], "rules": [
  {"field": "acth", "to": "result.value", "of": {"test": "acth_plasma", "unit": "pg/mL"}},
  {"field": "sex", "to": "patient.sex", "words": {"1": "female", "2": "male"}}]}

`of` says what the dictionary does not: the test and unit of a value, the examination of a finding. `words`: a code's word
here; an empty word means not known. Without `test` in `of`, each row is one result and its fields say which.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as make_field
from functools import lru_cache
from typing import Any, get_args

from decision.case import ImagingFinding, Result
from decision.units import UnitError, read_unit
from decision.vocabulary import find_nearest, find_nearest_test, load_vocabulary
from exchange.csv_table import TableError, decode_text
from exchange.redcap_dictionary import Dictionary
from exchange.redcap_trial import FORMS, list_trial_targets, list_trial_words
from exchange.redcap_values import DateOrder

PATIENT = ("patient_id", "age_years", "sex", "enrolled_on", "mdt_on", "note", "synthetic")
REFERENCE = ("subtype", "site", "basis", "decided_on")
READ = ("reader", "tracer", "result", "subtype", "site", "confidence", "read_at")
LISTED = ("result", "imaging", "read", *FORMS)
CODE = "code"
TESTED = ("value", "uln", "lln")


@dataclass(frozen=True)
class MappingFault:
    """What is wrong in one rule; `field` is the REDCap field it is about."""

    field: str
    says: str

    def __str__(self) -> str:
        return f"{self.field}: {self.says}"


class MappingError(ValueError):
    """A mapping that was refused, with every fault found in it."""

    def __init__(self, faults: Iterable[MappingFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Rule:
    """One field and what it becomes: `to` is "kind.name", such as "result.value"."""

    field: str
    to: str
    of: Mapping[str, str] = make_field(default_factory=dict)
    words: Mapping[str, str] = make_field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.to.partition(".")[0]

    @property
    def name(self) -> str:
        return self.to.partition(".")[2]


@dataclass(frozen=True)
class RecordMapping:
    """All rules, how to read dates of either order, and the codes that mean not known in any field."""

    rules: tuple[Rule, ...]
    dates: DateOrder = "refuse"
    missing_codes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document that `read_mapping` reads back the same."""
        rules = []
        for rule in self.rules:
            extras = {"of": dict(rule.of), "words": dict(rule.words)}
            rules.append(
                {"field": rule.field, "to": rule.to} | {name: value for name, value in extras.items() if value}
            )
        return {"dates": self.dates, "missing_codes": list(self.missing_codes), "rules": rules}


@lru_cache(maxsize=1)
def list_targets() -> dict[str, tuple[str, ...]]:
    """By kind the names a field can become."""
    return {
        "patient": PATIENT,
        "result": tuple(Result.model_fields),
        "imaging": tuple(ImagingFinding.model_fields),
        "context": (CODE,),
        "sign": (CODE,),
        "reference": REFERENCE,
        "read": READ,
        **list_trial_targets(),
    }


@lru_cache(maxsize=64)
def list_words(to: str) -> tuple[str, ...]:
    """The only words a target takes; empty where it takes a number, a date or free text."""
    known = load_vocabulary()
    words: dict[str, Iterable[str]] = {
        "patient.sex": known.sexes,
        "patient.synthetic": ("yes", "no"),
        "result.test": known.tests,
        "result.comparator": known.comparators,
        "result.outcome": known.outcomes,
        "result.side": known.sides,
        "imaging.modality": known.modalities,
        "imaging.region": known.regions,
        "imaging.finding": known.findings,
        "imaging.side": known.sides,
        "imaging.uptake": known.uptakes,
        "imaging.flags": known.flags,
        "context.code": known.contexts,
        "sign.code": (*known.signs, *(f"no_{sign}" for sign in known.signs)),
        "reference.subtype": known.subtypes,
        "reference.site": known.sites,
        "read.subtype": known.subtypes,
        "read.site": known.sites,
        "read.result": ("positive", "negative", "inconclusive"),
        **list_trial_words(),
    }
    return tuple(words.get(to, ()))


def read_mapping_file(content: bytes, dictionary: Dictionary) -> RecordMapping:
    """The mapping of a JSON or TOML file. Raises MappingError."""
    try:
        text, _ = decode_text(content)
        document = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (TableError, ValueError, RecursionError) as error:
        raise MappingError([MappingFault("file", f"this is neither JSON nor TOML: {error}")]) from None
    return read_mapping(document, dictionary)


def read_mapping(document: Any, dictionary: Dictionary) -> RecordMapping:
    """The mapping checked against dictionary and vocabulary. Raises MappingError with every fault."""
    faults = list(_check_document(document))
    if faults:
        raise MappingError(faults)
    rules = tuple(
        Rule(one["field"], one["to"], dict(one.get("of") or {}), dict(one.get("words") or {}))
        for one in document["rules"]
    )
    mapping = RecordMapping(rules, document.get("dates", "refuse"), tuple(document.get("missing_codes", ())))
    faults = list(check_mapping(mapping, dictionary))
    if faults:
        raise MappingError(faults)
    return mapping


def write_mapping(mapping: RecordMapping) -> bytes:
    """The mapping as a JSON file."""
    return (json.dumps(mapping.to_json(), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def check_mapping(mapping: RecordMapping, dictionary: Dictionary) -> Iterator[MappingFault]:
    """Everything that is wrong in the mapping."""
    met: dict[tuple[str, Any], str] = {}
    for rule in mapping.rules:
        yield from (MappingFault(rule.field, says) for says in _check_rule(rule, mapping, dictionary))
        if rule.kind in ("context", "sign") or rule.field not in dictionary.by_name:
            continue
        form = dictionary.by_name[rule.field].form_name if rule.kind in LISTED and not rule.of else ""
        key = (rule.to, (form, *sorted(item for item in rule.of.items() if item[0] != "unit")))
        if key in met:
            yield MappingFault(rule.field, f"{rule.to} is already filled by {met[key]}; map one of them")
        met.setdefault(key, rule.field)


def _check_document(document: Any) -> Iterator[MappingFault]:
    rules = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(rules, list):
        yield MappingFault("file", 'a mapping is an object with "rules", a list')
        return
    for unknown in sorted(set(document) - {"dates", "missing_codes", "rules"}):
        yield MappingFault("file", f"“{unknown}” is not known; a mapping has dates, missing_codes and rules")
    if document.get("dates", "refuse") not in get_args(DateOrder):
        yield MappingFault("dates", f"is one of {', '.join(get_args(DateOrder))}")
    codes = document.get("missing_codes", [])
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        yield MappingFault("missing_codes", "is a list of codes in quotes")
    for number, one in enumerate(rules, start=1):
        if not _is_rule(one):
            says = "needs field and to as texts; of and words hold texts, and nothing else is known"
            yield MappingFault(f"rule {number}", says)


def _is_rule(one: Any) -> bool:
    if not isinstance(one, dict) or not set(one) <= {"field", "to", "of", "words"}:
        return False
    texts = isinstance(one.get("field"), str) and isinstance(one.get("to"), str)
    maps = (one.get("of") or {}, one.get("words") or {})
    return texts and all(
        isinstance(pairs, dict) and all(isinstance(value, str) for value in pairs.values()) for pairs in maps
    )


def _check_rule(rule: Rule, mapping: RecordMapping, dictionary: Dictionary) -> Iterator[str]:
    field = dictionary.by_name.get(rule.field)
    if field is None:
        yield f"the dictionary has no such field; the nearest is {find_nearest(rule.field, dictionary.by_name)}"
        return
    targets = list_targets()
    if rule.name not in targets.get(rule.kind, ()):
        every = [f"{kind}.{name}" for kind, names in targets.items() for name in names]
        yield f"“{rule.to}” is nothing a field can become; the nearest is {find_nearest(rule.to, every)}"
        return
    yield from _check_words(rule)
    if field.is_identifier:
        yield "REDCap marks it as an identifier; identifiers are not taken in"
    for code in rule.words:
        if field.choices and code not in field.choices:
            yield f"{code} is not a code of the field; they are {', '.join(field.choices)}"
    if rule.kind == "result":
        yield from _check_result(rule, mapping)
    elif rule.kind == "imaging":
        yield from _check_constants(rule, targets["imaging"])
    elif rule.of:
        yield f"{rule.kind} takes no test and no examination"


def _check_words(rule: Rule) -> Iterator[str]:
    known = list_words(rule.to)
    for code, word in rule.words.items():
        if known and word and word not in known:
            yield f"code {code}: “{word}” is not a word of {rule.to}; the nearest is {find_nearest(word, known)}"


def _check_constants(rule: Rule, names: Iterable[str]) -> Iterator[str]:
    for name, value in rule.of.items():
        if name not in names:
            yield f"“{name}” is no part of {rule.kind}; they are {', '.join(names)}"
        known = list_words(f"{rule.kind}.{name}")
        if known and value not in known:
            yield f"“{value}” is not a {name}; the nearest is {find_nearest(value, known)}"


def _check_result(rule: Rule, mapping: RecordMapping) -> Iterator[str]:
    test = rule.of.get("test")
    if test is None:
        yield from _check_constants(rule, list_targets()["result"])
        return
    if test not in load_vocabulary().tests:
        yield f"“{test}” is not a known test; the nearest is {find_nearest_test(test)}"
        return
    yield from _check_constants(rule, list_targets()["result"])
    unit = rule.of.get("unit")
    told = any(one.to == "result.unit" and one.of.get("test") == test for one in mapping.rules)
    if unit is not None:
        try:
            read_unit(test, unit)
        except UnitError as error:
            yield str(error)
    elif rule.name in TESTED and not told:
        yield f"{test} needs its unit, one of {', '.join(load_vocabulary().tests[test].unit_names)}; it is never assumed"
