"""What is known about a laboratory's reading of a hormone: its spread, what it takes for something else, which platforms blur."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class AssayRule:
    """One sourced figure. `takes` and `gives`: the bands a misreading leads from and to; `platforms`: whose readings it concerns;
    `classes`: the phenotypes it concerns.
    """

    value: float
    says: str
    grade: str
    source: str
    locator: str
    quote: str
    takes: tuple[int, ...] = ()
    gives: tuple[int, ...] = ()
    platforms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def concerns(self, platform: str | None) -> bool:
        """Whether the platform a laboratory named is one of these; an unnamed one is not."""
        return platform is not None and any(name.casefold() in platform.casefold() for name in self.platforms)


@dataclass(frozen=True)
class Assay:
    """How a value is read on a scale from `lowest` to `highest` (unit of the block) in cells of `step` (natural log).

    `one`: standard deviation, natural log, of one sample's reading between laboratories; `agreed`: of samples that agree.
    `agree_within`: the factor up to which samples agree. `misread`: the share of true values in the bands `takes` that one
    sample, or a platform named there, reads in the bands `gives`. `two_site`: what the difference between `classes` is worth,
    on the log scale, on platforms that under-read precursors.
    """

    lowest: float
    highest: float
    step: float
    one: AssayRule
    agreed: AssayRule
    agree_within: AssayRule
    misread: AssayRule
    two_site: AssayRule

    @property
    def rules(self) -> dict[str, AssayRule]:
        """The sourced figures by name."""
        return {
            field.name: value for field in fields(self) if isinstance(value := getattr(self, field.name), AssayRule)
        }


def read_assay(item: dict[str, Any], aliases: dict[str, list[str]]) -> Assay:
    """The `[block.assay]` table of a knowledge file; `aliases` name several phenotypes in one word."""
    values: dict[str, Any] = {key: float(item[key]) for key in ("lowest", "highest", "step")}
    rules = {key: _read_rule(value, aliases) for key, value in item.items() if isinstance(value, dict)}
    return Assay(**(values | rules))


def _read_rule(item: dict[str, Any], aliases: dict[str, list[str]]) -> AssayRule:
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}
    plain["classes"] = tuple(name for word in item.get("classes", ()) for name in aliases.get(word, [word]))
    return AssayRule(**plain)
