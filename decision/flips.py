"""What would flip the leading subtype: every single entry marked unknown, and every other result that is plausible."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from decision.batch import code_cases, compute_posteriors, list_subtypes, sum_subtypes
from decision.case import Case
from decision.evidence import Block, load_knowledge
from decision.likelihood import Array, LivingRows
from decision.next_test import foresee_tests
from decision.patterns import describe
from decision.reading import name_range
from decision.setting import BY_CASE
from decision.standing import (
    Standing,
    change_state,
    expect_bands,
    expect_cells,
    find_standing,
    foresee,
    write_cells,
)
from decision.states import Numbers, States, load_table
from decision.units import find_test, format_result
from decision.vocabulary import load_vocabulary
from decision.what_if import Change, change_case, list_removals

STRIDE = 8
UNKNOWN, OTHER, NEW = "unknown", "other_result", "new_result"


@dataclass(frozen=True)
class Flip:
    """One change after which `leader` leads with `probability` (it has `before` now).

    `kind`: "unknown" (the entry `finding` were not known), "other_result" (a finding that is there had come out as `result`)
    or "new_result" (a test not done yet came out as `result`). `expected`: how probable that result is from everything else,
    None for "unknown". `block`: the rule behind it, None when the entry feeds several or only the prior.
    """

    kind: str
    finding: str
    result: str | None
    leader: str
    probability: float
    before: float
    expected: float | None
    block: str | None
    says: str


def list_flips(
    case: Case, *, published_only: bool = False, living: LivingRows = (), setting: str = BY_CASE
) -> tuple[Flip, ...]:
    """Every single change that would give another leading subtype; entries marked unknown first, then the likeliest results."""
    standing = find_standing(case, load_knowledge(), published_only=published_only, living=living, setting=setting)
    open_to_change = _expect_without(standing)
    found = [
        *_mark_unknown(standing),
        *_change_results(standing, [item for item in open_to_change if item[0].assay is None]),
        *_change_values(standing, [item for item in open_to_change if item[0].assay is not None]),
        *_add_results(standing),
    ]
    order = (UNKNOWN, OTHER, NEW)
    return tuple(sorted(found, key=lambda flip: (order.index(flip.kind), -(flip.expected or 0.0), -flip.probability)))


def _mark_unknown(standing: Standing) -> Iterator[Flip]:
    changes = list_removals(standing.case)
    cases = [change_case(standing.case, change) for change in changes]
    mode, chosen = standing.mode, standing.chosen
    for positions, coded in code_cases(cases, published_only=mode.published_only, living=mode.living, setting=chosen):
        after = sum_subtypes(compute_posteriors(coded))
        for position, probabilities in zip(positions, after, strict=True):
            finding = _name_entry(standing.case, changes[position])
            flip = _make_flip(UNKNOWN, finding, None, (standing, probabilities, None, None))
            if flip is not None:
                yield flip


def _change_results(standing: Standing, open_to_change: Sequence[tuple[Block, Array]]) -> Iterator[Flip]:
    """A finding of the case with each other result that would have been plausible without it."""
    least = standing.knowledge.rules["flip"]["smallest_share"]
    changes = [
        (block, band, float(expected[band]))
        for block, posterior in open_to_change
        if (expected := expect_bands(posterior, block, standing.mode)) is not None
        for band in np.flatnonzero(expected >= least)
    ]
    after = foresee(standing, [change_state(standing, block, int(band)) for block, band, _ in changes])
    shown = {seen.block.id: seen for seen in standing.observed.observations}
    for (block, band, share), probabilities in zip(changes, after.probabilities, strict=True):
        if band not in shown[block.id].bands:
            finding, result = shown[block.id].shown, block.bands[band]
            flip = _make_flip(OTHER, finding, result, (standing, probabilities, share, block))
            if flip is not None:
                yield flip


def _change_values(standing: Standing, open_to_change: Sequence[tuple[Block, Array]]) -> Iterator[Flip]:
    """A hormone of the case with another value: each range of values in which another subtype leads.

    The probability is the mean over the range, each value as it was to be expected.
    """
    least = standing.knowledge.rules["flip"]["smallest_share"]
    shown = {seen.block.id: seen for seen in standing.observed.observations}
    for block, posterior in open_to_change:
        seen, expected = shown[block.id], expect_cells(posterior, block, standing.mode)
        if expected is None or seen.reading is None:
            continue
        after = _foresee_cells(standing, write_cells(standing, block, seen.reading))
        for low, high in _find_runs(after.argmax(axis=1)):
            chance = expected[low:high]
            about = (standing, chance @ after[low:high] / chance.sum(), float(chance.sum()), block)
            flip = _make_flip(OTHER, seen.shown, name_range(block, low, high), about) if chance.sum() >= least else None
            if flip is not None:
                yield flip


def _foresee_cells(standing: Standing, states: States) -> Array:
    """Probability of each subtype with each state, shape (cells, subtypes): every eighth asked for, those in between only
    where the leader changes, else read off the line between their neighbours.
    """
    asked = np.unique([*range(0, len(states), STRIDE), len(states) - 1])
    found = foresee(standing, states[asked]).probabilities
    turns = np.flatnonzero(np.diff(found.argmax(axis=1)))
    between = [cell for turn in turns for cell in range(asked[turn] + 1, asked[turn + 1])]
    if between:
        found = np.vstack([found, foresee(standing, states[between]).probabilities])
        asked = np.concatenate([asked, between])
    order, cells = asked.argsort(), np.arange(len(states))
    return np.stack([np.interp(cells, asked[order], column[order]) for column in found.T], axis=1)


def _find_runs(leaders: Numbers) -> list[tuple[int, int]]:
    """First cell and the one after the last of every run with the same leader."""
    starts = np.flatnonzero(np.diff(leaders, prepend=-1))
    return list(zip(starts.tolist(), [*starts[1:].tolist(), len(leaders)], strict=True))


def _add_results(standing: Standing) -> Iterator[Flip]:
    least = standing.knowledge.rules["flip"]["smallest_share"]
    for outlook in foresee_tests(standing):
        for band, share in enumerate(outlook.expected):
            if share >= least:
                about = (standing, outlook.after.probabilities[band], float(share), outlook.block)
                flip = _make_flip(NEW, outlook.block.title, outlook.block.bands[band], about)
                if flip is not None:
                    yield flip


def _expect_without(standing: Standing) -> list[tuple[Block, Array]]:
    """Each finding of the case with more than one band, and the posterior over phenotypes from everything else."""
    table = load_table(standing.mode)
    columns = [
        column
        for column in np.flatnonzero(standing.states)
        if len(table.blocks[column].bands) > 1 and table.blocks[column].burden
    ]
    without = np.repeat(standing.states[None], len(columns), axis=0)
    without[np.arange(len(columns)), columns] = 0
    posterior = foresee(standing, without).posterior
    return [(table.blocks[column], posterior[number]) for number, column in enumerate(columns)]


def _make_flip(
    kind: str, finding: str, result: str | None, about: tuple[Standing, Array, float | None, Block | None]
) -> Flip | None:
    """The flip, or None when the leader stays."""
    standing, after, expected, block = about
    first, now = int(after.argmax()), int(standing.probabilities.argmax())
    if first == now:
        return None
    leader, before = list_subtypes()[first], float(standing.probabilities[first])
    probability = float(after[first])
    name = load_vocabulary().subtypes[leader].short_name
    what = {
        UNKNOWN: f"Without {finding}",
        OTHER: f"{finding}: with {result} instead",
        NEW: f"{finding}: should it come out {result}",
    }[kind]
    says = f"{what}, {name} would lead with {_percent(probability)} (now {_percent(before)})"
    return Flip(kind, finding, result, leader, probability, before, expected, block.id if block else None, says)


def _percent(probability: float) -> str:
    if probability < 0.01:
        return "< 1 %"
    return "> 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def _name_entry(case: Case, change: Change) -> str:
    """The entry in the words of the screen."""
    words = load_vocabulary()
    if change.part == "age_years":
        return f"Age {case.age_years:g} years"
    if change.part == "sex":
        return f"Sex: {case.sex}"
    index = change.index or 0
    if change.part == "results":
        result = case.results[index]
        return f"{find_test(result.test).short_name} {format_result(result)}"
    if change.part == "imaging":
        return describe(case.imaging[index])
    if change.part == "context":
        return words.contexts[case.context[index]]
    sign = case.signs[index]
    return words.signs.get(sign) or f"{words.signs[sign.removeprefix('no_')]}: looked for and absent"
