"""Many cases at once: the same posterior as one assessment, for whole registries and for every "what if" of one case."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from decision.case import Case
from decision.evidence import load_knowledge
from decision.joint import add_joints
from decision.likelihood import Array, LivingRows, Mask, Mode
from decision.observe import observe_case
from decision.posterior import draw_prior, find_mode, redistribute
from decision.setting import BY_CASE, find_setting
from decision.states import States, load_table, weigh_findings

CHUNK = 20_000
BLOCK = 1000  # as many cases as fit the processor's cache


@dataclass(frozen=True)
class CodedCases:
    """Cases as numbers: `states` of shape (cases, blocks) for `load_table`, `priors` of shape (cases, phenotypes)."""

    states: States
    priors: Array
    mode: Mode


def assess_many(
    cases: Iterable[Case],
    *,
    published_only: bool = False,
    living: LivingRows = (),
    setting: str = BY_CASE,
    chunk: int = CHUNK,
) -> Iterator[tuple[tuple[str, ...], Array]]:
    """Chunk by chunk the case ids and the probabilities of every subtype, shape (chunk, subtypes), in `list_subtypes` order."""
    stream = iter(cases)
    while part := list(islice(stream, chunk)):
        answer = np.empty((len(part), len(list_subtypes())))
        for rows, coded in code_cases(part, published_only=published_only, living=living, setting=setting):
            answer[rows] = sum_subtypes(compute_posteriors(coded))
        yield tuple(case.case_id for case in part), answer


def code_cases(
    cases: Iterable[Case], *, published_only: bool = False, living: LivingRows = (), setting: str = BY_CASE
) -> Iterator[tuple[npt.NDArray[np.intp], CodedCases]]:
    """The cases as numbers, adults and children apart, each with the positions they had."""
    knowledge = load_knowledge()
    sorted_cases: dict[Mode, list[tuple[int, Case]]] = {}
    for number, case in enumerate(cases):
        mode = find_mode(case, knowledge, published_only=published_only, living=living)
        sorted_cases.setdefault(mode, []).append((number, case))
    for mode, members in sorted_cases.items():
        table = load_table(mode)
        states = np.array([table.write_states(observe_case(case, knowledge).observations) for _, case in members])
        priors = np.array([draw_prior(find_setting(case, knowledge.settings, setting).id)[0] for _, case in members])
        yield np.array([number for number, _ in members]), CodedCases(states, priors, mode)


def compute_posteriors(coded: CodedCases, points: Array | None = None) -> Array:
    """Probability of each phenotype, shape (cases, phenotypes); what `assess_case` computes for one.

    `points`: other log-likelihoods than the published ones, one row a finding in the order of `np.nonzero(coded.states)`.
    """
    posterior = np.empty(coded.priors.shape)
    done = 0
    for start in range(0, len(posterior), BLOCK):
        part = slice(start, start + BLOCK)
        n = int(np.count_nonzero(coded.states[part]))
        own = None if points is None else points[done : done + n]
        posterior[part] = _compute_block(coded.states[part], coded.priors[part], coded.mode, own)
        done += n
    return posterior


def _compute_block(states: States, priors: Array, mode: Mode, points: Array | None) -> Array:
    table = load_table(mode)
    states = states if points is not None else add_joints(states, table.joints)
    flat = np.flatnonzero(states)
    rows, found = flat // states.shape[1], states.ravel()[flat]
    counted = weigh_findings(rows, found, table)
    if points is None:
        weighed = counted.outer * table.together.take(found, axis=0) + counted.inner * table.apart.take(found, axis=0)
    else:
        weighed = counted.weigh(points - table.level[found, None])
    gates = table.gate[found]
    posterior = priors.copy()
    for gate in np.flatnonzero(np.bincount(gates + 1)[1:]):
        inside = np.flatnonzero(gates == gate)
        _pass_gate(posterior, rows[inside], weighed[inside], table.gates[gate])
    posterior /= posterior.sum(axis=1, keepdims=True)
    return posterior


def _pass_gate(posterior: Array, rows: npt.NDArray[np.intp], loglik: Array, gate: Mask) -> None:
    """All findings valid in this gate at once, in place; `rows` ascending, one a finding, with its weighed log-likelihoods."""
    firsts = np.flatnonzero(np.diff(rows, prepend=-1))
    total = np.add.reduceat(loglik, firsts, axis=0)
    if gate.all() and len(firsts) == len(posterior):
        posterior[:] = redistribute(posterior, total)
    else:
        where = np.ix_(rows[firsts], np.flatnonzero(gate))
        posterior[where] = redistribute(posterior[where], total[:, gate])


@lru_cache(maxsize=1)
def list_subtypes() -> tuple[str, ...]:
    """The subtypes in the order of the columns of `sum_subtypes`."""
    return tuple(dict.fromkeys(load_knowledge().subtype_of[name] for name in load_knowledge().phenotypes))


def sum_subtypes(posterior: Array) -> Array:
    """Phenotypes summed into subtypes, shape (cases, subtypes)."""
    return posterior @ _load_membership()


@lru_cache(maxsize=1)
def _load_membership() -> Array:
    knowledge, subtypes = load_knowledge(), list_subtypes()
    rows = [[float(knowledge.subtype_of[name] == subtype) for subtype in subtypes] for name in knowledge.phenotypes]
    return np.array(rows)
