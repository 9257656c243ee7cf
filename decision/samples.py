"""Samples of a hormone whose assay is known: one value from all of them, and how far it may be trusted."""

import math
from collections.abc import Sequence

from decision.case import Result
from decision.evidence import Block
from decision.observation import Observation
from decision.reading import Reading, find_assay, find_bands, find_cells, find_span
from decision.units import convert, convert_back, format_number, format_result

COVERED = 1.96  # standard deviations either side of 95 % of a normal distribution


def observe_samples(block: Block, results: Sequence[Result]) -> Observation | None:
    """The measured values as one (geometric mean); several that all lie below or above a limit as what holds for all of them;
    else the middle one of those only known in words or limits.
    """
    measured = [result for result in results if result.value is not None and result.unit]
    if any(result.comparator is None for result in measured):
        return _observe_values(block, measured)
    sides = {str(result.comparator)[0] for result in measured}
    if len(measured) > 1 and len(sides) == 1:
        return _observe_limits(block, measured, sides.pop())
    seen = [sample for sample in (_observe_vague(block, result) for result in results) if sample is not None]
    seen.sort(key=lambda sample: (sum(sample.bands) / len(sample.bands), sample.shown))
    return seen[len(seen) // 2] if seen else None


def _observe_values(block: Block, results: Sequence[Result]) -> Observation:
    """A value known only by a limit counts in the mean as that limit."""
    values = sorted(_find_value(block, result) for result in results)
    value = math.exp(math.fsum(math.log(max(value, find_assay(block).lowest)) for value in values) / len(values))
    agreed, note = _judge(block, values, results)
    shown = f"{block.title} {format_result(results[0])}"
    if len(values) > 1:
        ordered = sorted(results, key=lambda result: (_find_value(block, result), result.comparator or ""))
        listed = ", ".join(f"{_sign(result)}{format_number(_find_value(block, result))}" for result in ordered)
        shown = f"{block.title} {format_number(value)} {block.unit} (geometric mean of {listed})"
    else:
        value = values[0]
    return _write(block, find_span(block, value), (agreed, _is_two_site(block, results)), shown, note)


def _observe_limits(block: Block, results: Sequence[Result], side: str) -> Observation:
    """Several samples below limits, or several above."""
    limits = sorted(_find_value(block, result) for result in results)
    tightest = limits[0] if side == "<" else limits[-1]
    spoilt = any(find_assay(block).misread.concerns(result.assay) for result in results)
    note = find_assay(block).misread.says if spoilt else f"{len(limits)} samples agree"
    shown = f"{block.title} {side} {format_number(tightest)} {block.unit} ({len(limits)} samples)"
    return _write(block, find_span(block, tightest, side), (not spoilt, _is_two_site(block, results)), shown, note)


def _sign(result: Result) -> str:
    return f"{result.comparator} " if result.comparator else ""


def _observe_vague(block: Block, result: Result) -> Observation | None:
    """A value only known to lie beyond a limit, or a word."""
    shown, two_site = f"{block.title} {format_result(result)}", _is_two_site(block, [result])
    if result.value is not None and result.unit is not None:
        span = find_span(block, _find_value(block, result), result.comparator)
        return _write(block, span, (False, two_site), shown)
    if result.outcome in block.words:
        return _write(block, find_cells(block, block.words[result.outcome]), (False, two_site), shown)
    return None


def _write(block: Block, span: tuple[int, int], trust: tuple[bool, bool], shown: str, note: str = "") -> Observation:
    notes = [note, find_assay(block).two_site.says if trust[1] else ""]
    said = "; ".join(part for part in notes if part)
    return Observation(block, find_bands(block, *span), shown, 1.0, said, Reading(*span, *trust))


def _judge(block: Block, values: Sequence[float], results: Sequence[Result]) -> tuple[bool, str]:
    """Whether the samples agree so that they are read as they stand, and what is said about it; `values` ascending."""
    assay = find_assay(block)
    if any(assay.misread.concerns(result.assay) for result in results):
        return False, assay.misread.says
    if len(values) > 1 and values[-1] <= assay.agree_within.value * values[0]:
        return True, f"{len(values)} samples agree"
    if len(values) > 1:
        return False, "the samples differ by more than two laboratories do, and are read as one"
    factor = math.exp(COVERED * assay.one.value)
    low, high = format_number(values[0] / factor), format_number(values[0] * factor)
    return False, f"one sample: another laboratory might read {low}–{high} {block.unit}"


def _is_two_site(block: Block, results: Sequence[Result]) -> bool:
    return any(find_assay(block).two_site.concerns(result.assay) for result in results)


def _find_value(block: Block, result: Result) -> float:
    """In the block's unit."""
    return convert_back(result.test, convert(result.test, result.value or 0.0, result.unit or ""), block.unit or "")
