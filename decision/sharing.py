"""Findings that tell the same story twice: what each counts for beside the others of its case.

In a group the finding that says most about a phenotype, for or against, counts there in full and each further one in part, so
that one more positive finding never takes belief away; a preferred finding counts alone. Groups may stand together in a larger
one, where the same holds between them. A finding may tell two stories: what
it says about some classes together belongs to one group, the difference it makes inside them to another (urinary cortisol:
excess or not, and how much, which potassium tells too).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from decision.caps import Array, Mask, load_usual_shares

Numbers = npt.NDArray[np.intp]
Labels = npt.NDArray[np.int8]
PREFERRED = 1e3  # a claim above all others


@dataclass(frozen=True)
class Items:
    """Findings as members of groups: the case of each, its group, its claim on every phenotype, shape (items, phenotypes), and
    what it counts for by itself.
    """

    rows: Numbers
    group: Numbers
    claim: Array
    own: Array


@dataclass(frozen=True)
class Rules:
    """By group: what a further finding counts for, and the number of the larger group it stands in (0: none)."""

    after: Array
    within: Numbers


@dataclass(frozen=True)
class Counted:
    """What findings count for about each phenotype, all of shape (findings, phenotypes) or (phenotypes,): `outer` for what
    they say about classes taken together and about all others, `inner` for the difference they make inside them. `inside`: by
    phenotype the number of the classes it is in, counted from 1; 0 for none.
    """

    outer: Array
    inner: Array
    inside: Labels

    def weigh(self, points: Array) -> Array:
        """Log-likelihoods, shape (any, phenotypes), as they count."""
        together = join_inside(points, self.inside)
        weighed: Array = self.outer * together + self.inner * (points - together)
        return weighed

    def pick(self, number: int, valid: Mask) -> "Counted":
        """Of one finding, among the phenotypes it is valid for."""
        return Counted(self.outer[number] * valid, self.inner[number] * valid, self.inside[number])

    @property
    def is_silent(self) -> bool:
        """Whether another finding of the same kind tells all of it."""
        return not (self.outer.any() or self.inner[self.inside > 0].any())


def join_inside(points: Array, inside: Labels) -> Array:
    """Log-likelihoods, shape (any, phenotypes), with the usual patient's mean (on the log scale) in place of those `inside`."""
    joined = points
    for label in range(1, int(inside.max(initial=0)) + 1):
        within = inside == label
        share = load_usual_shares() * within
        total = share.sum(axis=-1, keepdims=True)
        mean = (points * share).sum(axis=-1, keepdims=True) / np.where(total > 0, total, 1.0)
        joined = np.where(within, mean, joined)
    return joined


def share_groups(items: Items, rules: Rules) -> Array:
    """What each item counts for, shape (items, phenotypes)."""
    weights = np.repeat(items.own[:, None], items.claim.shape[1], axis=1)
    alone = _share_within(items, rules, weights)
    _share_above(items, rules, weights, alone)
    return weights


def _share_within(items: Items, rules: Rules, weights: Array) -> Array:
    """Weighs each item in place among those of its group; the largest claim of each item's group, shape (items, phenotypes)."""
    largest, (shared, most) = items.claim, _find_largest(items.claim, items.rows * len(rules.after) + items.group)
    if shared.size:
        further = np.where(most >= PREFERRED, 0.0, rules.after[items.group[shared], None])
        weights[shared] *= np.where(items.claim[shared] == most, 1.0, further)
        largest = largest.copy()
        largest[shared] = most
    return largest


def _share_above(items: Items, rules: Rules, weights: Array, claim: Array) -> None:
    """Weighs in place each item's whole group among the groups it stands with; `claim`: the largest of its group."""
    inside = np.flatnonzero(rules.within[items.group])
    above = rules.within[items.group[inside]]
    claim = claim[inside]
    shared, most = _find_largest(claim, items.rows[inside] * len(rules.after) + above)
    if shared.size:
        weights[inside[shared]] *= np.where(claim[shared] == most, 1.0, rules.after[above[shared], None])


def _find_largest(claim: Array, place: Numbers) -> tuple[Numbers, Array]:
    """The items that are not alone in their place, and for each the largest claim there on each phenotype."""
    order = np.argsort(place, kind="stable")
    firsts = np.flatnonzero(np.diff(place[order], prepend=-1))
    sizes = np.diff(firsts, append=len(order))
    shared = order[np.repeat(sizes > 1, sizes)]
    if not shared.size:
        return shared, claim[shared]
    sizes = sizes[sizes > 1]
    most = np.maximum.reduceat(claim[shared], np.cumsum(sizes) - sizes, axis=0)
    return shared, np.repeat(most, sizes, axis=0)
