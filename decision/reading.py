"""A hormone's value as one laboratory's reading: fine cells instead of bands, each with the chance to be read from every band.

The literature gives the shares of a class in a few bands. Inside a band true values are taken as even on the log scale (the
outer bands end where the assay does), and a reading is spread about the true value. So what a value says changes smoothly
across a cut-off, and no faster than one laboratory differs from another.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.stats import norm

from decision.assay import Assay
from decision.caps import Array
from decision.evidence import Block, load_knowledge
from decision.units import format_number


@dataclass(frozen=True)
class Reading:
    """Cells `low` (inside) to `high` (outside) a reading lies in: one for a value, more when it is known to be below or above
    a limit or only in words. `agreed`: from samples that agree; `two_site`: from a platform that under-reads precursors.
    """

    low: int
    high: int
    agreed: bool = False
    two_site: bool = False


def find_assay(block: Block) -> Assay:
    """The block's assay; raises LookupError where it has none."""
    if block.assay is None:
        raise LookupError(f"{block.id} has no assay")
    return block.assay


@lru_cache(maxsize=16)
def load_edges(block_id: str) -> Array:
    """Edges of the cells in the block's unit, shape (cells + 1,); every cut-off of the block is one of them. Read only."""
    return np.concatenate(
        [_list_starts(low, high, block_id) for low, high in _list_spans(block_id)] + [[_highest(block_id)]]
    )


@lru_cache(maxsize=16)
def load_mixing(block_id: str, agreed: bool) -> Array:
    """Chance of each cell for a true value in each band, shape (bands, cells); every row sums to 1. Read only."""
    assay = find_assay(load_knowledge().blocks[block_id])
    edges, spans = np.log(load_edges(block_id)), np.log(_list_spans(block_id))
    spread = (assay.agreed if agreed else assay.one).value
    below = np.array([_integrate_below(edges[1:-1], low, high, spread) for low, high in spans])
    if not agreed:
        taken, given = list(assay.misread.takes), spans[list(assay.misread.gives)]
        moved = _integrate_below(edges[1:-1], given.min(), given.max(), spread)
        below[taken] += assay.misread.value * (moved - below[taken])
    rising = np.maximum.accumulate(below.clip(0.0, 1.0), axis=1)  # rounding must not make a chance negative
    mixing: Array = np.diff(rising, axis=1, prepend=0.0, append=1.0)
    return mixing


def weigh_bands(block: Block, readings: Sequence[Reading]) -> Array:
    """How much each band speaks in each reading, shape (readings, bands); every row sums to 1, all even when nothing is said."""
    weights = np.empty((len(readings), len(block.bands)))
    for agreed in (False, True):
        chosen = [number for number, reading in enumerate(readings) if reading.agreed == agreed]
        if chosen:
            below = np.pad(load_mixing(block.id, agreed).cumsum(axis=1), ((0, 0), (1, 0)))
            low, high = (np.array([getattr(readings[number], end) for number in chosen]) for end in ("low", "high"))
            weights[chosen] = (below[:, high] - below[:, low]).T
            weights[[n for n, whole in zip(chosen, high - low == below.shape[1] - 1, strict=True) if whole]] = 1.0
    total: Array = weights / weights.sum(axis=1, keepdims=True)
    return total


def mix_bands(block: Block) -> Array:
    """Chance that one sample of a true value in each band is read in each band, shape (bands, bands); rows sum to 1."""
    mixing = load_mixing(block.id, False)
    parts = [
        mixing[:, low:high].sum(axis=1) for low, high in (find_cells(block, (band,)) for band in range(len(mixing)))
    ]
    return np.stack(parts, axis=1)


def list_readings(block: Block) -> list[Reading]:
    """Every reading there can be: each cell, everything below or above each edge, and every run of neighbouring bands."""
    cells, bands = len(load_edges(block.id)) - 1, len(block.bands)
    single = [(cell, cell + 1) for cell in range(cells)]
    open_ended = [(0, edge) for edge in range(1, cells + 1)] + [(edge, cells) for edge in range(cells)]
    runs = [find_cells(block, tuple(range(low, high))) for low in range(bands) for high in range(low + 1, bands + 1)]
    spans = dict.fromkeys([*single, *open_ended, *runs])
    return [Reading(low, high, agreed, two) for agreed in (False, True) for two in (False, True) for low, high in spans]


