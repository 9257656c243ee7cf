"""What an import would change, value by value, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from decision.vocabulary import load_vocabulary
from exchange.redcap_proposal import IDENTITY

Document = dict[str, Any]
LISTS = {"result": "results", "imaging": "imaging"}
CODES = {"context": "context", "sign": "signs"}


@dataclass(frozen=True)
class Difference:
    """One value that would change: what it is, what stands there, what would (both in words, empty: nothing)."""

    what: str
    before: str
    after: str


def identify_entry(kind: str, entry: Document) -> tuple[Any, ...]:
    """What makes two entries speak of the same thing: test and side, or examination, tracer and region."""
    return tuple(entry.get(name) for name in IDENTITY[kind])


def compare_fields(start: str, before: Document, after: Document) -> Iterator[Difference]:
    """Fields with another value than before; unknown and "no" from nothing are no change."""
    for name, value in after.items():
        old = before.get(name)
        if name != "patient_id" and value not in (None, old) and not (value is False and old is None):
            what = start + name.replace("_years", "").replace("_", " ")
            yield Difference(what, "" if old is None else _say(old), _say(value))


def compare_case(before: Document, after: Document) -> Iterator[Difference]:
    """Results by test, findings by examination and place, contexts and signs: each with what stood and what would."""
    for kind, name in LISTS.items():
        groups = dict.fromkeys(identify_entry(kind, entry) for entry in (*before.get(name, ()), *after.get(name, ())))
        for key in groups:
            old, new = (
                [one for one in side.get(name, ()) if identify_entry(kind, one) == key] for side in (before, after)
            )
            if old != new:
                yield Difference(_say_key(kind, key), *("; ".join(map(say_entry, side)) for side in (old, new)))
    for name in CODES.values():
        old, new = before.get(name, ()), after.get(name, ())
        if list(old) != list(new):
            yield Difference(name, ", ".join(old), ", ".join(new))


def _say_key(kind: str, key: tuple[Any, ...]) -> str:
    words = load_vocabulary()
    if kind == "result":
        test = words.tests.get(str(key[0]))
        return " ".join(filter(None, (test.short_name if test else str(key[0]), key[1])))
    modality, tracer, region = key
    return " ".join(filter(None, (modality, tracer, words.regions.get(str(region), region))))


def say_entry(entry: Document) -> str:
    """A result, finding or read in one line, without what its heading says already."""
    shown = [str(_say(value)) for name, value in entry.items() if name not in ("test", "modality", "tracer", "region")]
    return " · ".join(shown[1:] if "patient_id" in entry else shown)


def _say(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
