"""What is wrong with an image, in a code for programs and a sentence for people."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One thing found wrong: `error` means a number is withheld, `warning` that someone should look."""

    code: str
    severity: Severity
    says: str


def warning(code: str, says: str) -> Problem:
    """A problem someone should look at; the number stands."""
    return Problem(code, "warning", says)


class Refusal(Exception):
    """A number that cannot be right is not given; the problem says why and what would be right."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.problem = Problem(code, "error", says)


class ImagingError(ValueError):
    """A request that cannot be met, in one sentence for the person who asked."""
