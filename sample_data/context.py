"""Medicines, conditions and signs of a synthetic patient: the things that make a test mislead."""

from collections.abc import Mapping
from typing import Any

from sample_data.draws import Draws, load_parameters
from sample_data.people import OVERT, Person


def make_context(person: Person, draws: Draws) -> tuple[str, ...]:
    """The contract's context words that hold for this patient."""
    words = {name: rule for name, rule in load_parameters("cohort")["context"].items() if name != "source"}
    return tuple(name for name, rule in words.items() if draws.chance(_share(person, rule)))


def _share(person: Person, rule: Mapping[str, Any]) -> float:
    if rule.get("female_18_50") and not (person.sex == "female" and 18 <= person.age_years <= 50):
        return 0.0
    return float(rule.get(person.profile, rule.get("all", 0.0)))


def make_signs(person: Person, draws: Draws) -> tuple[str, ...]:
    """Signs found, and those looked for and absent with the prefix `no_`; empty when nobody wrote them down."""
    rules = dict(load_parameters("cohort")["signs"])
    rules.pop("source")
    recorded = draws.chance(rules.pop("recorded"))
    group = "overt" if person.subtype in OVERT else "other"
    shares = {name: rule.get(person.profile, rule[group]) for name, rule in rules.items()}
    found = {name: draws.chance(share) for name, share in shares.items()}
    written = {name: found[name] or draws.chance(0.5) for name in found}
    if not recorded:
        return ()
    signs = [name if found[name] else f"no_{name}" for name in found if written[name]]
    if person.is_child and person.subtype in OVERT:
        signs.append("growth_arrest")
    return tuple(signs)
