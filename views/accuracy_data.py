"""What the accuracy page counts: read from the store once for each state of it, then only filtered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trial.participant import Participant
from views import data
from views.accuracy_choices import Choices, Matter, say_choices
from views.charts_accuracy import Footnote

SYNTHETIC = "Synthetic data"


@dataclass(frozen=True)
class Material:
    """`people`: those chosen; `everybody`: all of the trial; `key` names the state of the store and the choices."""

    people: tuple[Participant, ...]
    everybody: tuple[Participant, ...]
    cases: Mapping[str, Mapping[str, Any]]
    key: tuple[Any, ...]
    signature: str | None
    day: date

    def note(self, n: str, method: str, choices: Choices, *matters: Matter) -> Footnote:
        """What stands below a figure of this material; `matters`: the choices it depends on, all of them when none is named."""
        says = " · ".join(part for part in (n, say_choices(choices, *matters)) if part)
        return Footnote(says, method, self.day, self.signature)


def fetch_material(choices: Choices) -> Material:
    """The people of the trial as these choices see them."""
    everybody = data.fetch_people(choices.counted)
    people = tuple(one for one in everybody if not choices.subtypes or one.reference.subtype in choices.subtypes)
    signature = SYNTHETIC if data.shows_synthetic() else None
    key = (*data.read_stamp(), choices.counted, choices.subtypes)
    return Material(people, everybody, data.fetch_cases(), key, signature, date.today())
