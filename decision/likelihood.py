"""From the published shares of a block to likelihoods: drawn from their counts, capped where classes branch."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from decision.caps import Array, Mask, cap_branches, keep_order, shrink_difference
from decision.evidence import PUBLISHED, Block, Knowledge, Row, load_knowledge
from decision.observation import State
from decision.reading import Reading, find_assay, load_edges, weigh_bands

LivingRows = tuple[tuple[str, tuple[Row, ...]], ...]

WHOLE = 1 - 1e-9


@dataclass(frozen=True)
class Mode:
    """How the knowledge is read: published rows only, and with the smaller n that a child's likelihoods have.

    `living`: by block the rows that take the place of the published ones, with this trial's patients counted in.
    """

    published_only: bool = False
    child: bool = False
    living: LivingRows = ()

    def rows_of(self, block: Block) -> tuple[Row, ...]:
        """The rows of the block as they are read."""
        return next((rows for name, rows in self.living if name == block.id), block.rows)


def used_rows(block: Block, mode: Mode) -> list[tuple[int, Row]]:
    """The rows that count, with their number in the block."""
    return [
        (number, row)
        for number, row in enumerate(mode.rows_of(block))
        if row.grade != "none" and (not mode.published_only or row.grade in PUBLISHED)
    ]


@lru_cache(maxsize=512)
def load_shares(block_id: str, mode: Mode) -> tuple[Array, Mask]:
    """The published share of each band, shape (bands, phenotypes), and which phenotypes have a row. Read only."""
    knowledge = load_knowledge()
    block = knowledge.blocks[block_id]
    shares = np.ones((len(block.bands), len(knowledge.phenotypes)))
    valid = np.zeros(len(knowledge.phenotypes), dtype=bool)
    for _, row in used_rows(block, mode):
        columns = [knowledge.phenotypes.index(name) for name in row.phenotypes]
        shares[:, columns] = np.array(row.shares)[:, None]
        valid[columns] = True
    return shares, valid


def compute_points(block: Block, states: Sequence[State], mode: Mode) -> tuple[Array, Mask]:
    """Log-likelihood of each state from the published shares, shape (states, phenotypes), and where it is valid."""
    by_band, valid = load_shares(block.id, mode)
    shares = np.where(valid, _add_bands(by_band.T, block, states).T, 1.0)
    informs = np.ptp(shares[:, valid], axis=1) > 0 if valid.sum() > 1 else np.zeros(len(states), dtype=bool)
    points = _cap_states(np.log(shares), valid, block, states)
    return points + np.array([find_shift(block, state, mode) for state in states]), informs[:, None] & valid


@lru_cache(maxsize=1024)
def load_draws(block_id: str, state: State, mode: Mode) -> Array:
    """Log-likelihoods of this state drawn from the counts behind each row, shape (draws, phenotypes); 0 without a row."""
    knowledge = load_knowledge()
    block = knowledge.blocks[block_id]
    shares = np.ones((knowledge.rules["interval"]["draws"], len(knowledge.phenotypes)))
    valid = np.zeros(len(knowledge.phenotypes), dtype=bool)
    for number, row in used_rows(block, mode):
        columns = [knowledge.phenotypes.index(name) for name in row.phenotypes]
        shares[:, columns] = _add_bands(_draw_row(block_id, number, mode), block, [state])
        valid[columns] = True
    return _cap_states(np.log(shares), valid, block, [state]) + find_shift(block, state, mode)


def find_shift(block: Block, state: State, mode: Mode) -> Array:
    """What is added to capped log-likelihoods so that a stronger result turns no ratio round, shape (phenotypes,).

    Of a reading over several cells the mean; none for several bands of other tests.
    """
    if isinstance(state, Reading):
        cells: Array = _load_sums(block.id, mode, state.two_site, state.agreed)
        return (cells[state.high] - cells[state.low]) / (state.high - state.low)
    shifts = load_shifts(block.id, mode)
    none: Array = np.zeros(shifts.shape[1])
    return shifts[state[0]] if len(state) == 1 else none


@lru_cache(maxsize=512)
def load_shifts(block_id: str, mode: Mode, two_site: bool = False, agreed: bool = False) -> Array:
    """The same for every band, shape (bands, phenotypes), or cell where the assay is known; zero where there is no scale."""
    knowledge = load_knowledge()
    block = knowledge.blocks[block_id]
    shares, valid = load_shares(block_id, mode)
    states: Sequence[State] = [(band,) for band in range(len(block.bands))]
    if block.assay is not None:
        states = [Reading(cell, cell + 1, agreed, two_site) for cell in range(len(load_edges(block_id)) - 1)]
    if not block.cuts or valid.sum() < 2:
        return np.zeros((len(states), shares.shape[1]))
    raw = np.where(valid, np.log(_add_bands(shares.T, block, states)).T, 0.0)
    if two_site:
        raw = _blur_sources(raw, block)
    capped = cap_branches(raw, valid, block, knowledge)
    shifts: Array = keep_order(raw, capped, valid) - capped
    return shifts


@lru_cache(maxsize=64)
def _load_sums(block_id: str, mode: Mode, two_site: bool, agreed: bool) -> Array:
    """Shifts of the cells added up from the first, shape (cells + 1, phenotypes)."""
    shifts = load_shifts(block_id, mode, two_site, agreed)
    sums: Array = np.vstack([np.zeros(shifts.shape[1]), shifts.cumsum(axis=0)])
    return sums


def _cap_states(loglik: Array, valid: Mask, block: Block, states: Sequence[State]) -> Array:
    """Log-likelihoods of these states, shape (any, phenotypes), held to the caps; one row a state, or one state in many draws."""
    two_site = np.array([isinstance(state, Reading) and state.two_site for state in states])
    if two_site.any():
        loglik = np.where(two_site[:, None], _blur_sources(loglik, block), loglik)
    return cap_branches(loglik, valid, block, load_knowledge())


def _blur_sources(loglik: Array, block: Block) -> Array:
    """As a platform reads that under-reads precursors: the difference between sources counts in part."""
    rule = find_assay(block).two_site
    return shrink_difference(loglik, rule.classes, rule.value)


def list_counts(row: Row, knowledge: Knowledge, child: bool = False) -> Array:
    """Parameters of the row's Dirichlet (Beta for a single band): its patients by band, and the policy's pseudo-count."""
    policy = knowledge.rules["interval"]
    n = row.n * (knowledge.rules["child"]["n_share"] if child else 1.0)
    shares = np.array(row.shares if len(row.shares) > 1 else (row.shares[0], 1 - row.shares[0]))
    counts: Array = n * shares / shares.sum() + policy["pseudo_count"] / len(shares)
    return counts


@lru_cache(maxsize=1024)
def _draw_row(block_id: str, number: int, mode: Mode) -> Array:
    """Shares of every band, drawn together so that they sum to 1; each row has its own seed and disturbs no other."""
    knowledge = load_knowledge()
    policy, row = knowledge.rules["interval"], mode.rows_of(knowledge.blocks[block_id])[number]
    generator = np.random.default_rng([policy["seed"], zlib.crc32(block_id.encode()), number])
    drawn: Array = generator.dirichlet(list_counts(row, knowledge, mode.child), policy["draws"])
    return drawn[:, : len(row.shares)]


def _add_bands(shares: Array, block: Block, states: Sequence[State]) -> Array:
    """Share of each state, shape (..., states), from shares of the bands along the last axis.

    Never so small that one patient could decide everything. Of a reading: how its bands speak together, up to a factor.
    """
    if isinstance(states[0], Reading):
        readings = [state for state in states if isinstance(state, Reading)]
        total: Array = shares @ weigh_bands(block, readings).T
        silent = np.array([reading.high - reading.low == len(load_edges(block.id)) - 1 for reading in readings])
        total = np.where(silent, 1.0, total)
    else:
        total = np.stack(
            [shares[..., list(state)].sum(axis=-1) for state in states if isinstance(state, tuple)], axis=-1
        )
        silent = np.array([isinstance(state, tuple) and len(state) == shares.shape[-1] > 1 for state in states])
        total = np.where(silent | (total >= WHOLE), 1.0, total)
    smallest: float = load_knowledge().rules["interval"]["smallest_share"]
    return np.maximum(total, smallest)
