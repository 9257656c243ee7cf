"""Published worked examples run against this program: expected beside computed, one line a number."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from trial.methods import MethodError, compute_method

EXAMPLES = Path(__file__).with_name("examples")
ROUNDING = 1e-12


class ExampleError(ValueError):
    """A list of examples that cannot be read: the sentence says which file, which entry and what would be right."""


@dataclass(frozen=True)
class Example:
    """One worked example: what goes in, what the source says comes out and within how much."""

    id: str
    method: str
    inputs: dict[str, Any]
    expected: dict[str, float | None]
    tolerance: float
    source: str


@dataclass(frozen=True)
class CheckLine:
    """One number of one example. `got` None: null, or nothing could be computed, and `says` tells why."""

    id: str
    method: str
    key: str
    got: float | None
    expected: float | None
    tolerance: float
    agrees: bool
    source: str
    says: str = ""

    def __str__(self) -> str:
        verdict = "ok" if self.agrees else "WRONG"
        return f"{verdict} {self.id} {self.key} {_write(self.got)} {_write(self.expected)}"


def load_examples() -> tuple[Example, ...]:
    """The project's own list, every file of trial/examples in the order of their names."""
    return tuple(example for file in sorted(EXAMPLES.glob("*.json")) for example in read_examples(file))


def read_examples(file: Path) -> tuple[Example, ...]:
    """The examples of one JSON list; raises ExampleError naming the entry and the field."""
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ExampleError(f"{file}: {error.strerror}; give the path of a JSON list of examples") from error
    except ValueError as error:
        raise ExampleError(f"{file}: not JSON ({error}); a list of examples is needed") from error
    if not isinstance(document, list):
        raise ExampleError(f"{file}: a list of examples is needed")
    return tuple(_read_example(entry, f"{file.name}, example {number}") for number, entry in enumerate(document, 1))


def check_examples(examples: Iterable[Example]) -> Iterator[CheckLine]:
    """Every number of every example, in order."""
    for example in examples:
        yield from check_example(example)


def check_example(example: Example) -> Iterator[CheckLine]:
    """Compute one example and compare each key that its source gives."""
    try:
        answers, says = compute_method(example.method, example.inputs), ""
    except MethodError as error:
        answers, says = {}, str(error)
    for key, expected in example.expected.items():
        got = answers.get(key)
        why = says or ("" if key in answers else f"{example.method} has no key {key!r}: {', '.join(answers)}")
        agrees = not why and _agree(got, expected, example.tolerance)
        yield CheckLine(example.id, example.method, key, got, expected, example.tolerance, agrees, example.source, why)


def _agree(got: float | None, expected: float | None, tolerance: float) -> bool:
    if got is None or expected is None:
        return got is None and expected is None
    return isfinite(got) and abs(got - expected) <= tolerance + ROUNDING * max(1.0, abs(expected))


def _read_example(entry: Any, place: str) -> Example:
    if not isinstance(entry, dict):
        raise ExampleError(f"{place}: an object with id, method, input, expected, tolerance and source is needed")
    kinds: dict[str, tuple[type, ...]] = {"id": (str,), "method": (str,), "input": (dict,), "expected": (dict,)}
    for field, kind in kinds.items():
        if not isinstance(entry.get(field), kind):
            raise ExampleError(f"{place}: {field} is missing or not {'text' if kind == (str,) else 'an object'}")
    tolerance = entry.get("tolerance", 0)
    expected = entry["expected"]
    numbers = {**{f"expected {key}": value for key, value in expected.items()}, "tolerance": tolerance}
    for name, value in numbers.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ExampleError(f"{place}: {name} is {value!r}, a number is needed")
    return Example(
        entry["id"], entry["method"], entry["input"], expected, float(tolerance or 0), str(entry.get("source", ""))
    )


def _write(value: float | None) -> str:
    return "null" if value is None else f"{value:.10g}"
