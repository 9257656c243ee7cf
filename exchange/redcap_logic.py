"""REDCap's branching logic: when a field is shown, read into a condition that a record answers with yes, no or not known."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import add, mul, sub, truediv

Answer = bool | None
# What stands in a field: (event or None for the record's own, field, choice of a checkbox or None) to its text.
Lookup = Callable[[str | None, str, str | None], str | None]
_TOKEN = re.compile(
    r"""\s*(?:(?P<field>\[[^\[\]]*\])|(?P<text>'[^']*'|"[^"]*")|(?P<number>\d+(?:\.\d+)?|\.\d+)"""
    r"""|(?P<sign><>|!=|<=|>=|=|<|>|[-+*/(),])|(?P<word>[A-Za-z_]+))"""
)
_FIELD = re.compile(r"\[([a-z][a-z0-9_]*)(?:\(([^()]+)\))?\]")
_EVENT = re.compile(r"\[([a-z][a-z0-9_-]*)\]")
_SMART = re.compile(r"\[([a-z]+(?:-[a-z]+)+(?::[^\[\]]*)?)\]")
_SUMS: dict[str, Callable[[float, float], float]] = {"+": add, "-": sub, "*": mul, "/": truediv}
DEEPEST = 50
_RELATIONS = ("=", "<>", "!=", "<", ">", "<=", ">=")


class LogicError(ValueError):
    """Logic that cannot be read; the text says where and what was expected."""


@dataclass(frozen=True)
class Token:
    """One word of the logic, its kind and where it begins (from 1)."""

    kind: str
    text: str
    place: int


@dataclass(frozen=True)
class Reference:
    """A field as the logic names it: `[event][field(code)]`."""

    event: str | None
    field: str
    code: str | None


@dataclass(frozen=True)
class Operation:
    """Two sides joined by a sign (= <> < > <= >= + - * /) or by and, or."""

    sign: str
    left: "Part"
    right: "Part"


@dataclass(frozen=True)
class Call:
    """A function or smart variable, such as `datediff(…)` or `[user-name]`: read, and answered with not known."""

    name: str
    parts: tuple["Part", ...] = ()


Part = Reference | Operation | Call | str | float


@dataclass(frozen=True)
class Condition:
    """A whole expression. `fields`: every field it looks at."""

    part: Part
    text: str

    @property
    def fields(self) -> tuple[Reference, ...]:
        return tuple(_list_fields(self.part))

    def holds(self, lookup: Lookup) -> Answer:
        """Whether the field is shown; None when a field's content cannot be known from this row."""
        answer = _answer(self.part, lookup)
        return answer if isinstance(answer, bool) or answer is None else bool(answer and answer not in ("0", 0.0))


def read_condition(text: str) -> Condition:
    """The condition written in REDCap's logic, such as `[a]='1' and ([b(2)]='1' or [c]>=18)`. Raises LogicError."""
    tokens = list(_split(text))
    reader = _Reader(tokens, len(text))
    part = reader.read_either()
    if reader.next is not None:
        raise LogicError(f"character {reader.next.place}: “{reader.next.text}” was not expected here")
    return Condition(part, text)


def _split(text: str) -> Iterator[Token]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise LogicError(f"character {start + 1}: “{text[start]}” cannot be read")
        kind = str(match.lastgroup)
        yield Token(kind, match[kind], match.start(kind) + 1)
        place = match.end()


