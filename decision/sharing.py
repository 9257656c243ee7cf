"""Findings that tell the same story twice: what each counts for beside the others of its case.

In a group the finding that says most about a phenotype, for or against, counts there in full and each further one in part, so
that one more positive finding never takes belief away; a preferred finding counts alone. A finding may tell two stories: what
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
        if not self.inside.any():
            plain: Array = self.outer * points
            return plain
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


def share_groups(items: Items, after: Array) -> Array:
    """What each item counts for, shape (items, phenotypes); `after`: what a further one of each group counts for."""
    weights = np.repeat(items.own[:, None], items.claim.shape[1], axis=1)
    place = items.rows * len(after) + items.group
    order = np.argsort(place, kind="stable")
    firsts = np.flatnonzero(np.diff(place[order], prepend=-1))
    sizes = np.diff(firsts, append=len(order))
    shared = order[np.repeat(sizes > 1, sizes)]
    if shared.size:
        weights[shared] *= _share_group(items.claim[shared], sizes[sizes > 1], after[items.group[shared]])
    return weights


def _share_group(claims: Array, sizes: Numbers, after: Array) -> Array:
    """Items group by group, `sizes` of them in each: the largest claim on a phenotype in full, the others in part."""
    largest = np.repeat(np.maximum.reduceat(claims, np.cumsum(sizes) - sizes, axis=0), sizes, axis=0)
    further = np.where(largest >= PREFERRED, 0.0, after[:, None])
    shared: Array = np.where(claims == largest, 1.0, further)
    return shared
