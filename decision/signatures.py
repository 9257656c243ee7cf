"""Who has signed which rule. A signature stores the phrase that was signed, so that a later change of the rule shows."""

import csv
import hashlib
from functools import lru_cache

from decision.evidence import FOLDER


def find_reviewer(block: str, phrase: str) -> str:
    """The reviewer of this rule, empty when nobody has signed, with a warning when the rule changed since."""
    signed = _load_signatures().get(block)
    if signed is None:
        return ""
    reviewer, on, digest = signed
    if digest != compute_digest(phrase):
        return f"changed since it was signed ({reviewer}, {on})"
    return f"{reviewer}, {on}"


def compute_digest(phrase: str) -> str:
    """What a signature is over: the sentence and the rule, as the book shows them."""
    return hashlib.sha256(phrase.encode("utf-8")).hexdigest()[:16]


@lru_cache(maxsize=1)
def _load_signatures() -> dict[str, tuple[str, str, str]]:
    with (FOLDER / "reviews" / "signatures.csv").open(encoding="utf-8", newline="") as file:
        return {row["block"]: (row["reviewer"], row["signed_on"], row["digest"]) for row in csv.DictReader(file)}
