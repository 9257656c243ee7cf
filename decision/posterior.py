"""The arithmetic: findings share their weight inside groups and multiply the prior, each within the classes it is valid for."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from decision.caps import logsumexp
from decision.case import Case
from decision.evidence import Knowledge, load_knowledge
from decision.likelihood import Array, LivingRows, Mask, Mode, load_draws
from decision.observation import Observation
from decision.sharing import Counted
from decision.states import load_table, weigh_findings

TINY = 1e-12


@dataclass(frozen=True)
class Evidence:
    """One finding ready to be multiplied.

    `weighed`: natural log of P(finding | phenotype) beside the average referred patient's, as it counts beside the others of
    its groups (`counted`), shape (1 + draws, phenotypes), row 0 from the published shares, the others drawn from their
    uncertainty. `valid`: for which phenotypes there is evidence; among the others nothing moves.
    """

    seen: Observation
    weighed: Array
    valid: Mask
    counted: Counted

    def counts_in_part(self, phenotypes: Mask) -> bool:
        """Whether about any of these another finding of the same kind says more."""
        inner = phenotypes & (self.counted.inside > 0)
        outer_less = (self.counted.outer[phenotypes] < self.seen.weight).any()
        return bool(outer_less or (self.counted.inner[inner] < self.seen.weight).any())


def find_mode(case: Case, knowledge: Knowledge, *, published_only: bool = False, living: LivingRows = ()) -> Mode:
    """How the knowledge is read for this case; the trial's own counts are not published, so `published_only` leaves them out."""
    child = case.age_years is not None and case.age_years < knowledge.rules["child"]["age_below"]
    return Mode(published_only, child, () if published_only else living)


@lru_cache(maxsize=16)
def draw_prior(setting_id: str) -> Array:
    """Prior, shape (1 + draws, phenotypes); Dirichlet draws with the setting's n. Read only."""
    knowledge = load_knowledge()
    setting = knowledge.find_setting(setting_id)
    shares = np.array([setting.shares[name] for name in knowledge.phenotypes])
    shares = shares / shares.sum()
    policy = knowledge.rules["interval"]
    generator = np.random.default_rng([policy["seed"], zlib.crc32(setting.id.encode())])
    prior: Array = np.vstack([shares, np.maximum(generator.dirichlet(shares * setting.n, policy["draws"]), TINY)])
    prior.flags.writeable = False
    return prior


def weigh_observations(observations: Sequence[Observation], mode: Mode) -> tuple[Evidence, ...]:
    """Evidence with its group weights, in the order it is applied: widest validity first, then by name (input order is nothing)."""
    table = load_table(mode)
    states = table.write_states(list(observations))
    columns = np.flatnonzero(states)
    weights = weigh_findings(np.zeros(len(columns), dtype=np.intp), states[columns], table)
    evidence = []
    for number, column in enumerate(columns):
        state, block = states[column], table.blocks[column]
        seen = next(item for item in observations if item.block.id == block.id)
        valid = table.gates[table.gate[state]] if table.gate[state] >= 0 else np.zeros(table.points.shape[1], bool)
        counted = weights.pick(number, valid)
        loglik = np.vstack([table.points[state], load_draws(block.id, seen.state, mode) - table.level[state]])
        evidence.append(
            (
                int(table.gate[state]) % (len(table.gates) + 1),
                Evidence(seen, counted.weigh(loglik), valid, counted),
            )
        )
    return tuple(item for _, item in sorted(evidence, key=lambda pair: pair[0]))


@dataclass(frozen=True)
class Belief:
    """`posterior`: probability of each phenotype, shape (rows, phenotypes). `log_expected`: how well each row's shares had
    expected these findings, shape (rows,), up to a constant.
    """

    posterior: Array
    log_expected: Array


def combine(prior: Array, evidence: Sequence[Evidence]) -> Belief:
    """Prior and evidence together, one row for each row of `prior` (first the published shares, then the draws)."""
    sums: dict[bytes, tuple[Mask, Array]] = {}
    for item in evidence:
        if not item.valid.any() or item.counted.is_silent:
            continue
        part = item.weighed[: len(prior), item.valid]
        mask, total = sums.get(item.valid.tobytes(), (item.valid, np.zeros(part.shape)))
        sums[item.valid.tobytes()] = (mask, total + part)
    return pass_gates(prior, sums.values())


def pass_gates(prior: Array, gates: Iterable[tuple[Mask, Array]]) -> Belief:
    """The belief after each gate in turn: where findings are valid, and their summed log-likelihoods there.

    A gate redistributes probability among the classes inside it and leaves their sum as it was.
    """
    posterior, expected = prior / prior.sum(axis=1, keepdims=True), np.zeros(len(prior))
    for valid, loglik in gates:
        before = posterior[:, valid]
        expected += compute_expected(before, loglik)
        posterior[:, valid] = redistribute(before, loglik)
    return Belief(posterior / posterior.sum(axis=1, keepdims=True), expected)


def redistribute(inside: Array, loglik: Array) -> Array:
    """The probabilities inside a gate, shape (any, classes), in proportion to their likelihood; each row keeps its sum."""
    moved = inside * np.exp(loglik - loglik.max(axis=1, keepdims=True))
    kept: Array = moved * (inside.sum(axis=1, keepdims=True) / moved.sum(axis=1, keepdims=True))
    return kept


def compute_expected(inside: Array, loglik: Array) -> Array:
    """Log of the probability of the findings of a gate, given the belief inside it, shape (any,)."""
    expected: Array = logsumexp(np.log(inside) + loglik) - np.log(inside.sum(axis=1))
    return expected


def find_interval(belief: Belief, knowledge: Knowledge) -> tuple[Array, Array]:
    """Low and high of every subtype from the draws, shape (subtypes,) each.

    A draw under which this patient's findings are unlikely counts less: the patient's own findings are evidence about the shares.
    """
    policy = knowledge.rules["interval"]
    values = np.stack(list(sum_by_subtype(belief.posterior, knowledge).values()), axis=1)[1:]
    weight = np.exp(belief.log_expected[1:] - belief.log_expected[1:].max())
    weight /= weight.sum()
    order = values.argsort(axis=0)
    effective = 1.0 / (weight**2).sum()
    reached = weight[order].cumsum(axis=0) * effective / (effective + 1)
    ranked = np.take_along_axis(values, order, axis=0)
    bounds = [
        [np.interp(policy[end] / 100, reached[:, column], ranked[:, column]) for column in range(values.shape[1])]
        for end in ("low", "high")
    ]
    return np.array(bounds[0]), np.array(bounds[1])


def sum_by_subtype(posterior: Array, knowledge: Knowledge) -> dict[str, Array]:
    """Probability of each subtype, summed over its phenotypes; each of shape (rows,)."""
    sums: dict[str, Array] = {}
    for index, phenotype in enumerate(knowledge.phenotypes):
        subtype = knowledge.subtype_of[phenotype]
        sums[subtype] = sums.get(subtype, np.zeros(len(posterior))) + posterior[:, index]
    return sums
