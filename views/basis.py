"""What an assessment on screen rests on: everything, published evidence alone, or this trial's patients counted in as well."""

from dataclasses import dataclass
from typing import Any

from decision.assessment import Prior
from decision.evidence import load_knowledge
from decision.likelihood import LivingRows
from decision.setting import BY_CASE
from views.words import say_count


@dataclass(frozen=True)
class Basis:
    """`counting`: this trial's patients were asked for; `patients` of them were counted, never the one assessed."""

    published_only: bool = False
    counting: bool = False
    patients: int = 0
    living: LivingRows = ()
    setting: str = BY_CASE

    @property
    def how(self) -> dict[str, Any]:
        """As `assess_case` and its neighbours take it."""
        return {"published_only": self.published_only, "living": self.living, "setting": self.setting}

    @property
    def is_usual(self) -> bool:
        """True when the stored assessment is the one that is asked for."""
        return not self.published_only and not self.living and self.setting == BY_CASE

    @property
    def says(self) -> str | None:
        """What the reader must know about the trial's patients; None when nobody asked for them."""
        if not self.counting:
            return None
        if self.published_only:
            return "Published evidence only: this trial's patients are left out."
        if not self.living:
            return "No other patient of this trial with a reference diagnosis changes a PET pattern yet: nothing is counted."
        others = say_count(self.patients, "other patient")
        caution = load_knowledge().rules["living"]["caution"]
        return f"This trial is counted: {others} with a reference diagnosis and a PET read, never this one. {caution}."


def say_prior(prior: Prior, basis: Basis) -> str | None:
    """Where the assessment starts from, when that is not the trial's usual starting point; and a choice that was not followed."""
    if prior.setting == load_knowledge().usual_setting.id:
        return None
    followed = basis.setting in (BY_CASE, prior.setting)
    return prior.says if followed else f"{prior.says}. The starting point chosen above is not for this patient."


USUAL = Basis()
