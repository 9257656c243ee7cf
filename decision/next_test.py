"""The next best test: by how many bits each test not yet done is expected to narrow the subtypes, and what it could change."""

from dataclasses import dataclass

import numpy as np

from decision.assessment import NextTest
from decision.batch import list_subtypes
from decision.evidence import Block
from decision.likelihood import Array, Mask
from decision.standing import Foreseen, Standing, change_state, expect_bands, foresee
from decision.states import load_table

PREGNANCY_AVOIDS = ("radiation", "CT", "invasive")


@dataclass(frozen=True)
class Outlook:
    """A test that is open: how probable each of its bands is, and where each would lead."""

    block: Block
    expected: Array
    after: Foreseen


def suggest_tests(standing: Standing) -> tuple[NextTest, ...]:
    """Tests not yet done that could change the leader or the set, by expected gain of information in bits.

    A test that needs what is not to be had everywhere (CRH) comes on top of the others and takes no other's place.
    """
    policy = standing.knowledge.rules["next_test"]
    outlooks = foresee_tests(standing)
    rated = [(outlook.block, test) for outlook in outlooks if (test := rate_test(outlook, standing)) is not None]
    rated.sort(key=lambda pair: (-pair[1].expected_gain_bits, -len(pair[1].test)))
    one_each: dict[tuple[str, str | None], NextTest] = {}
    for block, test in rated:
        one_each.setdefault((_name_procedure(test.test), block.needs), test)
    common = [test for (_, needs), test in one_each.items() if needs is None][: policy["most"]]
    scarce = [test for (_, needs), test in one_each.items() if needs is not None]
    return tuple(test for test in one_each.values() if test in common or test in scarce)


def foresee_tests(standing: Standing) -> list[Outlook]:
    """Every open test in every band, all in one batch."""
    open_blocks = [
        (block, shares)
        for block in _candidates(standing)
        if (shares := expect_bands(standing.posterior, block, standing.mode)) is not None
    ]
    rows = [change_state(standing, block, band) for block, shares in open_blocks for band in range(len(shares))]
    if not rows:
        return []
    after, start, outlooks = foresee(standing, rows), 0, []
    for block, shares in open_blocks:
        part = slice(start, start + len(shares))
        here = Foreseen(after.posterior[part], after.probabilities[part], after.in_set[part])
        outlooks.append(Outlook(block, shares, here))
        start += len(shares)
    return outlooks


def rate_test(outlook: Outlook, standing: Standing) -> NextTest | None:
    """The test with what it is expected to gain; None when it gains too little or could change nothing."""
    policy = standing.knowledge.rules["next_test"]
    gain = compute_entropy(standing.probabilities[None])[0] - outlook.expected @ compute_entropy(
        outlook.after.probabilities
    )
    changes: dict[str, float] = {}
    for share, after, in_set in zip(outlook.expected, outlook.after.probabilities, outlook.after.in_set, strict=True):
        target = find_change(standing, after, in_set)
        if target is not None and share >= policy["smallest_share"]:
            changes[target] = changes.get(target, 0.0) + float(share)
    if gain < policy["smallest_gain_bits"] or not changes:
        return None
    leader = list_subtypes()[int(standing.probabilities.argmax())]
    target = max(changes, key=lambda name: (name != leader, changes[name]))
    return NextTest(outlook.block.key, round(float(gain), 3), target, outlook.block.burden or "")


def find_change(standing: Standing, after: Array, in_set: Mask) -> str | None:
    """What an outcome would change: a new leader, else a subtype new in the set, else the leader of a smaller set."""
    subtypes = list_subtypes()
    leader, first = int(standing.probabilities.argmax()), int(after.argmax())
    if first != leader:
        return subtypes[first]
    newcomers = np.flatnonzero(in_set & ~standing.in_set)
    if newcomers.size:
        return subtypes[int(newcomers[after[newcomers].argmax()])]
    return subtypes[leader] if in_set.sum() < standing.in_set.sum() else None


def compute_entropy(probabilities: Array) -> Array:
    """Bits, along the last axis."""
    logs = np.log2(np.where(probabilities > 0, probabilities, 1.0))
    entropy: Array = -(probabilities * logs).sum(axis=-1)
    return entropy


def _candidates(standing: Standing) -> list[Block]:
    table, context = load_table(standing.mode), set(standing.case.context)
    seen = {block.id for block, state in zip(table.blocks, standing.states, strict=True) if state}
    told = {
        block.group
        for block, state in zip(table.blocks, standing.states, strict=True)
        if table.gate[state] >= 0 and block.group and standing.knowledge.groups[block.group].next == 0
    }
    spoilt = {
        test
        for rule in standing.knowledge.rules["confounders"]["confounder"]
        if rule.get("context") in context
        for test in rule["tests"]
    }
    return [
        block
        for block in table.blocks
        if block.burden and len(block.bands) > 1 and block.id not in seen and block.key not in spoilt
        and block.group not in told
        and not ("pregnancy" in context and any(word in block.burden for word in PREGNANCY_AVOIDS))
    ]  # fmt: skip


def _name_procedure(test: str) -> str:
    """Ratios and read-outs of one procedure (crh_…, ipss_…, hddst_…) are one suggestion."""
    return test.split("_")[0]
