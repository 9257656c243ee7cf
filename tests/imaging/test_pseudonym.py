"""One patient, one shift: intervals stay, the same secret gives the same disguise, and no two patients share it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.profile import load_profile
from imaging.pseudonym import Pseudonym, disguise_patient, disguise_stranger

SECRETS = st.text(min_size=1).filter(str.strip)
NAMES = st.from_regex(r"P[0-9]{3}", fullmatch=True)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
UIDS = st.from_regex(r"1\.[2-9]\.[1-9][0-9]{2,8}\.[1-9][0-9]{0,8}", fullmatch=True)


@given(SECRETS, NAMES, DAYS, DAYS)
def test_every_interval_is_kept(secret: str, name: str, first: date, second: date) -> None:
    person = Pseudonym(name, secret)
    moved = [date.fromisoformat(person.shift_text(f"{day:%Y%m%d}")) for day in (first, second)]
    assert moved[1] - moved[0] == second - first
    assert moved[0] < first


@given(SECRETS, NAMES, UIDS)
def test_the_same_patient_has_the_same_disguise_every_time(secret: str, name: str, uid: str) -> None:
    one, again = Pseudonym(name, secret), Pseudonym(name, secret)
    earliest, latest = load_profile().days
    assert earliest <= one.date_offset_days == again.date_offset_days <= latest
    assert one.replace_uid(uid) == again.replace_uid(uid)


@given(SECRETS, UIDS, UIDS)
def test_a_uid_is_renamed_by_the_secret_alone(secret: str, uid: str, other: str) -> None:
    """So that a study is known again whoever it was taken in for."""
    new = Pseudonym("P001", secret).replace_uid(uid)
    assert new.startswith("2.25.") and len(new) <= 64
    assert new == Pseudonym("P002", secret).replace_uid(uid)
    assert new != Pseudonym("P001", secret + "x").replace_uid(uid)
    assert (new == Pseudonym("P001", secret).replace_uid(other)) == (uid == other)


def test_patients_move_by_different_numbers_of_days() -> None:
    moves = {Pseudonym(f"P{number:03d}", "secret").date_offset_days for number in range(100)}
    assert len(moves) > 90


@pytest.mark.parametrize("rest", ["", "103000", "103000.00 ", "103000.000000+0100", "10:30:00"])
def test_a_time_of_day_and_zone_stay_behind_the_date(rest: str) -> None:
    person = Pseudonym("P001", "secret")
    assert person.shift_text(f"20260301{rest}") == f"{person.shift_day(date(2026, 3, 1)):%Y%m%d}{rest}"


@pytest.mark.parametrize("text", ["", "2026", "202603", "20260231", "00000000", "20260301 John Smith", "March 1"])
def test_what_is_no_whole_date_does_not_stay(text: str) -> None:
    assert Pseudonym("P001", "secret").shift_text(text) == ""


def test_a_date_with_points_keeps_them() -> None:
    person = Pseudonym("P001", "secret")
    assert person.shift_text("2026.03.01") == f"{person.shift_day(date(2026, 3, 1)):%Y.%m.%d}"


def test_uids_of_the_standard_stay_and_the_secret_is_not_shown() -> None:
    person = Pseudonym("P001", "not for anyone")
    assert person.replace_uid("1.2.840.10008.5.1.4.1.1.128") == "1.2.840.10008.5.1.4.1.1.128"
    assert "not for anyone" not in repr(person)


@given(SECRETS, NAMES, DAYS)
def test_the_secret_gives_the_true_day_back(secret: str, name: str, day: date) -> None:
    person = Pseudonym(name, secret)
    assert person.true_day(person.shift_day(day)) == day


def test_marks_tell_secrets_and_hospital_numbers_apart_and_give_none_away() -> None:
    one, other = Pseudonym("P001", "a secret of this trial"), Pseudonym("P001", "another secret of it")
    assert one.secret_mark != other.secret_mark
    assert one.mark_person(" 4711 ") == Pseudonym("P002", one.secret).mark_person("4711")
    assert one.mark_person("4711") != one.mark_person("4712")
    assert one.mark_person("4711") != other.mark_person("4711")
    assert "4711" not in str(one.mark_person("4711"))
    assert one.mark_person(" ") is one.mark_person(None) is None


def test_every_patient_of_the_trial_has_a_disguise_whatever_the_pseudonym() -> None:
    assert disguise_patient("P017", "secret").name == "P017"
    strange = disguise_patient("Müller, Jörg", "secret")
    assert strange == disguise_patient("Müller, Jörg", "secret") != disguise_patient("Müller, Jürg", "secret")
    assert "ller" not in strange.name


def test_a_stranger_is_the_same_stranger_next_time() -> None:
    assert (
        disguise_stranger("4711", "secret") == disguise_stranger("4711", "secret") != disguise_stranger("1", "secret")
    )
    assert "4711" not in disguise_stranger("4711", "secret").name
    assert disguise_stranger(None, "secret").date_offset_days < 0
