"""From the published shares of a block to likelihoods: drawn from their counts, capped where classes branch."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from decision.caps import Array, Mask, cap_branches, keep_order
from decision.evidence import PUBLISHED, Block, Knowledge, Row, load_knowledge

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


def compute_points(block: Block, states: Sequence[tuple[int, ...]], mode: Mode) -> tuple[Array, Mask]:
    """Log-likelihood of each set of bands from the published shares, shape (states, phenotypes), and where it is valid."""
    by_band, valid = load_shares(block.id, mode)
    shares = np.where(valid, np.array([_add_bands(by_band.T, bands) for bands in states]), 1.0)
    informs = np.ptp(shares[:, valid], axis=1) > 0 if valid.sum() > 1 else np.zeros(len(states), dtype=bool)
    capped = cap_branches(np.log(shares), valid, block, load_knowledge())
    return capped + np.array([find_shift(block, bands, mode) for bands in states]), informs[:, None] & valid


@lru_cache(maxsize=1024)
def load_draws(block_id: str, bands: tuple[int, ...], mode: Mode) -> Array:
    """Log-likelihoods of these bands drawn from the counts behind each row, shape (draws, phenotypes); 0 without a row."""
    knowledge = load_knowledge()
    block = knowledge.blocks[block_id]
    shares = np.ones((knowledge.rules["interval"]["draws"], len(knowledge.phenotypes)))
    valid = np.zeros(len(knowledge.phenotypes), dtype=bool)
    for number, row in used_rows(block, mode):
        columns = [knowledge.phenotypes.index(name) for name in row.phenotypes]
        shares[:, columns] = _add_bands(_draw_row(block_id, number, mode), bands)[:, None]
        valid[columns] = True
    return cap_branches(np.log(shares), valid, block, knowledge) + find_shift(block, bands, mode)


def find_shift(block: Block, bands: tuple[int, ...], mode: Mode) -> Array:
    """What is added to capped log-likelihoods of a single band so that a stronger result turns no ratio round, shape (phenotypes,)."""
    shifts = load_shifts(block.id, mode)
    none: Array = np.zeros(shifts.shape[1])
    return shifts[bands[0]] if len(bands) == 1 else none


@lru_cache(maxsize=512)
def load_shifts(block_id: str, mode: Mode) -> Array:
    """The same for every band, shape (bands, phenotypes); zero where the bands are not on a scale."""
    knowledge = load_knowledge()
    block = knowledge.blocks[block_id]
    shares, valid = load_shares(block_id, mode)
    if not block.cuts or valid.sum() < 2:
        return np.zeros(shares.shape)
    raw = np.log(np.where(valid, np.maximum(shares, knowledge.rules["interval"]["smallest_share"]), 1.0))
    capped = cap_branches(raw, valid, block, knowledge)
    shifts: Array = keep_order(raw, capped, valid) - capped
    return shifts


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


def _add_bands(shares: Array, bands: tuple[int, ...]) -> Array:
    """Share of the bands together, along the last axis; never so small that one patient could decide everything."""
    if len(bands) == shares.shape[-1] > 1:
        return np.ones(shares.shape[:-1])
    total: Array = shares[..., list(bands)].sum(axis=-1)
    return np.maximum(np.where(total >= WHOLE, 1.0, total), load_knowledge().rules["interval"]["smallest_share"])
