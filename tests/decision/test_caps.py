"""Caps hold a single finding back without turning round what a stronger result says."""

import numpy as np
import pytest

from decision.caps import cap_branches, keep_order
from decision.evidence import Block, load_knowledge
from decision.likelihood import Mode, load_shares
from decision.reading import Reading, load_edges, weigh_bands
from decision.states import load_table

SCALES = [block for block in load_knowledge().blocks.values() if block.cuts]
MODES = {"all": Mode(), "published": Mode(published_only=True)}


def read_scale(block: Block, mode: Mode) -> tuple[np.ndarray, list[int]]:
    """Along the scale, band by band or cell by cell: published shares as they are read, and the numbers of the states."""
    shares, valid = load_shares(block.id, mode)
    table = load_table(mode)
    if block.assay is None:
        return shares[:, valid], [table.find_band(block, band) for band in range(len(block.bands))]
    cells = [Reading(cell, cell + 1) for cell in range(len(load_edges(block.id)) - 1)]
    return weigh_bands(block, cells) @ shares[:, valid], [table.numbers[(block.id, cell, 1.0)] for cell in cells]


# Every scale that, in this reading, says something about at least two phenotypes.
TELLING = [
    pytest.param(block, mode, id=f"{block.id}-{name}")
    for name, mode in MODES.items()
    for block in SCALES
    if load_shares(block.id, mode)[1].sum() > 1
]


def published(block: Block) -> tuple[np.ndarray, np.ndarray]:
    shares, valid = load_shares(block.id, Mode())
    return np.log(np.maximum(shares[:, valid], load_knowledge().rules["interval"]["smallest_share"])), valid


def steps_between(log: np.ndarray) -> np.ndarray:
    """How each ratio of two phenotypes moves from band to band, shape (bands − 1, phenotypes, phenotypes)."""
    step: np.ndarray = np.diff(log, axis=0)
    return step[:, :, None] - step[:, None, :]


@pytest.mark.parametrize(("block", "mode"), TELLING)
def test_a_stronger_result_turns_no_ratio_round(block: Block, mode: Mode) -> None:
    """Of any two phenotypes, the next band never favours one where the published shares favour the other."""
    (shares, states), (_, valid) = read_scale(block, mode), load_shares(block.id, mode)
    raw = np.log(np.maximum(shares, load_knowledge().rules["interval"]["smallest_share"]))
    moved, meant = steps_between(load_table(mode).points[states][:, valid]), steps_between(raw)
    assert not ((moved < -1e-9) & (meant > 1e-6)).any()
    assert np.abs(moved[np.abs(meant) < 1e-12]).max() < 1e-6


def test_every_scale_is_held() -> None:
    assert {param.values[0].id for param in TELLING} == {block.id for block in SCALES}


@pytest.mark.parametrize("block", SCALES, ids=lambda block: block.id)
def test_where_no_cap_bites_nothing_is_changed(block: Block) -> None:
    raw, valid = published(block)
    whole = np.zeros((len(raw), len(valid)))
    whole[:, valid] = raw
    assert np.allclose(keep_order(whole, whole, valid), whole)


def test_a_cap_alone_would_turn_some_round() -> None:
    """Why the order is kept: a mass of 25 to 40 mm would otherwise speak less for carcinoma than a smaller one."""
    block = load_knowledge().blocks["adrenal_size"]
    shares, valid = load_shares(block.id, Mode())
    raw = np.log(np.where(valid, shares, 1.0))
    capped = cap_branches(raw, valid, block, load_knowledge())
    turned = (steps_between(capped[:, valid]) < -1e-9) & (steps_between(raw[:, valid]) > 1e-6)
    assert turned.any()
