"""Branching logic: read, answered with yes, no or not known, and refused with the place of the mistake."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.redcap_logic import LogicError, read_condition

KNOWN = {
    (None, "a", None): "1", (None, "b", "2"): "0", (None, "c", None): "18", (None, "empty", None): "",
    ("event_1_arm_1", "x", None): "y", (None, "day", None): "2026-03-02", (None, "n", None): "2.50",
}  # fmt: skip


def ask(text: str) -> bool | None:
    return read_condition(text).holds(lambda *place: KNOWN.get(place))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("[a]='1' and ([b(2)]='1' or [c]>=18)", True),
        ("[a]='1' and ([b(2)]='1' or [c]>18)", False),
        ("[event_1_arm_1][x]<>''", True),
        ('[a] = "1" AND [c] < 20 OR [a] = "2"', True),
        ("[a]='2' and [b(2)]='1' or [c]=18", True),
        ("[a]='2' and ([b(2)]='1' or [c]=18)", False),
        ("[empty]=''", True),
        ("[empty]<5", False),
        ("[empty]<>'1'", True),
        ("[n]=2.5", True),
        ("[n]='2.5'", True),
        ("[c] > 9", True),  # numbers by size, not by letters
        ("[day]>'2026-02-28'", True),
        ("[c]+2*[n]=23", True),
        ("([c]+2)*[n]=50", True),
        ("[c]/0=1", False),
        ("[c] > -1", True),
        ("[unknown]='1'", None),
        ("[unknown]='1' or [a]='1'", True),
        ("[unknown]='1' and [a]='2'", False),
        ("[unknown]='1' and [a]='1'", None),
        ("datediff([day],'today','d')>3", None),
        ("[user-role]='reader' or [a]=1", True),
        ("[a]", True),
        ("\n [a]\n=\t'1' ", True),
    ],
)
def test_conditions_are_answered(text: str, answer: bool | None) -> None:
    assert ask(text) is answer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[a]='1' and", "character 12: the logic ends"),
        ("([a]='1'", "character 9: a bracket is not closed"),
        ("[a]='1')", "character 8: “)” was not expected"),
        ("[a]='1", "character 5: “'” cannot be read"),
        ("[A B]='1'", "character 1: [A B] is no field"),
        ("[a] = yes", "character 7: “yes” needs brackets, or quotes"),
        ("= 1", "character 1: “=” stands where"),
        ("[a] 1", "character 5: “1” was not expected"),
        ("(" * 60 + "1" + ")" * 60, "more than 50 brackets"),
        ("[a] = " + "-" * 5000 + "1", "more than 50"),
        ("", "the logic ends"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_place(text: str, says: str) -> None:
    with pytest.raises(LogicError) as refusal:
        read_condition(text)
    assert says in str(refusal.value)


def test_the_fields_of_a_condition_are_listed() -> None:
    fields = read_condition("[e][a]=1 or sum([b(-1)],[c])>2").fields
    assert [(one.event, one.field, one.code) for one in fields] == [
        ("e", "a", None),
        (None, "b", "-1"),
        (None, "c", None),
    ]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="[]()'\"abc12<>=-+,. andor", max_size=40))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        assert ask(text) in (True, False, None)
    except LogicError as error:
        assert str(error)
