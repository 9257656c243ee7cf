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
from decision.likelihood import Mode, list_counts, load_shifts, used_rows
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
    return CodedCases(states, np.broadcast_to(prior, (len(truth), len(prior))), mode)


def draw_points(coded: CodedCases, truth: Numbers, generator: np.random.Generator) -> Array:
    """Log-likelihoods of what was found under the shares each patient was drawn from, one row a finding as in `np.nonzero`.

    Those shares are drawn given the finding: in the row it came from one patient more had it.
    """
    table = load_table(coded.mode)
    points = np.zeros((*coded.states.shape, table.points.shape[1]))
    bands = _list_bands(table)
    for column, block in enumerate(table.blocks):
        rows = np.flatnonzero(coded.states[:, column])
        band = bands[coded.states[rows, column]]
        shares, valid = _draw_shares(block, band, truth[rows], coded.mode, generator)
        capped = cap_branches(np.log(shares), valid, block, load_knowledge())
        points[rows, column] = capped + load_shifts(block.id, coded.mode)[band]
    return points[np.nonzero(coded.states)]


def _draw_shares(
    block: Block, band: Numbers, truth: Numbers, mode: Mode, generator: np.random.Generator
) -> tuple[Array, Mask]:
    knowledge = load_knowledge()
    shares = np.ones((len(band), len(knowledge.phenotypes)))
    valid = np.zeros(len(knowledge.phenotypes), dtype=bool)
    for _, row in used_rows(block, mode):
        columns = [knowledge.phenotypes.index(name) for name in row.phenotypes]
        counts = list_counts(row, knowledge, mode.child)
        seen = counts[band] + np.isin(truth, columns)
        shares[:, columns] = generator.beta(seen, counts.sum() - counts[band])[:, None]
        valid[columns] = True
    return np.maximum(shares, knowledge.rules["interval"]["smallest_share"]), valid


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
    return looked


@lru_cache(maxsize=256)
def _load_chances(block_id: str, mode: Mode) -> tuple[Array, States]:
    """Cumulated mean shares, shape (phenotypes, bands), and the state of each band with "unknown" last."""
    knowledge, table = load_knowledge(), load_table(mode)
    block = knowledge.blocks[block_id]
    chances = np.zeros((len(knowledge.phenotypes), len(block.bands)))
    for _, row in used_rows(block, mode):
        columns = [knowledge.phenotypes.index(name) for name in row.phenotypes]
        chances[columns] = _mean_shares(row, mode).cumsum()
    numbers = [table.numbers[(block.id, (band,), 1.0)] for band in range(len(block.bands))]
    whole = (len(block.bands) > 1) & (chances[:, -1:] > 0)
    chances[:, -1:] = np.where(whole, 1.0, chances[:, -1:])
    return chances, np.array([*numbers, 0], dtype=np.int32)


def _mean_shares(row: Row, mode: Mode) -> Array:
    counts = list_counts(row, load_knowledge(), mode.child)
    shares: Array = (counts / counts.sum())[: len(row.shares)]
    return shares


def _list_bands(table: Table) -> Numbers:
    """The band of every state that is a single one, by state number."""
    return np.array([0, *(bands[0] for _, bands, _ in list(table.numbers)[1:])])
