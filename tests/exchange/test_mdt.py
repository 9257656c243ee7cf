"""The one-page summary: always one page, everything on it, nothing in a case can break it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.mdt import MdtError, write_mdt_summary
from exchange.mdt_page import FlagLine, KeySlice, ReasonLine, ResultLine, SourcedLine
from tests.exchange.summaries import AT, CITATION, make_picture, make_summary, read_pages


def test_the_page_tells_who_what_and_where_from() -> None:
    [page] = read_pages(write_mdt_summary(make_summary()))
    for said in (
        "P017",
        "SYNTHETIC DATA",
        "not a medical device",
        "URGENT",
        "46 pg/mL · 10.1 pmol/L",
        "≤ 40 pg/mL",
        "SUVmax 4.2 g/ml (SUVbw)",
        "93 % [81–98]",
        "+8.1 dB",
        "Not used: 1 mg DST",
        "doi:10.1210/clinem/dgaa105",
        "0123456789ab",
        "2026-03-11 17:05 UTC",
    ):
        assert said in page, said


def test_a_real_patient_is_not_called_synthetic() -> None:
    [page] = read_pages(write_mdt_summary(make_summary(synthetic=False)))
    assert "SYNTHETIC" not in page


def test_when_it_abstains_the_reason_stands_in_the_place_of_the_suggestion() -> None:
    [page] = read_pages(write_mdt_summary(make_summary(abstain="Only one finding is known.")))
    assert "No suggestion. Only one finding is known." in page
    assert "Cushing's disease · 93 %" not in page


def test_nothing_known_is_said_and_not_left_blank() -> None:
    empty = make_summary(results=(), findings=(), slices=(), reasons=(), flags=(), missing=(), next_tests=(), voided=())
    [page] = read_pages(write_mdt_summary(empty))
    assert "No results are known." in page
    assert "No image findings are known." in page


def test_long_content_stays_on_one_page_and_says_how_much_more_there_is() -> None:
    words = "a long sentence about a finding that does not want to end " * 12
    summary = make_summary(
        results=tuple(ResultLine(f"Test {n}", "", words, "—", "—") for n in range(60)),
        reasons=tuple(
            ReasonLine(words, words, float(n), "9 : 1", "expert", "#222222", (f"Source {n}. {words}",))
            for n in range(40)
        ),
        findings=tuple(SourcedLine("Region", words) for _ in range(20)),
        slices=tuple(KeySlice(make_picture(), "image/png", words, words) for _ in range(9)),
        missing=(words,) * 20,
        note=words,
    )
    [page] = read_pages(write_mdt_summary(summary))
    assert "more results" in page
    assert "more findings" in page


def test_no_urgent_flag_is_left_out_however_long_the_page() -> None:
    words = "a long sentence about a finding that does not want to end " * 12
    flags = (*(FlagLine(False, words) for _ in range(9)), *(FlagLine(True, f"urgent matter {n}") for n in range(5)))
    reasons = tuple(ReasonLine(words, words, 9.0, "8 : 1", "expert", "#222222") for _ in range(30))
    [page] = read_pages(write_mdt_summary(make_summary(flags=flags, reasons=reasons, missing=(words,) * 9)))
    assert all(f"urgent matter {n}" in page for n in range(5))


def test_the_same_summary_gives_the_same_bytes_and_another_time_others() -> None:
    first = write_mdt_summary(make_summary())
    assert first == write_mdt_summary(make_summary())
    assert first != write_mdt_summary(make_summary(written_at=AT.replace(hour=18)))


@pytest.mark.parametrize(
    "text", ['#panic("x")', "$x^2", "\\", "*bold* _it_ `raw` <label> @ref", '"]; #read("/etc/passwd")', "//", "= head"]
)
def test_text_is_shown_as_it_stands_and_never_read_as_markup(text: str) -> None:
    summary = make_summary(patient_id=text, note=text, results=(ResultLine(text, text, text, text, text),))
    [page] = read_pages(write_mdt_summary(summary))
    assert " ".join(text.split()) in page


def test_chinese_is_drawn() -> None:
    [page] = read_pages(write_mdt_summary(make_summary(note="左侧垂体微腺瘤,建议岩下窦采血")))
    assert "左侧垂体微腺瘤" in page
    assert "□" not in page


def test_letters_the_fonts_lack_are_counted_and_said() -> None:
    [page] = read_pages(write_mdt_summary(make_summary(note="مريض 😀")))
    assert "5 letters not in this document" in page


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300))
def test_any_text_gives_one_page(text: str) -> None:
    summary = make_summary(note=text, about=text, missing=(text,), abstain=text or None)
    assert len(read_pages(write_mdt_summary(summary))) == 1


def test_sources_are_numbered_once_in_the_order_they_appear() -> None:
    reasons = make_summary().reasons
    other = replace(reasons[0], finding="DST", decibans=-3.0, sources=("Another paper 2021", CITATION))
    [page] = read_pages(write_mdt_summary(make_summary(reasons=(*reasons, other))))
    assert "DST [2, 1]" in page
    assert "−3 dB" in page


def test_a_picture_of_an_unknown_kind_is_refused_in_a_sentence() -> None:
    picture = KeySlice(b"GIF89a", "image/gif", "", "")
    with pytest.raises(MdtError, match="Picture 1 is image/gif; a summary takes image/png"):
        write_mdt_summary(make_summary(slices=(picture,)))


def test_a_damaged_picture_is_refused_in_a_sentence() -> None:
    with pytest.raises(MdtError, match="could not be drawn"):
        write_mdt_summary(make_summary(slices=(KeySlice(b"\x89PNG no", "image/png", "", ""),)))
