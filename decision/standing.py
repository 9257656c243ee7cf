"""Where a case stands, and where it would stand after a change: every "what if" of one case is one batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from decision.batch import CodedCases, compute_posteriors, sum_subtypes
from decision.case import Case
from decision.evidence import Block, Knowledge
from decision.likelihood import Array, LivingRows, Mask, Mode, load_shares
from decision.observe import Observed, observe_case
from decision.posterior import draw_prior, find_mode
from decision.prediction import choose_sets
from decision.reading import Reading, load_edges, load_mixing, mix_bands
from decision.setting import BY_CASE, find_setting
from decision.states import States, load_table


@dataclass(frozen=True)
class Standing:
    """A case as numbers: `states` of shape (blocks,), its posterior over phenotypes and the probability of each subtype.

    `setting`: the starting point it was given; `chosen`: the one the reader named, which holds where only the usual one would.
    """

    case: Case
    knowledge: Knowledge
    mode: Mode
    setting: str
    chosen: str
    observed: Observed
    states: States
    posterior: Array
    probabilities: Array
    in_set: Mask


@dataclass(frozen=True)
class Foreseen:
    """Posterior over phenotypes after each change, and by subtype the probabilities and sets, shape (changes, subtypes)."""

    posterior: Array
    probabilities: Array
    in_set: Mask


def find_standing(
    case: Case,
    knowledge: Knowledge,
    *,
    published_only: bool = False,
    living: LivingRows = (),
    setting: str = BY_CASE,
) -> Standing:
    """The case observed and weighed; `setting`: the name of the starting point the reader chose."""
    mode = find_mode(case, knowledge, published_only=published_only, living=living)
    start = find_setting(case, knowledge.settings, setting).id
    observed = observe_case(case, knowledge)
    states = load_table(mode).write_states(observed.observations)
    posterior = compute_posteriors(CodedCases(states[None], draw_prior(start)[:1], mode))
    probabilities = sum_subtypes(posterior)
    in_set = choose_sets(probabilities, start, mode)[0]
    return Standing(case, knowledge, mode, start, setting, observed, states, posterior[0], probabilities[0], in_set)


def foresee(standing: Standing, rows: Sequence[States] | States) -> Foreseen:
    """The same patient with other states, one row a change."""
    prior = draw_prior(standing.setting)[0]
    states = np.array(rows, dtype=np.int32).reshape(-1, len(standing.states))
    posterior = compute_posteriors(CodedCases(states, np.tile(prior, (len(states), 1)), standing.mode))
    probabilities = sum_subtypes(posterior)
    return Foreseen(posterior, probabilities, choose_sets(probabilities, standing.setting, standing.mode))


def change_state(standing: Standing, block: Block, band: int) -> States:
    """The states with this block in this band."""
    table = load_table(standing.mode)
    states = standing.states.copy()
    states[table.column[block.id]] = table.find_band(block, band)
    return states


def write_cells(standing: Standing, block: Block, reading: Reading) -> States:
    """The states with this hormone read in each cell of its scale, as far to be trusted as `reading`; shape (cells, blocks)."""
    numbers = _number_cells(block.id, standing.mode, reading.agreed, reading.two_site)
    states = np.tile(standing.states, (len(numbers), 1))
    states[:, load_table(standing.mode).column[block.id]] = numbers
    return states


@lru_cache(maxsize=32)
def _number_cells(block_id: str, mode: Mode, agreed: bool, two_site: bool) -> States:
    """The state of each cell."""
    numbers, cells = load_table(mode).numbers, range(len(load_edges(block_id)) - 1)
    found = [numbers[(block_id, Reading(cell, cell + 1, agreed, two_site), 1.0)] for cell in cells]
    return np.array(found, dtype=np.int32)


def expect_bands(posterior: Array, block: Block, mode: Mode) -> Array | None:
    """How probable each band of the block is, shape (bands,), among the classes it has rows for; None without any.

    `posterior`: probability of each phenotype, shape (phenotypes,). Of a hormone: as one sample is read.
    """
    expected = _expect_true(posterior, block, mode)
    return expected if block.assay is None or expected is None else expected @ mix_bands(block)


def expect_cells(posterior: Array, block: Block, mode: Mode) -> Array | None:
    """The same for every cell of a hormone's scale, shape (cells,)."""
    expected = _expect_true(posterior, block, mode)
    return None if expected is None else expected @ load_mixing(block.id, False)


def _expect_true(posterior: Array, block: Block, mode: Mode) -> Array | None:
    shares, valid = load_shares(block.id, mode)
    inside = posterior[valid]
    if not inside.size:
        return None
    expected: Array = inside @ shares[:, valid].T
    return expected / expected.sum()
