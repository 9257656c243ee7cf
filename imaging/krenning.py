"""The Krenning score of a lesion on somatostatin-receptor PET, measured; a descriptor, never a decision."""

from collections.abc import Mapping
from dataclasses import dataclass

from imaging.references import Uptake, load_reference_rules


@dataclass(frozen=True)
class Krenning:
    """From `low` to `high` (0 to 4), the same where it is certain, both None where it cannot be said; `says` why."""

    low: int | None
    high: int | None
    says: str

    @property
    def score(self) -> int | None:
        """The score where it is certain."""
        return self.low if self.low == self.high else None

    @property
    def words(self) -> str:
        """ "3", or "3 or 4" where a reference lacks, empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.low}" if self.low == self.high else f"{self.low} or {self.high}"


def krenning_tracers() -> tuple[str, ...]:
    """The tracers it is defined for."""
    return tuple(load_reference_rules()["krenning"]["tracers"])


def assess_krenning(suv_max: float | None, tracer: str | None, organs: Mapping[str, Uptake]) -> Krenning:
    """Compared with the means of liver, spleen and blood pool; rules and source: knowledge/references.toml."""
    rule = load_reference_rules()["krenning"]
    if tracer not in rule["tracers"]:
        return Krenning(None, None, f"The Krenning score is defined for {' and '.join(rule['tracers'])} only.")
    liver, spleen, blood = (organs[name].mean if name in organs else None for name in ("liver", "spleen", "blood_pool"))
    if suv_max is None or liver is None:
        return Krenning(None, None, "The Krenning score needs the liver, and above it the spleen.")
    if suv_max > liver * (1 + rule["tolerance"]):
        return _score_above(suv_max, spleen, rule["says"])
    if suv_max >= liver * (1 - rule["tolerance"]):
        return Krenning(2, 2, rule["says"])
    if blood is None:
        return Krenning(0, 1, "Set the blood pool to tell 0 from 1.")
    faint = int(suv_max > blood)
    return Krenning(faint, faint, rule["says"])


def _score_above(suv_max: float, spleen: float | None, says: str) -> Krenning:
    if spleen is None:
        return Krenning(3, 4, "Set the spleen to tell 3 from 4.")
    score = 4 if suv_max > spleen else 3
    return Krenning(score, score, says)