class _Reader:
    """Reads tokens by precedence: or, and, comparison, sum, product, single value."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self._tokens = tokens
        self._place = 0
        self._length = length
        self._depth = 0

    @property
    def next(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self, *texts: str) -> Token | None:
        token = self.next
        if token is None or token.kind == "text" or token.text.lower() not in texts:
            return None
        self._place += 1
        return token

    def _chain(self, read: Callable[[], Part], *signs: str) -> Part:
        left = read()
        while token := self._take(*signs):
            left = Operation(token.text.lower(), left, read())
        return left

    def read_either(self) -> Part:
        return self._chain(self.read_both, "or")

    def read_both(self) -> Part:
        return self._chain(self.read_relation, "and")

    def read_relation(self) -> Part:
        return self._chain(self.read_sum, *_RELATIONS)

    def read_sum(self) -> Part:
        return self._chain(self.read_product, "+", "-")

    def read_product(self) -> Part:
        return self._chain(self.read_value, "*", "/")

    def read_value(self) -> Part:
        if self._take("("):
            return self._read_brackets()
        if self._take("-"):
            return Operation("-", 0.0, self._read_inside(self.read_value))
        token = self.next
        if token is None:
            raise LogicError(f"character {self._length + 1}: the logic ends where a field or a value was expected")
        if token.kind == "sign":
            raise LogicError(f"character {token.place}: “{token.text}” stands where a field or a value was expected")
        self._place += 1
        if token.kind == "word":
            return self._read_call(token)
        if token.kind == "field":
            return self._read_field(token)
        return token.text[1:-1] if token.kind == "text" else float(token.text)

    def _read_call(self, name: Token) -> Call:
        if not self._take("("):
            raise LogicError(f"character {name.place}: “{name.text}” needs brackets, or quotes if it is a value")
        parts = [self._read_inside()]
        while self._take(","):
            parts.append(self._read_inside())
        self._close()
        return Call(name.text, tuple(parts))

    def _read_brackets(self) -> Part:
        part = self._read_inside()
        self._close()
        return part

    def _read_inside(self, read: Callable[[], Part] | None = None) -> Part:
        self._depth += 1
        if self._depth > DEEPEST:
            raise LogicError(f"more than {DEEPEST} brackets or signs inside one another")
        part = (read or self.read_either)()
        self._depth -= 1
        return part

    def _close(self) -> None:
        if not self._take(")"):
            raise LogicError(f"character {self.next.place if self.next else self._length + 1}: a bracket is not closed")

    def _read_field(self, token: Token) -> Part:
        if smart := _SMART.fullmatch(token.text):
            if self.next is not None and self.next.kind == "field":
                self._place += 1
            return Call(smart[1])
        following, event = self.next, None
        if following is not None and following.kind == "field":
            self._place += 1
            named = _EVENT.fullmatch(token.text)
            if named is None:
                raise LogicError(f"character {token.place}: {token.text} is no event")
            event, token = named[1], following
        match = _FIELD.fullmatch(token.text)
        if match is None:
            raise LogicError(f"character {token.place}: {token.text} is no field, like [age] or [flags(2)]")
        return Reference(event, match[1], match[2])


def _list_fields(part: Part) -> Iterator[Reference]:
    if isinstance(part, Reference):
        yield part
    elif isinstance(part, Operation):
        yield from _list_fields(part.left)
        yield from _list_fields(part.right)
    elif isinstance(part, Call):
        for inside in part.parts:
            yield from _list_fields(inside)


def _answer(part: Part, lookup: Lookup) -> str | float | bool | None:
    if isinstance(part, Reference):
        return lookup(part.event, part.field, part.code)
    if isinstance(part, Call):
        return None
    if not isinstance(part, Operation):
        return part
    left, right = _answer(part.left, lookup), _answer(part.right, lookup)
    if part.sign in ("and", "or"):
        return _join(part.sign, _truth(left), _truth(right))
    if left is None or right is None:
        return None
    return _sum(part.sign, left, right) if part.sign in _SUMS else _compare(part.sign, left, right)


def _join(sign: str, left: Answer, right: Answer) -> Answer:
    decisive = sign == "or"
    if decisive in (left, right):
        return decisive
    return None if None in (left, right) else not decisive


def _truth(value: str | float | bool | None) -> Answer:
    return None if value is None else value not in (False, "", "0", 0.0)


def _number(value: str | float) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _sum(sign: str, left: str | float, right: str | float) -> str | float:
    """Empty where a side is empty or no number, as REDCap has it."""
    first, second = _number(left), _number(right)
    if first is None or second is None or (sign == "/" and second == 0):
        return ""
    return _SUMS[sign](first, second)


def _compare(sign: str, left: str | float, right: str | float) -> bool:
    """Numbers by size, dates and words by letters; nothing is larger or smaller than an empty field."""
    numbers = _number(left), _number(right)
    if None not in numbers:
        return _relate(sign, *numbers)
    if "" in (left, right) and sign not in ("=", "<>", "!="):
        return False
    return _relate(sign, str(left), str(right))


def _relate(sign: str, left: object, right: object) -> bool:
    if sign in ("=", "<>", "!="):
        return (left == right) is (sign == "=")
    lower, upper = (left, right) if "<" in sign else (right, left)
    return lower <= upper if "=" in sign else lower < upper  # type: ignore[operator]
