"""Patients drawn from the knowledge itself: what the engine would meet if the world were as the book says, as surely as it says it.

Given the phenotype, each finding that is looked for is drawn from its row of shares, and those shares from the counts behind
them. Of a group in which only one finding counts, one is looked for.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from decision.batch import CodedCases
from decision.caps import Array, Mask, cap_branches
from decision.evidence import Block, Row, load_knowledge
from decision.joint import add_joints
from decision.likelihood import Mode, list_counts, load_shifts, used_rows
from decision.observation import State
from decision.reading import Reading, load_edges, load_mixing, weigh_bands
from decision.states import States, Table, load_table

Numbers = npt.NDArray[np.intp]


def draw_truth(prior: Array, n: int, generator: np.random.Generator) -> Numbers:
    """Phenotype numbers by their prior."""
    return generator.choice(len(prior), size=n, p=prior / prior.sum())


def draw_truth_by_subtype(prior: Array, each: int, generator: np.random.Generator) -> Numbers:
    """The same number of patients in every subtype, inside it by the prior."""
    knowledge = load_knowledge()
    of = np.array([knowledge.subtype_of[name] for name in knowledge.phenotypes])
    parts = []
    for subtype in dict.fromkeys(of):
        members = np.flatnonzero(of == subtype)
        parts.append(members[draw_truth(prior[members], each, generator)])
    return np.concatenate(parts)


def draw_patients(truth: Numbers, prior: Array, mode: Mode, generator: np.random.Generator) -> CodedCases:
    """One patient for each phenotype number in `truth`; `prior`: shape (phenotypes,).

    A patient whose phenotype has no row in a block is left unknown there: nobody knows how the test turns out.
    """
    table = load_table(mode)
    looked = _choose_findings(len(truth), table, generator)
    states = np.zeros(looked.shape, dtype=np.int32)
    for column, block in enumerate(table.blocks):
        chances, numbers = _load_chances(block.id, mode)
        rows = np.flatnonzero(looked[:, column])
        band = (generator.random((len(rows), 1)) >= chances[truth[rows]]).sum(axis=1)
        states[rows, column] = numbers[band]
    states = add_joints(states, table.joints)
    return CodedCases(states, np.broadcast_to(prior, (len(truth), len(prior))), mode)


def draw_points(coded: CodedCases, truth: Numbers, generator: np.random.Generator) -> Array:
    """Log-likelihoods of what was found under the shares each patient was drawn from, one row a finding as in `np.nonzero`.

    Those shares are drawn given the finding: in the row it came from one patient more had it.
    """
    table = load_table(coded.mode)
    points = np.zeros((*coded.states.shape, table.points.shape[1]))
    keys = list(table.numbers)
    for column, block in enumerate(table.blocks):
        rows = np.flatnonzero(coded.states[:, column])
        place = np.array([_find_place(keys[number][1]) for number in coded.states[rows, column]], dtype=np.intp)
        shares, valid = _draw_shares(block, place, truth[rows], coded.mode, generator)
        capped = cap_branches(np.log(shares), valid, block, load_knowledge())
        points[rows, column] = capped + load_shifts(block.id, coded.mode)[place]
    return points[np.nonzero(coded.states)]


def _find_place(state: State) -> int:
    """The band of a state, or its cell where the assay is known."""
    return state.low if isinstance(state, Reading) else state[0]


def _draw_shares(
    block: Block, place: Numbers, truth: Numbers, mode: Mode, generator: np.random.Generator
) -> tuple[Array, Mask]:
    knowledge = load_knowledge()
    shares = np.ones((len(place), len(knowledge.phenotypes)))
    valid = np.zeros(len(knowledge.phenotypes), dtype=bool)
    draw_row = _draw_band if block.assay is None else _draw_reading
    for _, row in used_rows(block, mode):
        columns = [knowledge.phenotypes.index(name) for name in row.phenotypes]
        counts = list_counts(row, knowledge, mode.child)
        shares[:, columns] = draw_row(counts, place, np.isin(truth, columns), generator, block)[:, None]
        valid[columns] = True
    return np.maximum(shares, knowledge.rules["interval"]["smallest_share"]), valid


def _draw_band(counts: Array, band: Numbers, own: Mask, generator: np.random.Generator, block: Block) -> Array:
    """Share of each patient's band, shape (patients,); one patient more had it where the row is the patient's `own`."""
    return generator.beta(counts[band] + own, counts.sum() - counts[band])


def _draw_reading(counts: Array, cell: Numbers, own: Mask, generator: np.random.Generator, block: Block) -> Array:
    """How the drawn bands speak in each patient's cell, shape (patients,).

    Which band the reading came from is drawn too: the one more patient of the `own` row is in that one.
    """
    chance = counts[:, None] * load_mixing(block.id, False)[:, cell]
    rank = generator.random(len(cell)) * chance.sum(axis=0)
    came_from = (rank >= chance.cumsum(axis=0)).sum(axis=0)
    seen = counts + own[:, None] * (np.arange(len(counts)) == came_from[:, None])
    drawn = generator.gamma(seen)
    readings = [Reading(number, number + 1) for number in range(len(load_edges(block.id)) - 1)]
    spoken: Array = (drawn / drawn.sum(axis=1, keepdims=True) * weigh_bands(block, readings)[cell]).sum(axis=1)
    return spoken


def _choose_findings(n: int, table: Table, generator: np.random.Generator) -> Mask:
    """What is looked for in each patient: the more thorough the work-up, the more; shape (patients, blocks)."""
    policy = load_knowledge().rules["simulation"]
    thorough = generator.uniform(policy["looked_for_least"], policy["looked_for_most"], (n, 1))
    order = generator.random((n, len(table.blocks)))
    looked: Mask = order < thorough
    for group in load_knowledge().groups.values():
        columns = [number for number, block in enumerate(table.blocks) if block.group == group.id]
        if group.next == 0 and columns:
            best = order[:, columns].argmin(axis=1)
            looked[:, columns] &= np.arange(len(columns)) == best[:, None]
    looked[:, [joint.column for joint in table.joints]] = False
    return looked


@lru_cache(maxsize=256)
def _load_chances(block_id: str, mode: Mode) -> tuple[Array, States]:
    """Cumulated mean shares, shape (phenotypes, bands or cells), and the state of each with "unknown" last."""
    knowledge, table = load_knowledge(), load_table(mode)
    block = knowledge.blocks[block_id]
    chances = np.zeros((len(knowledge.phenotypes), len(block.bands)))
    for _, row in used_rows(block, mode):
        columns = [knowledge.phenotypes.index(name) for name in row.phenotypes]
        chances[columns] = _mean_shares(row, mode)
    numbers = [table.find_band(block, band) for band in range(len(block.bands))]
    if block.assay is not None:
        chances = chances @ load_mixing(block.id, False)
        numbers = [table.numbers[(block.id, Reading(cell, cell + 1), 1.0)] for cell in range(chances.shape[1])]
    chances = chances.cumsum(axis=1)
    whole = (len(block.bands) > 1) & (chances[:, -1:] > 0)
    chances[:, -1:] = np.where(whole, 1.0, chances[:, -1:])
    return chances, np.array([*numbers, 0], dtype=np.int32)


def _mean_shares(row: Row, mode: Mode) -> Array:
    counts = list_counts(row, load_knowledge(), mode.child)
    shares: Array = (counts / counts.sum())[: len(row.shares)]
    return shares
