"""The arithmetic: shares of bands become likelihoods, are capped where classes branch, shared inside groups, and multiply the prior."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from decision.case import Case
from decision.evidence import PUBLISHED, Block, Knowledge, Setting, load_knowledge
from decision.observe import Observation

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """One finding ready to be multiplied.

    `loglik`: natural log of P(finding | phenotype), shape (1 + draws, phenotypes), row 0 from the published shares, the
    others drawn from their uncertainty. `valid`: for which phenotypes there is evidence; among the others nothing moves.
    """

    seen: Observation
    loglik: Array
    valid: npt.NDArray[np.bool_]
    weight: float

    @property
    def strength(self) -> float:
        point = self.loglik[0][self.valid]
        return float(np.ptp(point)) * self.seen.weight if point.size else 0.0


def find_setting(case: Case, knowledge: Knowledge) -> Setting:
    """The first prior whose conditions hold for this case; the last one has none."""
    for setting in knowledge.settings:
        young = setting.age_below is None or (case.age_years is not None and case.age_years < setting.age_below)
        if young and (setting.context is None or setting.context in case.context):
            return setting
    raise LookupError("the last prior setting must have no condition")


def draw_prior(setting: Setting, knowledge: Knowledge) -> Array:
    """Log prior, shape (1 + draws, phenotypes); Dirichlet draws with the setting's n."""
    shares = np.array([setting.shares[name] for name in knowledge.phenotypes])
    shares = shares / shares.sum()
    policy = knowledge.rules["interval"]
    generator = np.random.default_rng([policy["seed"], zlib.crc32(setting.id.encode())])
    draws = generator.dirichlet(shares * setting.n, policy["draws"])
    log: Array = np.log(np.maximum(np.vstack([shares, draws]), 1e-12))
    return log


def weigh_observations(
    observations: Sequence[Observation], knowledge: Knowledge, *, published_only: bool, child: bool
) -> tuple[Evidence, ...]:
    """Evidence with its group weights, in the order it is applied: widest validity first, then by name (input order is nothing)."""
    loaded = [_load_evidence(seen, published_only, child) for seen in observations]
    weighed = [replace(item, weight=_group_weight(item, loaded, knowledge)) for item in loaded]
    return tuple(sorted(weighed, key=lambda item: (-int(item.valid.sum()), item.seen.block.id)))


def combine(prior: Array, evidence: Sequence[Evidence]) -> Array:
    """Posterior probabilities, shape (1 + draws, phenotypes).

    A finding that is valid only within some classes redistributes probability among them and leaves their sum as it was.
    """
    log = prior.copy()
    for item in evidence:
        if item.weight == 0 or not item.valid.any():
            continue
        before = _logsumexp(log[:, item.valid])
        log[:, item.valid] += item.weight * item.loglik[: len(log), item.valid]
        if not item.valid.all():
            log[:, item.valid] += (before - _logsumexp(log[:, item.valid]))[:, None]
    posterior: Array = np.exp(log - _logsumexp(log)[:, None])
    return posterior


def sum_by_subtype(posterior: Array, knowledge: Knowledge) -> dict[str, Array]:
    """Probability of each subtype, summed over its phenotypes; each of shape (1 + draws,)."""
    sums: dict[str, Array] = {}
    for index, phenotype in enumerate(knowledge.phenotypes):
        subtype = knowledge.subtype_of[phenotype]
        sums[subtype] = sums.get(subtype, np.zeros(len(posterior))) + posterior[:, index]
    return sums


def _group_weight(item: Evidence, all_items: Sequence[Evidence], knowledge: Knowledge) -> float:
    group = knowledge.groups.get(item.seen.block.group or "")
    if group is None or not item.valid.any():
        return item.seen.weight
    peers = [peer for peer in all_items if peer.seen.block.group == group.id and peer.valid.any()]
    preferred = [name for name in group.prefer if any(peer.seen.block.id == name for peer in peers)]
    if preferred:
        return item.seen.weight if item.seen.block.id == preferred[0] else 0.0
    strongest = max(peers, key=lambda peer: (peer.strength, peer.seen.block.id))
    return item.seen.weight if strongest is item else item.seen.weight * group.next


def _load_evidence(seen: Observation, published_only: bool, child: bool) -> Evidence:
    loglik, valid = _load_likelihood(seen.block.id, seen.bands, published_only, child)
    return Evidence(seen, loglik, valid, seen.weight)


@lru_cache(maxsize=4096)
def _load_likelihood(
    block_id: str, bands: tuple[int, ...], published_only: bool, child: bool
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Log-likelihoods of a block's bands. Every row draws from its own seed, so one finding never disturbs another's draws."""
    knowledge = load_knowledge()
    block, policy = knowledge.blocks[block_id], knowledge.rules["interval"]
    loglik = np.zeros((1 + policy["draws"], len(knowledge.phenotypes)))
    valid = np.zeros(len(knowledge.phenotypes), dtype=bool)
    for number, row in enumerate(block.rows):
        if row.grade == "none" or (published_only and row.grade not in PUBLISHED):
            continue
        share = sum(row.shares[band] for band in bands)
        n = row.n * (knowledge.rules["child"]["n_share"] if child else 1.0)
        generator = np.random.default_rng([policy["seed"], zlib.crc32(block_id.encode()), number, *bands])
        drawn = _draw_share(share, n, policy["draws"], generator)
        for phenotype in row.phenotypes:
            index = knowledge.phenotypes.index(phenotype)
            loglik[:, index], valid[index] = np.log(drawn), True
    if valid.sum() < 2 or np.ptp(loglik[0][valid]) == 0:
        valid[:] = False
    return _cap(loglik, valid, block, knowledge), valid


def _draw_share(share: float, n: float, draws: int, generator: np.random.Generator) -> Array:
    if share >= 1 - 1e-9:
        return np.ones(1 + draws)
    drawn = generator.beta(share * n + 0.5, (1 - share) * n + 0.5, draws)
    return np.maximum(np.concatenate([[share], drawn]), 1e-4)


def _cap(loglik: Array, valid: npt.NDArray[np.bool_], block: Block, knowledge: Knowledge) -> Array:
    capped = loglik.copy()
    _cap_node(capped, valid, block, knowledge.tree, knowledge.phenotypes)
    return capped


def _cap_node(log: Array, valid: npt.NDArray[np.bool_], block: Block, node: Any, names: tuple[str, ...]) -> list[int]:
    """Caps the ratios between the branches of `node`, moving a whole branch so that the order inside it stays."""
    if isinstance(node, str):
        index = names.index(node)
        return [index] if valid[index] else []
    branches = [leaves for child in node if (leaves := _cap_node(log, valid, block, child, names))]
    if len(branches) > 1:
        means = np.stack([_logsumexp(log[:, leaves]) - np.log(len(leaves)) for leaves in branches])
        lowest = means.max(axis=0) - np.log(_node_cap(block, node))
        for leaves, mean in zip(branches, means, strict=True):
            log[:, leaves] += np.maximum(lowest - mean, 0.0)[:, None]
    return [leaf for leaves in branches for leaf in leaves]


def _node_cap(block: Block, node: Any) -> float:
    if "CD" in node:
        return float(block.cap_dependent or block.cap)
    if "CPA" in node:
        return float(block.cap_adrenal or block.cap)
    return block.cap


def _logsumexp(values: Array) -> Array:
    top = values.max(axis=1)
    total: Array = top + np.log(np.exp(values - top[:, None]).sum(axis=1))
    return total
