"""The rules by which a study is de-identified, from knowledge/deidentify.toml and knowledge/deidentify_profile.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydicom.tag import Tag

_KNOWLEDGE = Path(__file__).parent / "knowledge"

Action = Literal["remove", "empty", "replace"]
ACTIONS: tuple[Action, ...] = ("remove", "empty", "replace")


@dataclass(frozen=True)
class Rule:
    """What is done with an attribute; with `clean`, only when none of its words is known."""

    action: Action
    clean: bool = False


@dataclass(frozen=True)
class SafePrivate:
    """A private element that stays: its group, element within the block, owners in files, and the owner in the copy."""

    name: str
    group: int
    element: int
    owners: tuple[str, ...]
    creator: str
    holds: Literal["moment", "number"]


@dataclass(frozen=True)
class Ages:
    """The highest age that is written as it is, what stands for every higher one, and the highest that is believed."""

    highest_years: int
    written_years: int
    impossible_years: int


@dataclass(frozen=True)
class Profile:
    """All rules; tags are whole numbers (group × 65536 + element), words are in capitals."""

    rules: Mapping[int, Rule]
    technical: frozenset[int]
    class_uids: frozenset[int]
    private: tuple[SafePrivate, ...]
    images: frozenset[str]
    captures: frozenset[str]
    derived: frozenset[str]
    words: frozenset[str]
    fillers: frozenset[str]
    numbers: re.Pattern[str]
    placeholder: str
    days: tuple[int, int]
    ages: Ages
    telling: tuple[str, ...]
    blanks: frozenset[str]
    method: str
    codes: tuple[tuple[str, str], ...]


@cache
def load_profile() -> Profile:
    """The rules as the two files state them."""
    facts = tomllib.loads((_KNOWLEDGE / "deidentify.toml").read_text("utf-8"))
    objects, technical = facts["objects"], facts["technical"]
    return Profile(
        rules=_load_rules() | {Tag(name): Rule("remove") for name in technical["unneeded"]},
        technical=frozenset(Tag(name) for name in technical["texts"]),
        class_uids=frozenset(Tag(name) for name in technical["class_uids"]),
        private=tuple(SafePrivate(**{**one, "owners": tuple(one["owners"])}) for one in facts["private"]),
        images=frozenset(objects["images"]),
        captures=frozenset(objects["captures"]),
        derived=frozenset(objects["derived"]),
        words=frozenset(facts["words"]["known"].split()),
        fillers=frozenset(facts["words"]["fillers"].split()),
        numbers=re.compile(facts["words"]["numbers"]),
        placeholder=facts["placeholder"]["text"],
        days=(facts["dates"]["earliest_days"], facts["dates"]["latest_days"]),
        ages=Ages(**facts["age"]),
        telling=tuple(facts["clearance"]["telling"]),
        blanks=frozenset(facts["clearance"]["blanks"]),
        method=facts["method"]["says"],
        codes=tuple((value, meaning) for value, meaning in facts["method"]["codes"]),
    )


def _load_rules() -> dict[int, Rule]:
    table: dict[str, Any] = tomllib.loads((_KNOWLEDGE / "deidentify_profile.toml").read_text("utf-8"))
    rules = {Tag(name): Rule(action) for action in ACTIONS for name in table[action]}
    return {int(tag): rule for tag, rule in rules.items()} | {
        int(Tag(name)): Rule(action, clean=True) for action in ACTIONS for name in table["clean"][action]
    }
