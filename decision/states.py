"""Every state a finding can be in, as one table of numbers: what it weighs alone, where it is valid, and which group it shares."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from decision.evidence import Block, load_knowledge
from decision.likelihood import Array, Mask, Mode, compute_points
from decision.observe import Observation

States = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.intp]
Key = tuple[str, tuple[int, ...], float]


@dataclass(frozen=True)
class Table:
    """State 0 is "not seen". `points`: log-likelihood of each state, shape (states, phenotypes), 0 where it is not valid.

    `gate`: which of `gates` a state is valid in, -1 when it says nothing; gates run from the widest to the narrowest.
    `own_weight`: below 1 when the value had to be read with an assumed limit. `group`: of findings that tell the same story.
    `rank`: in a group the finding of highest rank counts in full, and each other one by `next` of the highest.
    """

    blocks: tuple[Block, ...]
    numbers: dict[Key, int]
    points: Array
    gate: npt.NDArray[np.int16]
    gates: tuple[Mask, ...]
    own_weight: Array
    group: States
    rank: States
    next: Array

    def find_state(self, seen: Observation) -> int:
        """The number of the state an observation is in."""
        return self.numbers[(seen.block.id, seen.bands, seen.weight)]

    def write_states(self, observations: list[Observation] | tuple[Observation, ...]) -> States:
        """One case as a row, shape (blocks,)."""
        row = np.zeros(len(self.blocks), dtype=np.int32)
        for seen in observations:
            row[self.column[seen.block.id]] = self.find_state(seen)
        return row

    @property
    def column(self) -> dict[str, int]:
        return _load_columns()


def list_states(block: Block) -> list[tuple[int, ...]]:
    """The sets of bands a result can lie in: neighbours (a value, or one only known to lie beyond a limit) and the words'."""
    last = len(block.bands)
    neighbours = [tuple(range(low, high)) for low in range(last) for high in range(low + 1, last + 1)]
    return list(dict.fromkeys([*neighbours, *block.words.values()]))


@lru_cache(maxsize=4)
def load_table(mode: Mode) -> Table:
    """The knowledge in this mode, as numbers."""
    blocks = _sort_blocks()
    keys: list[Key] = [("", (), 0.0)]
    points, valid = [np.zeros((1, len(load_knowledge().phenotypes)))], []
    valid.append(np.zeros(points[0].shape, dtype=bool))
    for block in blocks:
        states = list_states(block)
        point, where = compute_points(block, states, mode)
        for weight in _list_weights(block):
            keys += [(block.id, bands, weight) for bands in states]
            points.append(np.where(where, point, 0.0))
            valid.append(where)
    stacked, masks = np.vstack(points), np.vstack(valid)
    gates, gate = _number_gates(masks)
    own_weight = np.array([key[2] for key in keys])
    strength = _measure_strength(stacked, masks) * own_weight
    rank, after = _rank_states(keys, np.where(gate >= 0, strength, -1.0))
    names = [*load_knowledge().groups, *(block.id for block in blocks)]
    return Table(
        blocks=blocks,
        numbers={key: number for number, key in enumerate(keys)},
        points=stacked,
        gate=gate,
        gates=gates,
        own_weight=np.where(gate >= 0, own_weight, 0.0),
        group=np.array([0, *(names.index(_group_of(key)) for key in keys[1:])], dtype=np.int32),
        rank=rank,
        next=after,
    )


def weigh_findings(rows: Numbers, states: States, table: Table) -> Array:
    """What each finding counts for among the others of its case; `rows`: the case of each finding. 0 when it says nothing.

    In a group the preferred finding counts alone; otherwise the strongest counts in full and each further one in part.
    """
    place = rows * np.intp(table.group.max() + 1) + table.group[states]
    rank = table.rank[states]
    highest = np.zeros(place.max(initial=-1) + 1, dtype=np.int32)
    np.maximum.at(highest, place, rank)
    first = highest[place]
    weights: Array = table.own_weight[states] * np.where(first == rank, 1.0, table.next[first])
    return weights


@lru_cache(maxsize=1)
def _sort_blocks() -> tuple[Block, ...]:
    return tuple(sorted(load_knowledge().blocks.values(), key=lambda block: block.id))


@lru_cache(maxsize=1)
def _load_columns() -> dict[str, int]:
    return {block.id: number for number, block in enumerate(_sort_blocks())}


def _list_weights(block: Block) -> tuple[float, ...]:
    """In full, and where the block says how to read a value without its limit, with that weight too."""
    return tuple(dict.fromkeys((1.0, float((block.without_uln or {}).get("weight", 1.0)))))


def _number_gates(valid: Mask) -> tuple[tuple[Mask, ...], npt.NDArray[np.int16]]:
    distinct = {row.tobytes(): row for row in valid if row.any()}
    gates = tuple(sorted(distinct.values(), key=lambda row: (-int(row.sum()), tuple(np.flatnonzero(row)))))
    numbers = {gate.tobytes(): number for number, gate in enumerate(gates)}
    return gates, np.array([numbers.get(row.tobytes(), -1) for row in valid], dtype=np.int16)


def _measure_strength(points: Array, valid: Mask) -> Array:
    highest = np.where(valid, points, -np.inf).max(axis=1)
    lowest = np.where(valid, points, np.inf).min(axis=1)
    strength: Array = np.where(valid.any(axis=1), highest - lowest, 0.0)
    return strength


def _group_of(key: Key) -> str:
    """The group of a state; a block without one is a group of its own."""
    return load_knowledge().blocks[key[0]].group or key[0]


def _rank_states(keys: list[Key], strength: Array) -> tuple[States, Array]:
    """Rank of every state (0: says nothing), and by rank what a further finding of its group counts for beside it."""
    groups = load_knowledge().groups

    def order(number: int) -> tuple[float, float, str, int]:
        group = groups.get(_group_of(keys[number]))
        prefer = group.prefer if group else ()
        preferred = len(prefer) - prefer.index(keys[number][0]) if keys[number][0] in prefer else 0
        return preferred, strength[number], keys[number][0], number

    speaking = sorted((int(number) for number in np.flatnonzero(strength >= 0)), key=order)
    rank, after = np.zeros(len(keys), dtype=np.int32), np.zeros(len(speaking) + 1)
    for place, number in enumerate(speaking, start=1):
        rank[number] = place
        group = groups.get(_group_of(keys[number]))
        after[place] = group.next if group and not order(number)[0] else 0.0
    return rank, after
