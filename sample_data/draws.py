"""Random draws that follow published distributions: every row of distributions.csv names its source."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import exp, inf, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import norm

FOLDER = Path(__file__).resolve().parent
BAND_LIMITS = {  # where the open ends of banded rows stop, in the unit of the row
    "ACTH_gate": (1.0, 60.0),
    "DST_1mg": (12.0, 1393.0),
    "adrenal_HU": (-12.0, 46.0),
}


@dataclass(frozen=True)
class Distribution:
    """One row: `form` is lognormal (natural log of `unit`), normal, normal_trunc18 (years), beta, share or bands."""

    item: str
    group: str
    unit: str
    form: str
    parameters: Mapping[str, float]
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    tag: str
    source: str

    def cumulative(self, value: float) -> float:
        """The share of patients below `value`, which is above 0 for a lognormal row."""
        if self.form == "lognormal":
            return float(norm.cdf((log(value) - self.parameters["mu"]) / self.parameters["sigma"]))
        return float(norm.cdf((value - self.parameters["mean"]) / self.parameters["sd"]))

    def quantile(self, share: float) -> float:
        """The value below which `share` (0 to 1) of patients lie."""
        if self.form == "bands":
            return self._quantile_in_bands(share)
        z = float(norm.ppf(min(max(share, 1e-9), 1 - 1e-9)))
        if self.form == "lognormal":
            return exp(self.parameters["mu"] + self.parameters["sigma"] * z)
        return self.parameters["mean"] + self.parameters["sd"] * z

    def _quantile_in_bands(self, share: float) -> float:
        reached = 0.0
        for (low, high), width in zip(pairwise(self.edges), self.shares, strict=True):
            if width > 0 and share <= reached + width:
                return _between(low, high, (share - reached) / width)
            reached += width
        return self.edges[-1]


def _between(low: float, high: float, part: float) -> float:
    """Evenly on the logarithm when both ends are positive (hormones, sizes), evenly otherwise (attenuation)."""
    return low * (high / low) ** part if low > 0 else low + (high - low) * part


@cache
def load_distributions() -> dict[str, Distribution]:
    """Every row of distributions.csv by "item:group"."""
    with (FOLDER / "distributions.csv").open(encoding="utf-8", newline="") as file:
        rows = [_read_row(row) for row in csv.DictReader(file)]
    return {f"{row.item}:{row.group}": row for row in rows}


def _read_row(row: dict[str, str]) -> Distribution:
    parameters: dict[str, float] = {}
    edges: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    if row["form"] == "bands":
        cuts, chances = (part.partition("=")[2].split(";") for part in row["parameters"].split("|"))
        low, high = BAND_LIMITS.get(row["item"], (0.0, inf))
        edges = (low, *map(float, cuts), high)
        shares = tuple(map(float, chances))
    else:
        pairs = (pair.partition("=") for pair in row["parameters"].split(";"))
        parameters = {name: float(value) for name, _, value in pairs}
    return Distribution(
        row["item"], row["group"], row["unit"], row["form"], parameters, edges, shares, row["tag"], row["source"]
    )


@cache
def load_parameters(name: str) -> dict[str, Any]:
    """One of the TOML files beside this module: "cohort", "findings" or "studies"."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass
class Draws:
    """The dice of one patient, who has a generator of their own: a change to one leaves the others as they were.

    `severity` is a standard normal; a draw with a `loading` of r correlates by r with it on the normal scale.
    """

    generator: np.random.Generator
    severity: float = field(init=False)

    def __post_init__(self) -> None:
        self.severity = float(self.generator.standard_normal())

    def chance(self, share: float) -> bool:
        return bool(self.generator.random() < share)

    def choose(self, shares: Mapping[str, Any]) -> str:
        names = [name for name in shares if name != "source"]
        weights = np.array([shares[name] for name in names], dtype=float)
        return names[int(self.generator.choice(len(names), p=weights / weights.sum()))]

    def between(self, low: float, high: float) -> float:
        return float(self.generator.uniform(low, high))

    def normal(self, mean: float, sd: float, low: float, high: float) -> float:
        return float(np.clip(self.generator.normal(mean, sd), low, high))

    def share(self, loading: float = 0.0) -> float:
        """A uniform number whose normal score correlates by `loading` with the patient's severity."""
        own = float(self.generator.standard_normal())
        return float(norm.cdf(loading * self.severity + sqrt(1 - loading**2) * own))

    def tied_share(self, share: float, tie: float) -> float:
        """A uniform number whose normal score correlates by `tie` with that of `share`: two read-outs of one test."""
        own = float(self.generator.standard_normal())
        return float(norm.cdf(tie * float(norm.ppf(share)) + sqrt(1 - tie**2) * own))

    def band(self, key: str) -> int:
        """Which band of a banded row, counted from 0."""
        shares = load_distributions()[key].shares
        return int(self.generator.choice(len(shares), p=np.array(shares) / sum(shares)))

    def value(self, key: str, loading: float = 0.0, low: float | None = None, high: float | None = None) -> float:
        """A value from the row "item:group", cut to [low, high] without piling up at the ends."""
        row = load_distributions()[key]
        share = self.share(loading)
        if row.form != "bands":
            bottom = 0.0 if low is None else row.cumulative(low)
            top = 1.0 if high is None else row.cumulative(high)
            share = bottom + share * (top - bottom)
        return row.quantile(share)
