"""Normal organs that a lesion is compared with, and the comparisons with what each needs. From knowledge/references.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from imaging.extent import Point
from imaging.measure import SphereStatistics, measure_sphere
from imaging.problem import ImagingError
from imaging.ratios import compute_lateralisation_index, divide_uptake
from imaging.volume import Volume

_FILE = Path(__file__).parent / "knowledge" / "references.toml"
OTHER_ADRENAL = {"adrenal_left": "adrenal_right", "adrenal_right": "adrenal_left"}
_OF_ADRENALS = ("LCR", "LAR", "LI")


@dataclass(frozen=True)
class Organ:
    """A normal organ: the sphere that is put into it, where, and which of its numbers is compared ("mean" or "max")."""

    code: str
    name: str
    statistic: str
    diameter_mm: float
    where: str
    grade: str
    source: str


@dataclass(frozen=True)
class Uptake:
    """SUVmean and SUVmax of an organ."""

    mean: float | None
    max: float | None


@dataclass(frozen=True)
class Ratio:
    """A comparison of a lesion: its value, or None and in `needs` what is still to be measured. `says` defines it."""

    code: str
    name: str
    value: float | None
    needs: str
    says: str
    source: str


@cache
def load_reference_rules() -> dict[str, Any]:
    """The file as it stands."""
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def load_organs() -> dict[str, Organ]:
    """The organs by their code, in the order of the file."""
    return {block["code"]: Organ(**block) for block in load_reference_rules()["organ"]}


def measure_organ(volume: Volume, code: str, at_mm: Point) -> SphereStatistics:
    """The organ's sphere at a place (mm, LPS) of a volume in SUVbw; ImagingError where it cannot be measured."""
    if volume.unit != "SUVbw":
        raise ImagingError(f"The image is in {volume.unit}, not SUV, so a reference cannot be measured in it.")
    return measure_sphere(volume, at_mm, load_organs()[code].diameter_mm)


def compute_ratios(suv_max: float | None, site: str | None, organs: Mapping[str, Uptake]) -> tuple[Ratio, ...]:
    """Every comparison that fits the lesion's site (a region of the case; None: not named yet, so all).

    `organs` by code; an adrenal's max is that of the whole gland with its lesions.
    """
    adrenal = site is None or site in OTHER_ADRENAL
    rules = [rule for rule in load_reference_rules()["ratio"] if adrenal or rule["code"] not in _OF_ADRENALS]
    return tuple(_compute(rule, suv_max, site, organs) for rule in rules)


def _compute(rule: dict[str, str], suv_max: float | None, site: str | None, organs: Mapping[str, Uptake]) -> Ratio:
    def make(value: float | None, needs: str) -> Ratio:
        return Ratio(
            rule["code"], rule["name"], value, "" if value is not None else needs, rule["says"], rule["source"]
        )

    if rule["organ"] == "both_adrenals":
        left, right = (_value("adrenal_" + side, organs) for side in ("left", "right"))
        missing = [side for side, value in (("left", left), ("right", right)) if value is None]
        return make(compute_lateralisation_index(left, right), f"needs the {' and the '.join(missing)} adrenal")
    if rule["organ"] == "contralateral" and site not in OTHER_ADRENAL:
        return make(None, "needs the other adrenal (the lesion's side is not said yet)")
    code = OTHER_ADRENAL[str(site)] if rule["organ"] == "contralateral" else rule["organ"]
    return make(divide_uptake(suv_max, _value(code, organs)), f"needs the {load_organs()[code].name.lower()}")


def _value(code: str, organs: Mapping[str, Uptake]) -> float | None:
    found = organs.get(code)
    if found is None:
        return None
    return found.mean if load_organs()[code].statistic == "mean" else found.max
