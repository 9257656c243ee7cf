"""From a case to observations: which bands of which block each result or finding falls into, and what was voided and why."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from decision.case import Case, Result
from decision.evidence import Block, Knowledge, load_knowledge
from decision.joint import observe_joints
from decision.observation import Observation, Void
from decision.patterns import Pattern, observe_patterns
from decision.samples import observe_samples
from decision.units import as_xuln, convert, convert_back, format_number, format_result

HIGH_WORDS = ("high", "elevated")


@dataclass(frozen=True)
class Observed:
    observations: tuple[Observation, ...]
    voided: tuple[Void, ...]


def observe_case(case: Case, knowledge: Knowledge) -> Observed:
    """Everything in the case that the knowledge can weigh, in a fixed order; what cannot be used is named, never dropped silently."""
    observations: list[Observation] = []
    voided: list[Void] = []
    patterns = {pattern.feature: pattern for pattern in observe_patterns(case)}
    results: dict[str, list[Result]] = {}
    for result in case.results:
        results.setdefault(result.test, []).append(result)
    for block in knowledge.blocks.values():
        if block.members:
            continue
        if block.kind == "test":
            seen = _observe_results(block, results[block.key], case.age_years) if block.key in results else None
        else:
            seen = _observe_block(block, case, patterns)
        if isinstance(seen, Void):
            voided.append(seen)
        elif seen is not None:
            reason = _find_void(seen, case, knowledge)
            if reason is None:
                observations.append(seen)
            else:
                voided.append(reason)
    observations += observe_joints(observations)
    observations.sort(key=lambda seen: seen.block.id)
    return Observed(tuple(observations), tuple(sorted(voided, key=lambda void: void.test)))


def bands_of_value(block: Block, value: float, comparator: str | None = None) -> tuple[int, ...]:
    """Bands a value may lie in: one for a measured value, several when it is only known to be below or above a limit."""
    band = sum(value >= cut for cut in block.cuts)
    if comparator in ("<", "<="):
        last = band - 1 if comparator == "<" and band and value == block.cuts[band - 1] else band
        return tuple(range(last + 1))
    if comparator in (">", ">="):
        return tuple(range(band, len(block.bands)))
    return (band,)


def _observe_block(block: Block, case: Case, patterns: dict[str, Pattern]) -> Observation | None:
    if block.kind == "context":
        return Observation(block, (0,), block.title) if block.key in case.context else None
    if block.kind == "sign":
        return _observe_sign(block, case)
    pattern = patterns.get(block.key)
    if pattern is None:
        return None
    if pattern.value is not None and block.cuts:
        return Observation(block, bands_of_value(block, pattern.value), pattern.shown)
    return Observation(block, block.words[pattern.word or "seen"], pattern.shown)


def _observe_sign(block: Block, case: Case) -> Observation | None:
    if block.key in case.signs:
        return Observation(block, block.words["present"], f"{block.title}: seen")
    if f"no_{block.key}" in case.signs:
        return Observation(block, block.words["absent"], f"{block.title}: looked for and absent")
    return None


def _observe_results(block: Block, results: Sequence[Result], age: float | None) -> Observation | Void | None:
    if block.assay is not None:
        return observe_samples(block, results)
    read = [seen for seen in (_observe_result(block, result, age) for result in results) if seen is not None]
    usable = [seen for seen in read if isinstance(seen, Observation)]
    if not usable:
        return read[0] if read else None
    usable.sort(key=lambda seen: (sum(seen.bands) / len(seen.bands), seen.shown))
    chosen = usable[0] if block.repeats == "lowest" else usable[len(usable) // 2]
    if len(usable) == 1:
        return chosen
    said = f"{chosen.shown} ({'lowest' if block.repeats == 'lowest' else 'middle'} of {len(usable)})"
    return Observation(block, chosen.bands, said, chosen.weight, chosen.note)


def _observe_result(block: Block, result: Result, age: float | None) -> Observation | Void | None:
    shown = f"{block.title} {format_result(result)}"
    if result.value is None or result.unit is None:
        return Observation(block, block.words[result.outcome], shown) if result.outcome in block.words else None
    if block.unit == "xULN":
        return _observe_multiple(block, result, shown)
    if block.cuts and block.unit is not None and result.unit == "xULN":
        return _observe_side(block, result, shown)
    if block.cuts and block.unit is not None:
        value = convert_back(result.test, convert(result.test, result.value, result.unit), block.unit)
        value = _round_to_cut(value, block)
        if _is_between(block, value, result):
            return Observation(block, _bands_between(block), shown, note=str((block.between or {})["says"]))
        return Observation(block, bands_of_value(block, value, result.comparator), shown)
    return _observe_limits(block, result, shown, age)


def _observe_side(block: Block, result: Result, shown: str) -> Observation:
    """A multiple of the limit where the literature reads the amount: above the limit or not."""
    value, comparator = result.value or 0.0, result.comparator or ""
    above = value > 1 or (value == 1 and comparator == ">")
    if (above and comparator.startswith("<")) or (not above and comparator.startswith(">")):
        return Observation(block, tuple(range(len(block.bands))), shown)
    return Observation(block, block.words["elevated" if above else "normal"], shown)


def _is_between(block: Block, value: float, result: Result) -> bool:
    """Whether a measured value lies between two cut-offs that were published for its method."""
    rule, method = block.between, (result.assay or "").casefold()
    if rule is None or result.comparator is not None or not any(name.casefold() in method for name in rule["assay"]):
        return False
    return bool(rule["low"] <= value < rule["high"])


def _bands_between(block: Block) -> tuple[int, ...]:
    """The bands on either side of the cut-off that the method moves."""
    above = block.cuts.index((block.between or {})["low"]) + 1
    return above - 1, above


def _round_to_cut(value: float, block: Block) -> float:
    """The cut-off itself for a value that only the rounding between units keeps from it: 1.81 µg/dL is 50 nmol/L.

    Also for one entered in the cut-off's own unit: the same amount must be read alike in either.
    """
    rounding = load_knowledge().rules["reading"]["conversion_rounding"]
    return next((cut for cut in block.cuts if math.isclose(value, cut, rel_tol=rounding)), value)


def _observe_multiple(block: Block, result: Result, shown: str) -> Observation | Void:
    multiple = as_xuln(result)
    if multiple is not None:
        said = shown if result.unit == "xULN" else f"{shown} = {format_number(multiple)} × ULN"
        return Observation(block, bands_of_value(block, multiple, result.comparator), said)
    rule = block.without_uln or {}
    value = convert(result.test, result.value or 0.0, result.unit or "")
    if "assumed_uln" in rule:
        bands = bands_of_value(block, value / rule["assumed_uln"], result.comparator)
        return Observation(block, bands, shown, rule["weight"], rule["says"])
    if result.outcome in block.words:
        return Observation(block, block.words[result.outcome], shown)
    if value < rule["normal_below"] and result.comparator not in (">", ">="):
        return Observation(block, block.words["normal"], shown, 1.0, rule["says"])
    if value > rule["raised_above"] and result.comparator not in ("<", "<="):
        return Observation(block, block.words["elevated"], shown, 1.0, rule["says"])
    return Void(result.test, f"{shown}: {rule['says']}", rule["source"])


def _observe_limits(block: Block, result: Result, shown: str, age: float | None) -> Observation | Void:
    """A value against its own limits; between unknown limits only the bands that are possible remain."""
    value, possible = result.value or 0.0, set(range(len(block.bands)))
    high = next((block.words[word] for word in HIGH_WORDS if word in block.words), ())
    low = block.words.get("low", ())
    if result.outcome in block.words:
        return Observation(block, block.words[result.outcome], shown)
    multiple = result.unit == "xULN" or result.uln is not None
    if multiple:
        limit = 1.0 if result.unit == "xULN" else result.uln or 0.0
        possible &= set(high) if value > limit else possible - set(high)
    if result.lln is not None:
        possible &= set(low) if value < result.lln else possible - set(low)
    if len(possible) == len(block.bands):
        return _observe_amount(block, result, shown, age)
    return Observation(block, tuple(sorted(possible)), shown)


def _observe_amount(block: Block, result: Result, shown: str, age: float | None) -> Observation | Void:
    """A value without its laboratory's limits, where the literature reads the amount itself: in full at the age of those it was
    counted in, else at the weight that reading has.
    """
    rule = block.without_uln or {}
    if "low_below" not in rule:
        return Void(result.test, f"{shown}: without the laboratory's limits this value cannot be read", "EXPERT")
    value = convert_back(result.test, convert(result.test, result.value or 0.0, result.unit or ""), rule["unit"])
    surely_below = value < rule["low_below"] and result.comparator not in (">", ">=")
    surely_above = value >= rule["low_below"] and result.comparator not in ("<", "<=")
    if not surely_below and not surely_above:
        return Void(result.test, f"{shown}: on either side of {rule['low_below']:g} {rule['unit']}", rule["source"])
    low = block.words["low"]
    bands = low if surely_below else tuple(band for band in range(len(block.bands)) if band not in low)
    if age is not None and age >= rule["full_from_age"]:
        return Observation(block, bands, shown, 1.0, rule["says"])
    return Observation(block, bands, shown, rule["weight"], rule["says"])


def _find_void(seen: Observation, case: Case, knowledge: Knowledge) -> Void | None:
    for rule in knowledge.rules["confounders"]["confounder"]:
        if seen.block.key not in rule["tests"] or not _rule_applies(rule, case.context, case.results):
            continue
        if rule["words"] == ["*"] or _within(seen.bands, seen.block, rule["words"]):
            return Void(seen.block.key, f"{seen.shown}: {rule['because']}", rule["source"])
    return None


def _rule_applies(rule: dict[str, Any], context: Iterable[str], results: Iterable[Result]) -> bool:
    if "context" in rule:
        return rule["context"] in context
    for result in results:
        if result.test != rule["test"]:
            continue
        if result.outcome is not None and result.outcome == rule.get("outcome"):
            return True
        if "value" in rule and result.value is not None and result.unit is not None:
            return convert(result.test, result.value, result.unit) < float(str(rule["value"]))
    return False


def _within(bands: tuple[int, ...], block: Block, words: Iterable[str]) -> bool:
    covered = {band for word in words for band in block.words.get(word, ())}
    return bool(covered) and set(bands) <= covered
