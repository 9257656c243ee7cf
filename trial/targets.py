"""Target conditions: what counts as present, and what a read must name to be positive for it. The lists are targets.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from trial.participant import IndexRead, ReadResult, Reference

TARGET_FILE = Path(__file__).with_name("targets.toml")
Kind = Literal["result", "subtype", "site"]
Truth = Literal["present", "absent", "inconclusive", "not_applicable"]


@dataclass(frozen=True)
class Target:
    """One target condition; a reference diagnosis in neither list does not enter it."""

    code: str
    name: str
    kind: Kind
    present: frozenset[str]
    absent: frozenset[str]
    says: str


@dataclass(frozen=True)
class IndexTest:
    """One test under study; `tracer` None for conventional imaging."""

    code: str
    name: str
    tracer: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Two tests the registry compares, and in whom."""

    test_1: str
    test_2: str
    says: str


@dataclass(frozen=True)
class Plan:
    """Everything the trial measures: tests, targets (each subtype against the rest included), comparisons."""

    subtypes: tuple[str, ...]
    sites: tuple[str, ...]
    no_place: frozenset[str]
    tests: tuple[IndexTest, ...]
    targets: Mapping[str, Target]
    comparisons: tuple[Comparison, ...]


@lru_cache(maxsize=1)
def load_plan() -> Plan:
    """The plan of targets.toml, with one target more for each subtype against the rest."""
    document: dict[str, Any] = tomllib.loads(TARGET_FILE.read_text(encoding="utf-8"))
    subtypes = tuple(document["subtypes"])
    targets = [_read_target(block) for block in document["target"]]
    targets += [_against_the_rest(subtype, subtypes) for subtype in subtypes]
    return Plan(
        subtypes=subtypes,
        sites=tuple(document["sites"]),
        no_place=frozenset(document["no_place"]),
        tests=tuple(IndexTest(**block) for block in document["index_test"]),
        targets={target.code: target for target in targets},
        comparisons=tuple(Comparison(**block) for block in document["comparison"]),
    )


def judge_read(read: IndexRead, target: Target) -> ReadResult | None:
    """What the read says of the target; None when there is no read.

    A negative scan names nothing, so it is negative for every target. A positive one that names no subtype (or site) is
    inconclusive for a target that asks for one.
    """
    if read.result is None or read.result == "inconclusive" or target.kind == "result":
        return read.result
    named = read.subtype if target.kind == "subtype" else read.site
    if named is None:
        return "negative" if read.result == "negative" else "inconclusive"
    return "positive" if named in target.present else "negative"


def judge_reference(reference: Reference, target: Target) -> Truth | None:
    """What the reference standard says of the target; None when there is no reference diagnosis."""
    if reference.status != "made":
        return "inconclusive" if reference.status == "inconclusive" else None
    known = reference.site if target.kind == "site" else reference.subtype
    if known is None:
        return None
    if known in target.present:
        return "present"
    return "absent" if known in target.absent else "not_applicable"


def _read_target(block: dict[str, Any]) -> Target:
    lists = {name: frozenset(block[name]) for name in ("present", "absent")}
    return Target(block["code"], block["name"], block["kind"], lists["present"], lists["absent"], block["says"])


def _against_the_rest(subtype: str, subtypes: tuple[str, ...]) -> Target:
    rest = frozenset(subtypes) - {subtype}
    return Target(
        subtype, f"{subtype} against the rest", "subtype", frozenset({subtype}), rest, "the subtype the read names"
    )
