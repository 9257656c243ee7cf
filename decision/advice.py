"""What would help: what is missing, and which findings disagree."""

from collections.abc import Mapping, Sequence

from decision.assessment import NextTest, Reason
from decision.evidence import Knowledge
from decision.observation import Observation
from decision.vocabulary import load_vocabulary


def list_missing(
    seen: Sequence[Observation], subtypes: Mapping[str, float], groups: Mapping[str, float], knowledge: Knowledge
) -> tuple[str, ...]:
    """Titles of the findings a complete file would hold here; one of several alternatives is enough.

    Of an adrenal nodule only where one was seen.
    """
    rule, observed = knowledge.rules["missing"], {item.block.id for item in seen}
    wanted = list(rule["core"])
    if groups["acth_dependent"] >= rule["dependent_from"]:
        wanted += rule["acth_dependent"]
    elif sum(subtypes[name] for name in rule["adrenal_subtypes"]) >= rule["independent_from"]:
        wanted += rule["acth_independent"]
        wanted += rule["of_a_nodule"] if _has_nodule(seen, rule["no_nodule"]) else []
    known = {name for name in wanted if {name, *rule["alternatives"].get(name, ())} & observed}
    return tuple(knowledge.blocks[name].title for name in wanted if name not in known)


def _has_nodule(seen: Sequence[Observation], without: Sequence[str]) -> bool:
    pattern = next((item for item in seen if item.block.id == "adrenal_pattern"), None)
    if pattern is None:
        return False
    return not set(pattern.bands) <= {band for word in without for band in pattern.block.words[word]}


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
