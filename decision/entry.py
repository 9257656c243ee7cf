"""How one field of a case is checked: numbers, texts, lists and known words, each refused in a sentence."""

import math
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from decision.vocabulary import find_nearest, load_vocabulary


class Entry(BaseModel):
    """A frozen part of a case that accepts only the fields it knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def refuse(says: str, field: str = "") -> PydanticCustomError:
    """The error of one field; `field` names it when the check looked at the whole entry."""
    return PydanticCustomError("case", "{says}", {"says": says, "field": field})


def check_number(value: Any) -> float | None:
    """A finite number or None; truth values, texts, NaN and infinity are refused."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(f"{show(value)} is not a number; write it without quotes, with a point for decimals, like 5.4")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise refuse("it is not a finite number; leave the field out when the value is not known")
    return number


def check_text(value: Any) -> str | None:
    """A text on one line that is not blank, or None."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise refuse(f"{show(value)} is not a text; write a text in quotes that is not empty")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
        raise refuse("the text holds control characters; write plain text on one line")
    return value


def check_list(value: Any) -> Any:
    """A list; null is the empty list."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise refuse(f"{show(value)} is not a list; write it in square brackets, [ … ]")
    return value


def check_word(value: Any, known: Mapping[str, Any], kind: str) -> str | None:
    """One of the known words or None; the refusal names the nearest, and all of them when they are few."""
    word = check_text(value)
    if word is None or word in known:
        return word
    listed = f" (known: {', '.join(known)})" if len(known) <= 13 else ""
    raise refuse(f'{show(word)} is not a known {kind}; the nearest is "{find_nearest(word, known)}"{listed}')


def show(value: Any) -> str:
    """A value as it is quoted back in a refusal."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else f'"{value[:40]}…"'
    kinds = {dict: "an object", list: "a list", type(None): "null"}
    return kinds.get(type(value), str(value).lower())


def known(mapping: str, kind: str) -> BeforeValidator:
    """The check that a text is a word of this mapping of the vocabulary."""
    return BeforeValidator(lambda value: check_word(value, getattr(load_vocabulary(), mapping), kind))


Number = Annotated[float | None, BeforeValidator(check_number)]
Text = Annotated[str | None, BeforeValidator(check_text)]
Side = Annotated[str | None, known("sides", "side")]
