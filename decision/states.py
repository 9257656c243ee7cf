"""Every state a finding can be in, as one table of numbers: what it weighs alone, where it is valid, and which group it shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from decision.evidence import Block, load_knowledge
from decision.joint import Derived, derive
from decision.likelihood import Array, Mask, Mode, compute_points
from decision.observation import Observation, State
from decision.reading import Reading, find_bands, find_cells, list_readings
from decision.sharing import PREFERRED, Counted, Items, Labels, Numbers, Rules, join_inside, share_groups

States = npt.NDArray[np.int32]
Key = tuple[str, State, float]
TIE = 1e-12


@dataclass(frozen=True)
class Table:
    """State 0 is "not seen". `points`: log-likelihood of each state beside that of the average referred patient, shape
    (states, phenotypes), 0 where it is not valid; `level`: that average, which was taken off.

    `together`, `apart`: the part of `points` that classes have in common, and what is left of it.

    `gate`: which of `gates` a state is valid in, -1 when it says nothing; gates run from the widest to the narrowest.
    `own_weight`: below 1 when the value had to be read with an assumed limit. `group`: number of the findings that tell the
    same story, `sharing`: how groups share. `claim`: how much a state says about each phenotype, whatever
    way; beside others of its group the largest claim on a phenotype counts in full. `inside`, `inner_group`, `inner_claim`: the
    classes inside which the difference a state makes belongs to other groups (`inside` numbers them from 1, 0: in none), those
    groups, shape (states, numbers), and its claim there. `joints`: findings that follow from others.
    """

    blocks: tuple[Block, ...]
    numbers: dict[Key, int]
    points: Array
    together: Array
    apart: Array
    level: Array
    gate: npt.NDArray[np.int16]
    gates: tuple[Mask, ...]
    own_weight: Array
    group: States
    sharing: Rules
    claim: Array
    inside: Labels
    inner_group: States
    inner_claim: Array
    joints: tuple[Derived, ...]

    def find_state(self, seen: Observation) -> int:
        """The number of the state an observation is in."""
        return self.numbers[(seen.block.id, seen.state, seen.weight)]

    def find_band(self, block: Block, band: int) -> int:
        """The number of the state in which the block is found in one band: of a hormone, by one sample."""
        whole = block.assay is None
        return self.numbers[(block.id, (band,) if whole else Reading(*find_cells(block, (band,))), 1.0)]

    def write_states(self, observations: list[Observation] | tuple[Observation, ...]) -> States:
        """One case as a row, shape (blocks,)."""
        row = np.zeros(len(self.blocks), dtype=np.int32)
        for seen in observations:
            row[self.column[seen.block.id]] = self.find_state(seen)
        return row

    @property
    def column(self) -> dict[str, int]:
        return _load_columns()


def list_states(block: Block) -> Sequence[State]:
    """The sets of bands a result can lie in: neighbours (a value, or one only known to lie beyond a limit) and the words'.

    Where the assay is known, its readings.
    """
    if block.assay is not None:
        return list_readings(block)
    last = len(block.bands)
    neighbours = [tuple(range(low, high)) for low in range(last) for high in range(low + 1, last + 1)]
    return list(dict.fromkeys([*neighbours, *block.words.values()]))


@lru_cache(maxsize=4)
def load_table(mode: Mode) -> Table:
    """The knowledge in this mode, as numbers."""
    keys, stacked, masks = _stack_states(mode)
    level = _find_level(stacked, masks)
    gates, gate = _number_gates(masks)
    group, sharing = _number_groups(keys)
    points_beside = np.where(masks, stacked - level[:, None], 0.0)
    own_weight = np.where(gate >= 0, np.array([key[2] for key in keys]), 0.0)
    inside, inner_group = _find_inside(keys, masks)
    counted = points_beside * own_weight[:, None]
    together = join_inside(counted, inside)
    common = join_inside(points_beside, inside)
    return Table(
        blocks=_sort_blocks(),
        numbers={key: number for number, key in enumerate(keys)},
        points=points_beside,
        together=common,
        apart=points_beside - common,
        level=level,
        gate=gate,
        gates=gates,
        own_weight=own_weight,
        group=group,
        sharing=sharing,
        claim=_compute_claim(together, keys, gate),
        inside=inside,
        inner_group=inner_group,
        inner_claim=np.abs(counted - together) + TIE * np.arange(len(keys))[:, None],
        joints=derive(_sort_blocks(), {key: number for number, key in enumerate(keys)}),
    )


def _stack_states(mode: Mode) -> tuple[list[Key], Array, Mask]:
    """Every state there is, the first "not seen", with its log-likelihoods and where it is valid, shape (states, phenotypes)."""
    keys: list[Key] = [("", (), 0.0)]
    points, valid = [np.zeros((1, len(load_knowledge().phenotypes)))], []
    valid.append(np.zeros(points[0].shape, dtype=bool))
    for block in _sort_blocks():
        states = list_states(block)
        point, where = compute_points(block, states, mode)
        for weight in _list_weights(block):
            keys += [(block.id, state, weight) for state in states]
            points.append(np.where(where, point, 0.0))
            valid.append(where)
    return keys, np.vstack(points), np.vstack(valid)


def weigh_findings(rows: Numbers, states: States, table: Table) -> Counted:
    """What each finding counts for about each phenotype among the others of its case; `rows`: the case of each, ascending."""
    two, label = np.nonzero(table.inner_group.take(states, axis=0))
    again = states[two]
    items = Items(
        rows=np.concatenate([rows, rows[two]]),
        group=np.concatenate([table.group[states], table.inner_group[again, label]]).astype(np.intp),
        claim=np.concatenate([table.claim.take(states, axis=0), table.inner_claim.take(again, axis=0)]),
        own=table.own_weight[np.concatenate([states, again])],
    )
    weights, inside = share_groups(items, table.sharing), table.inside.take(states, axis=0)
    inner = np.zeros((len(states), weights.shape[1]))
    inner[two[label == 0]] = weights[len(states) :][label == 0]
    for number in range(1, table.inner_group.shape[1]):
        here, own = two[label == number], weights[len(states) :][label == number]
        inner[here] = np.where(inside[here] == number + 1, own, inner[here])
    return Counted(weights[: len(states)], inner, inside)


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


def _find_level(points: Array, valid: Mask) -> Array:
    """Log of what is expected of the average referred patient, of those for whom the state is valid, shape (states,)."""
    knowledge = load_knowledge()
    prior = np.array([knowledge.usual_setting.shares[name] for name in knowledge.phenotypes]) * valid
    total = prior.sum(axis=1)
    level: Array = np.log(
        np.where(total > 0, (prior * np.exp(points)).sum(axis=1), 1.0) / np.where(total > 0, total, 1.0)
    )
    return level


def _number_groups(keys: list[Key]) -> tuple[States, Rules]:
    """The group of every state; a block without one is a group of its own, in which nothing is shared."""
    blocks, groups = load_knowledge().blocks, load_knowledge().groups
    names = _name_groups()
    numbers = [0, *(names.index(_find_group(blocks[key[0]], key[1]) or key[0]) for key in keys[1:])]
    after = [groups[name].next if name in groups else 1.0 for name in names]
    within = [names.index(groups[name].within or "") if name in groups else 0 for name in names]
    return np.array(numbers, dtype=np.int32), Rules(np.array(after), np.array(within, dtype=np.intp))


def _name_groups() -> list[str]:
    return ["", *load_knowledge().groups, *load_knowledge().blocks]


def _find_inside(keys: list[Key], masks: Mask) -> tuple[Labels, States]:
    """Of every state the classes inside which the difference it makes belongs to other groups, and those groups (0: none)."""
    knowledge, names = load_knowledge(), _name_groups()
    most = max(len(block.inner) for block in knowledge.blocks.values())
    inside, groups = np.zeros(masks.shape, dtype=np.int8), np.zeros((len(keys), most), dtype=np.int32)
    for number, (name, _, _) in enumerate(keys):
        for place, inner in enumerate(knowledge.blocks[name].inner if name else ()):
            within = masks[number] & [phenotype in inner.phenotypes for phenotype in knowledge.phenotypes]
            if within.sum() > 1:
                inside[number, within] = place + 1
                groups[number, place] = names.index(inner.group)
    return inside, groups


def _find_group(block: Block, state: State) -> str | None:
    return block.group_of(find_bands(block, state.low, state.high) if isinstance(state, Reading) else state)


def _compute_claim(points: Array, keys: list[Key], gate: npt.NDArray[np.int16]) -> Array:
    """Size of what each state says, ties broken by order; one that its group prefers is above all others."""
    blocks, groups = load_knowledge().blocks, load_knowledge().groups
    claim: Array = np.abs(points) + TIE * np.arange(len(keys))[:, None]
    for number, (name, _, _) in enumerate(keys):
        group = groups.get(blocks[name].group or "") if name else None
        if group is not None and name in group.prefer:
            claim[number] += PREFERRED * (len(group.prefer) - group.prefer.index(name))
    claim[gate < 0] = 0.0
    return claim
