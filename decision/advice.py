"""What would help: what is missing, which findings disagree, and the next test by expected information."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from decision.assessment import NextTest, Reason
from decision.case import Case
from decision.evidence import Block, Knowledge
from decision.observe import Observation
from decision.posterior import Array, Evidence, combine, sum_by_subtype, weigh_observations
from decision.vocabulary import load_vocabulary


@dataclass(frozen=True)
class Standing:
    """The posterior as advice needs it: log of the phenotypes' probabilities, shape (1, phenotypes), and what was seen."""

    log_posterior: Array
    evidence: Sequence[Evidence]
    case: Case
    knowledge: Knowledge
    published_only: bool
    child: bool


def list_missing(observed: set[str], groups: Mapping[str, float], knowledge: Knowledge) -> tuple[str, ...]:
    """Titles of the findings a complete file would hold here; one of several alternatives is enough."""
    rule = knowledge.rules["missing"]
    wanted = list(rule["core"])
    if groups["acth_dependent"] >= rule["dependent_from"]:
        wanted += rule["acth_dependent"]
    elif groups["acth_dependent"] < rule["independent_below"]:
        wanted += rule["acth_independent"]
    known = {name for name in wanted if {name, *rule["alternatives"].get(name, ())} & observed}
    return tuple(knowledge.blocks[name].title for name in wanted if name not in known)


def list_conflicts(
    reasons: Sequence[Reason], leader: str, tests: Sequence[NextTest], knowledge: Knowledge
) -> tuple[str, ...]:
    """Findings that speak strongly against the leader, strongest first, each with the datum that would settle it."""
    least = knowledge.rules["conflict"]["decibans"]
    against = [reason for reason in reasons if reason.against == leader and abs(reason.weight_db) >= least]
    titles = {block.key: block.title for block in knowledge.blocks.values()}
    names, sentences = load_vocabulary().subtypes, []
    for reason in against:
        settles = next((test.test for test in tests if test.could_change_to in (reason.for_, leader)), None)
        end = f"; {titles[settles]} would settle it best" if settles else ""
        sides = f"for {names[reason.for_].short_name} against {names[leader].short_name}"
        sentences.append(f"{reason.finding} speaks {sides} ({reason.weight_db:.0f} dB){end}")
    return tuple(sentences)


def suggest_tests(standing: Standing) -> tuple[NextTest, ...]:
    """Tests not yet done that could change the leader or the set, by expected gain of information in bits."""
    policy = standing.knowledge.rules["next_test"]
    found = [test for block in _candidates(standing) if (test := _rate_test(block, standing)) is not None]
    found.sort(key=lambda test: (-test.expected_gain_bits, -len(test.test)))
    one_each: dict[str, NextTest] = {}
    for test in found:
        one_each.setdefault(_name_procedure(test.test), test)
    return tuple(one_each.values())[: policy["most"]]


def _name_procedure(test: str) -> str:
    """Ratios and read-outs of one procedure (crh_…, ipss_…, hddst_…) are one suggestion."""
    return test.split("_")[0]


def _candidates(standing: Standing) -> list[Block]:
    seen = {item.seen.block.id for item in standing.evidence}
    done = {item.seen.block.group for item in standing.evidence if item.valid.any()}
    context = set(standing.case.context)
    spoilt = {
        test
        for rule in standing.knowledge.rules["confounders"]["confounder"]
        if rule.get("context") in context
        for test in rule["tests"]
    }
    return [
        block
        for block in standing.knowledge.blocks.values()
        if block.burden
        and block.id not in seen
        and block.key not in spoilt
        and len(block.bands) > 1
        and not _is_told_already(block, done, standing.knowledge)
        and not ("pregnancy" in context and any(word in block.burden for word in ("radiation", "CT", "invasive")))
    ]


def _is_told_already(block: Block, done: set[str | None], knowledge: Knowledge) -> bool:
    return block.group is not None and block.group in done and knowledge.groups[block.group].next == 0


def _rate_test(block: Block, standing: Standing) -> NextTest | None:
    knowledge, policy = standing.knowledge, standing.knowledge.rules["next_test"]
    now = _subtypes(standing.log_posterior, knowledge)
    remaining, changes = 0.0, dict.fromkeys(now, 0.0)
    for band in range(len(block.bands)):
        share, after = _foresee(block, band, standing)
        remaining += share * _entropy(after)
        target = _find_change(now, after, knowledge)
        if target is not None and share >= policy["smallest_share"]:
            changes[target] += share
    gain = _entropy(now) - remaining
    target = max(changes, key=lambda name: changes[name])
    if gain < policy["smallest_gain_bits"] or not changes[target]:
        return None
    return NextTest(block.key, round(gain, 3), target, block.burden or "")


def _find_change(now: Mapping[str, float], after: Mapping[str, float], knowledge: Knowledge) -> str | None:
    """What an outcome would change: a new leader, else a subtype new in the set, else the leader of a smaller set."""
    leader, first = max(now, key=lambda name: now[name]), max(after, key=lambda name: after[name])
    before, then = _smallest_set(now, knowledge), _smallest_set(after, knowledge)
    if first != leader:
        return first
    newcomers = then - before
    if newcomers:
        return max(newcomers, key=lambda name: after[name])
    return leader if then < before else None


def _foresee(block: Block, band: int, standing: Standing) -> tuple[float, dict[str, float]]:
    """How probable this outcome is now, and the subtypes after it."""
    seen = Observation(block, (band,), "")
    (item,) = weigh_observations(
        [seen], standing.knowledge, published_only=standing.published_only, child=standing.child
    )
    if not item.valid.any():
        return (1.0 / len(block.bands), _subtypes(standing.log_posterior, standing.knowledge))
    inside = np.exp(standing.log_posterior[0][item.valid])
    shares = np.exp(item.loglik[0][item.valid])
    after = combine(standing.log_posterior, [_share_weight(item, standing)])
    return float((inside * shares).sum() / inside.sum()), _subtypes(np.log(after), standing.knowledge)


def _share_weight(item: Evidence, standing: Standing) -> Evidence:
    group = standing.knowledge.groups.get(item.seen.block.group or "")
    told = group is not None and any(other.seen.block.group == group.id for other in standing.evidence)
    weight = group.next if group is not None and told else 1.0
    return Evidence(item.seen, item.loglik, item.valid, weight)


def _subtypes(log_posterior: Array, knowledge: Knowledge) -> dict[str, float]:
    return {name: float(value[0]) for name, value in sum_by_subtype(np.exp(log_posterior[:1]), knowledge).items()}


def _smallest_set(subtypes: Mapping[str, float], knowledge: Knowledge) -> frozenset[str]:
    return frozenset(smallest_set(subtypes, knowledge.rules["prediction_set"]["level"]))


def smallest_set(subtypes: Mapping[str, float], level: float) -> tuple[str, ...]:
    """The fewest subtypes, most probable first, that together reach the level."""
    ranked = sorted(subtypes, key=lambda name: -subtypes[name])
    total, chosen = 0.0, []
    for name in ranked:
        chosen.append(name)
        total += subtypes[name]
        if total >= level - 1e-9:
            break
    return tuple(chosen)


def _entropy(subtypes: Mapping[str, float]) -> float:
    values = np.array([value for value in subtypes.values() if value > 0])
    return float(-(values * np.log2(values)).sum())