def find_cells(block: Block, bands: Sequence[int]) -> tuple[int, int]:
    """First cell and the one after the last of neighbouring bands."""
    outer = [0, *np.searchsorted(load_edges(block.id), block.cuts).tolist(), len(load_edges(block.id)) - 1]
    return outer[min(bands)], outer[max(bands) + 1]


def find_bands(block: Block, low: int, high: int) -> tuple[int, ...]:
    """The bands that cells `low` to `high` lie in."""
    starts = load_edges(block.id)[[low, high - 1]]
    first, last = np.searchsorted(block.cuts, starts, side="right").tolist()
    return tuple(range(first, last + 1))


def find_likely_bands(block: Block, reading: Reading) -> tuple[int, ...]:
    """The bands a reading may belong to: of a value those within one standard deviation, of a word or a limit its own."""
    low, high = reading.low, reading.high
    if high - low == 1:
        assay, edges = find_assay(block), load_edges(block.id)
        factor = math.exp((assay.agreed if reading.agreed else assay.one).value)
        low = max(0, int(np.searchsorted(edges, edges[low] / factor, side="right")) - 1)
        high = min(len(edges) - 1, int(np.searchsorted(edges, edges[high] * factor)))
    return find_bands(block, low, high)


def find_span(block: Block, value: float, comparator: str | None = None) -> tuple[int, int]:
    """The cells of a value in the block's unit: its own, or all below or above when it is only known to be so."""
    edges = load_edges(block.id)
    cells = len(edges) - 1
    value = _round_to_edge(value, edges)
    if comparator in ("<", "<="):
        return 0, min(max(1, int((edges[:-1] < value).sum())), cells)
    if comparator in (">", ">="):
        return min(int((edges[1:] <= value).sum()), cells - 1), cells
    cell = min(max(int(np.searchsorted(edges, value, side="right")) - 1, 0), cells - 1)
    return cell, cell + 1


def name_range(block: Block, low: int, high: int) -> str:
    """Cells `low` to `high` in words: a range of values in the block's unit to two digits, open where the scale ends."""
    edges = load_edges(block.id)
    least, most = (format_number(float(f"{edges[cell]:.2g}")) for cell in (low, high))
    if low == 0:
        return f"< {most} {block.unit}"
    return f"≥ {least} {block.unit}" if high == len(edges) - 1 else f"{least}–{most} {block.unit}"


def _round_to_edge(value: float, edges: Array) -> float:
    """The edge itself for a value that only the rounding between units keeps from it, as with the cut-offs of other tests."""
    nearest = float(edges[np.abs(edges - value).argmin()])
    return (
        nearest
        if math.isclose(value, nearest, rel_tol=load_knowledge().rules["reading"]["conversion_rounding"])
        else value
    )


def _list_spans(block_id: str) -> list[tuple[float, float]]:
    """Where each band begins and ends, the outer ones at the ends of the assay."""
    block = load_knowledge().blocks[block_id]
    assay = find_assay(block)
    outer = (assay.lowest, *block.cuts, assay.highest)
    return list(zip(outer, outer[1:], strict=False))


def _list_starts(low: float, high: float, block_id: str) -> Array:
    cells = math.ceil(math.log(high / low) / find_assay(load_knowledge().blocks[block_id]).step)
    return np.concatenate([[low], np.geomspace(low, high, cells + 1)[1:-1]])


def _highest(block_id: str) -> float:
    return find_assay(load_knowledge().blocks[block_id]).highest


def _integrate_below(edges: Array, low: float, high: float, spread: float) -> Array:
    """Chance to be read below each edge (all natural log) for a true value even between low and high, with normal error."""

    def rise(at: Array) -> Array:
        integral: Array = at * norm.cdf(at) + norm.pdf(at)
        return integral

    chance: Array = spread / (high - low) * (rise((edges - low) / spread) - rise((edges - high) / spread))
    return chance
