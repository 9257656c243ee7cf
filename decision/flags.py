"""Red flags: rules over single findings, shown whatever the probabilities say."""

from collections.abc import Mapping
from typing import Any

from decision.assessment import Flag
from decision.case import Case, Result
from decision.evidence import Knowledge
from decision.patterns import observe_patterns
from decision.units import as_xuln, compute_si, convert

LEVELS = ("urgent", "warning", "info")


def raise_flags(case: Case, groups: Mapping[str, float], knowledge: Knowledge) -> tuple[Flag, ...]:
    """The flags that hold for this case, urgent first. An unknown value raises nothing."""
    found = [
        (LEVELS.index(rule["level"]), Flag(rule["level"], rule["says"], knowledge.cite(rule["source"])))
        for rule in knowledge.rules["flags"]["flag"]
        if rule_holds(rule, case, groups)
    ]
    return tuple(flag for _, flag in sorted(found, key=lambda item: item[0]))


def rule_holds(rule: dict[str, Any], case: Case, groups: Mapping[str, float]) -> bool:
    """Whether a rule with `any` or `all` conditions (and none of its `unless`) holds; an unknown value holds nothing."""
    if any(_holds(condition, case, groups) for condition in rule.get("unless", ())):
        return False
    if "all" in rule:
        return all(_holds(condition, case, groups) for condition in rule["all"])
    return any(_holds(condition, case, groups) for condition in rule["any"])


def _holds(condition: dict[str, Any], case: Case, groups: Mapping[str, float]) -> bool:
    if "all" in condition:
        return all(_holds(part, case, groups) for part in condition["all"])
    if "test" in condition:
        return any(_result_meets(result, condition) for result in case.results if result.test == condition["test"])
    if "context" in condition:
        return condition["context"] in case.context
    if "sign" in condition:
        return condition["sign"] in case.signs
    if "age" in condition:
        return case.age_years is not None and compare(case.age_years, condition["age"], condition["value"])
    if "group" in condition:
        return compare(groups[condition["group"]], condition["relation"], condition["value"])
    return _pattern_meets(case, condition)


def _result_meets(result: Result, condition: dict[str, Any]) -> bool:
    if "assay" in condition and str(condition["assay"]).casefold() not in (result.assay or "").casefold():
        return False
    if "outcome" in condition:
        return result.outcome == condition["outcome"]
    if condition["unit"] == "xULN":
        value, limit = as_xuln(result), condition["value"]
    else:
        value, limit = compute_si(result), convert(result.test, condition["value"], condition["unit"])
    if value is None or not _sure(result.comparator, condition["relation"]):
        return False
    return compare(value, condition["relation"], limit)


def _sure(comparator: str | None, relation: str) -> bool:
    """False when the value is only known to lie on the other side, as "< 20" against "at least 10"."""
    if comparator is None:
        return True
    rising = relation in ("at_least", "above")
    return comparator.startswith(">") if rising else comparator.startswith("<")


def _pattern_meets(case: Case, condition: dict[str, Any]) -> bool:
    for pattern in observe_patterns(case):
        if pattern.feature != condition["feature"]:
            continue
        if "value" not in condition:
            return True
        return pattern.value is not None and compare(pattern.value, condition["relation"], condition["value"])
    return False


def compare(value: float, relation: str, limit: float) -> bool:
    """The relation in words, as the knowledge writes it: below, at_most, at_least, above."""
    relations = {"below": value < limit, "at_most": value <= limit, "at_least": value >= limit, "above": value > limit}
    return relations[relation]
