"""MRI and CT as one index test: what the reported findings name, by the rule of conventional.toml."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from trial.participant import IndexRead

RULE_FILE = Path(__file__).with_name("conventional.toml")


@lru_cache(maxsize=1)
def load_rule() -> dict[str, Any]:
    """The rule with its source."""
    return tomllib.loads(RULE_FILE.read_text(encoding="utf-8"))


def read_conventional(imaging: Iterable[Mapping[str, Any]]) -> IndexRead:
    """The read of `imaging` entries (modality, region, finding as in a case file); what is not reported is not known."""
    rule = load_rule()
    items = list(imaging)
    reported = {
        str(item["region"]): found
        for item in items
        if item.get("region") and (found := find_anatomy(items, item["region"]))
    }
    if not reported:
        return IndexRead(done=False, missing_reason=rule["none"])
    hot = frozenset(region for region, findings in reported.items() if is_lesion(findings))
    return _name_places(hot, rule) if hot else _call_negative(set(reported), rule)


def find_anatomy(imaging: Iterable[Mapping[str, Any]], region: str) -> set[str]:
    """What MRI and CT found in this region; empty when neither reports it."""
    modalities = load_rule()["modalities"]
    here = (item for item in imaging if item.get("region") == region and item.get("modality") in modalities)
    return {str(item["finding"]) for item in here if item.get("finding")}


def is_lesion(findings: Iterable[str]) -> bool:
    """Whether MRI or CT found something discrete there."""
    return bool(set(findings) & set(load_rule()["lesions"]))


def _name_places(hot: frozenset[str], rule: Mapping[str, Any]) -> IndexRead:
    for name in rule["names"]:
        if hot == frozenset(name["regions"]):
            return IndexRead(done=True, result="positive", subtype=name["subtype"], site=name["site"])
    sites = {rule["elsewhere"]["sites"].get(region, region) for region in hot}
    named = {region for name in rule["names"] for region in name["regions"]}
    if len(sites) > 1 or hot & named:
        return IndexRead(done=True, result="inconclusive")
    return IndexRead(done=True, result="positive", subtype=rule["elsewhere"]["subtype"], site=sites.pop())


def _call_negative(reported: set[str], rule: Mapping[str, Any]) -> IndexRead:
    if any(set(group) <= reported for group in rule["negative_needs"]):
        return IndexRead(done=True, result="negative")
    return IndexRead(done=False, missing_reason=rule["not_enough"])
