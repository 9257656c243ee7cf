"""The evidence page: every rule can be found, gaps too, each with its source."""

import csv
import io

import pytest

from decision.book import BookEntry, load_book
from decision.evidence import GRADES
from store import Store
from tests.views.people import open_app, said
from views.charts_evidence import chart_grades
from views.evidence_rows import Wanted, choose_entries, count_grades, list_tests, name_tests, write_out, write_rows

BOOK = load_book()


def make_entry(**changes: object) -> BookEntry:
    values: dict[str, object] = {
        "block": "potassium.0", "chapter": "Rhythm", "test": "Potassium (untreated)", "subtypes": ("EAS",),
        "says": "Low potassium speaks for ectopic ACTH", "does": "In EAS: < 3.5 mmol/L 80 %", "quote": "80 %",
        "source": "Du et al.", "source_url": None, "locator": "table 2", "grade": "verified", "n": 73, "reviewed_by": "",
    }  # fmt: skip
    return BookEntry(**(values | changes))  # type: ignore[arg-type]


def test_without_wishes_the_whole_book_is_shown_in_its_order() -> None:
    assert choose_entries(BOOK, Wanted()) == BOOK


def test_all_words_must_occur_in_any_case() -> None:
    entries = (make_entry(), make_entry(says="Potassium is normal in most"))
    assert choose_entries(entries, Wanted(words="POTASSIUM ectopic")) == entries[:1]
    assert choose_entries(entries, Wanted(words="cabergoline")) == ()


def test_a_subtype_keeps_the_rules_that_concern_everybody() -> None:
    everybody, adrenal = make_entry(subtypes=()), make_entry(subtypes=("CPA",))
    assert choose_entries((everybody, adrenal), Wanted(subtype="EAS")) == (everybody,)


def test_gaps_are_rows_too() -> None:
    gaps = choose_entries(BOOK, Wanted(grades=("none",)))
    assert gaps
    assert all("no published evidence" in entry.does for entry in gaps)


def test_every_rule_that_names_a_test_is_found_by_that_test() -> None:
    assert all(choose_entries(BOOK, Wanted(test=name)) for name in list_tests(BOOK))
    assert name_tests(make_entry(test="dst_1mg_cortisol, ufc_24h")) == ("1 mg DST", "UFC")
    assert name_tests(make_entry(test="")) == ()


def test_codes_are_written_out() -> None:
    assert write_out("does not use dst_1mg_cortisol if low") == "does not use 1 mg DST if low"


def test_counts_by_grade_add_up_to_the_book() -> None:
    counts = count_grades(BOOK, GRADES)
    assert sum(counts.values()) == len(BOOK)
    assert count_grades((), GRADES) == dict.fromkeys(GRADES, 0)


def test_the_rows_can_be_taken_along() -> None:
    rows = list(csv.DictReader(io.StringIO(write_rows(BOOK))))
    assert [row["says"] for row in rows] == [entry.says for entry in BOOK]


def test_the_chart_counts_every_rule_once() -> None:
    spec = chart_grades(BOOK).to_dict()
    [rows] = spec["datasets"].values()
    assert sum(row["rules"] for row in rows) == len(BOOK)
    assert spec["encoding"]["y"]["sort"] == list(dict.fromkeys(entry.chapter for entry in BOOK))


def test_the_page_shows_rule_quote_source_and_what_each_grade_means(store: Store) -> None:
    app = open_app("evidence")
    text = said(app).replace("\\", "")
    first = BOOK[0]
    for part in (first.says, first.quote, first.source, "not yet signed", "weight zero", f"{len(BOOK)} rules"):
        assert part in text, part


@pytest.mark.parametrize(("words", "shown"), [("midnight", True), ("nothing has this word", False)])
def test_searching_narrows_the_page(store: Store, words: str, shown: bool) -> None:
    app = open_app("evidence")
    app.text_input(key="evidence_words").set_value(words).run()
    assert not app.exception
    assert ("No rule matches" in said(app)) is not shown
