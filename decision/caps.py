"""How far a single finding may go: ratios at each branching of the classes held to a cap, a stronger result never turned round."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from decision.evidence import Block, Knowledge, load_knowledge

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
ROUNDING = 9


def cap_branches(loglik: Array, valid: Mask, block: Block, knowledge: Knowledge) -> Array:
    """Log-likelihoods, shape (any, phenotypes), with the ratios at each branching of the classes held to the block's caps."""
    capped = loglik.copy()
    _cap_node(capped, valid, block, knowledge.tree, _load_usual())
    return capped


def _cap_node(log: Array, valid: Mask, block: Block, node: Any, usual: dict[str, tuple[int, float]]) -> list[int]:
    """Caps the ratios between the branches of `node`, moving a whole branch so that the order inside it stays.

    A branch stands for its usual patient, so that a rare class for which a result is typical does not take the cap of all.
    """
    if isinstance(node, str):
        index = usual[node][0]
        return [index] if valid[index] else []
    branches = [leaves for child in node if (leaves := _cap_node(log, valid, block, child, usual))]
    if len(branches) > 1:
        share = np.array([share for _, share in usual.values()])
        means = np.stack([logsumexp(log[:, part] + np.log(share[part] / share[part].sum())) for part in branches])
        lowest = means.max(axis=0) - np.log(_node_cap(block, node))
        for leaves, mean in zip(branches, means, strict=True):
            log[:, leaves] += np.maximum(lowest - mean, 0.0)[:, None]
    return [leaf for leaves in branches for leaf in leaves]


def shrink_difference(loglik: Array, names: Sequence[str], part: float) -> Array:
    """Log-likelihoods, shape (any, phenotypes), in which `names` differ from each other by a part only; their mean stays."""
    usual = _load_usual()
    columns = [usual[name][0] for name in names]
    share = np.array([usual[name][1] for name in names])
    before = logsumexp(loglik[:, columns] + np.log(share / share.sum()))
    shrunk = before[:, None] + part * (loglik[:, columns] - before[:, None])
    after = logsumexp(shrunk + np.log(share / share.sum()))
    result = loglik.copy()
    result[:, columns] = shrunk + (before - after)[:, None]
    return result


def keep_order(raw: Array, capped: Array, valid: Mask) -> Array:
    """Capped log-likelihoods, shape (bands, phenotypes), in which from band to band each ratio moves the way it does in `raw`.

    A cap alone can turn it round: once one class is at its cap, a still stronger result draws the others after it. The steps
    from the band that says least outwards are therefore replaced by the nearest ones in the order of the published steps
    (isotonic regression, classes weighted by how usual they are).
    """
    ordered, usual = capped.copy(), np.array([share for _, share in _load_usual().values()])[valid]
    start = int(np.ptp(capped[:, valid], axis=1).argmin())
    for here, beyond in [*_walk(start, len(raw) - 1), *_walk(start, 0)]:
        step = _fit_step(raw[beyond, valid] - raw[here, valid], capped[beyond, valid] - capped[here, valid], usual)
        ordered[beyond, valid] = ordered[here, valid] + step
    return ordered


def _walk(start: int, end: int) -> list[tuple[int, int]]:
    """Each band and the one beyond it, from start to end."""
    way = 1 if end >= start else -1
    return [(band, band + way) for band in range(start, end, way)]


def _fit_step(published: Array, capped: Array, weight: Array) -> Array:
    """The step nearest to the capped one that has the order of the published one; equal ones stay equal."""
    _, place = np.unique(published.round(ROUNDING), return_inverse=True)
    mass = np.bincount(place, weight)
    fitted: Array = isotonic_regression(np.bincount(place, weight * capped) / mass, weights=mass).x[place]
    return fitted


@lru_cache(maxsize=1)
def _load_usual() -> dict[str, tuple[int, float]]:
    """Number and prior share of every phenotype in the setting without conditions."""
    knowledge = load_knowledge()
    return {name: (number, knowledge.usual_setting.shares[name]) for number, name in enumerate(knowledge.phenotypes)}


def load_usual_shares() -> Array:
    """Prior share of every phenotype in the setting without conditions, shape (phenotypes,)."""
    return np.array([share for _, share in _load_usual().values()])


def _node_cap(block: Block, node: Any) -> float:
    if "CD" in node:
        return float(block.cap_dependent or block.cap)
    if "CPA" in node:
        return float(block.cap_adrenal or block.cap)
    return block.cap


def logsumexp(values: Array) -> Array:
    """Natural log of the sum of exponentials along axis 1."""
    top = values.max(axis=1)
    total: Array = top + np.log(np.exp(values - top[:, None]).sum(axis=1))
    return total
