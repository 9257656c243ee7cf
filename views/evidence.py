"""The evidence book: every rule of the program, what it says, what it does, and where it comes from; gaps are rows too."""

from collections.abc import Sequence

import streamlit as st

from decision.book import BookEntry, load_book
from decision.evidence import BOOK_GRADES as GRADES
from decision.evidence import load_knowledge
from decision.vocabulary import load_vocabulary
from views.charts_evidence import chart_grades
from views.evidence_rows import Wanted, choose_entries, count_grades, list_tests, write_out, write_rows
from views.evidence_trial import show_trial_adds
from views.figure import show_figure
from views.names import subtype_name
from views.words import UNKNOWN, escape, say_count

PAGE_ROWS = 15
RULES, TRIAL_ADDS = PARTS = ("Rules", "What this trial adds")
MEANING = {
    "verified": "The figure was read in the source named.",
    "surrogate": "Another population or tumour, or a fit; shrunk and capped.",
    "recalled": "General knowledge, not checked in a source.",
    "expert": "Nothing is published and the model needs a value: wide, waiting for a signature.",
    "none": "No published evidence: weight zero.",
}


def show() -> None:
    book = _load_book()
    version = load_knowledge().version
    st.title("Evidence", anchor=False)
    st.caption(f"{say_count(len(book), 'rule')} · edition {escape(version)} · every clinical number the program uses")
    part = st.segmented_control(
        "Part",
        PARTS,
        default=RULES,
        required=True,
        key="evidence_part",
        bind="query-params",
        label_visibility="collapsed",
    )
    if part == TRIAL_ADDS:
        show_trial_adds()
    else:
        show_rules(book)


def show_rules(book: Sequence[BookEntry]) -> None:
    """The grades, the search, and the rules that were found."""
    show_legend(book)
    wanted = show_filters(book)
    found = choose_entries(book, wanted)
    if found:
        show_found(found, wanted)
    else:
        st.info("No rule matches. Empty the search or choose fewer filters.", icon=":material/search_off:")


@st.cache_data(max_entries=1, show_spinner=False)
def _load_book() -> tuple[BookEntry, ...]:
    return load_book()


def show_legend(book: Sequence[BookEntry]) -> None:
    """The grades with their meaning and count, and how the chapters rest on them."""
    counts = count_grades(book, GRADES)
    for column, grade in zip(st.columns(len(GRADES)), GRADES, strict=True):
        with column.container(border=True, height="stretch", gap="xsmall"):
            st.markdown(f"##### {counts[grade]} :gray[{grade}]")
            st.caption(MEANING[grade])
    signed = sum(bool(entry.reviewed_by) for entry in book)
    with st.expander(
        f"Grades by chapter · signed by a clinician: {signed} of {len(book)}", icon=":material/bar_chart:"
    ):
        says = "; ".join(f"{grade} {count}" for grade, count in counts.items())
        show_figure(chart_grades, book, key="evidence_grades", says=f"Rules by grade: {says}")


def show_filters(book: Sequence[BookEntry]) -> Wanted:
    """Search and filters, the grades in a line of their own so that none is cut off."""
    words, subtype, test = st.columns([3, 2, 3], vertical_alignment="bottom")
    return Wanted(
        words.text_input(
            "Search", type="search", placeholder="potassium, Chen 2020 …", live=True, key="evidence_words",
            persist_state="session",
        )
        or "",
        subtype.selectbox(
            "Subtype", list(load_vocabulary().subtypes), index=None, format_func=subtype_name, placeholder="Any",
            key="evidence_subtype", persist_state="session",
        ),
        test.selectbox(
            "Test or finding", list_tests(book), index=None, placeholder="Any", key="evidence_test",
            persist_state="session",
        ),
        tuple(
            st.pills("Grade", GRADES, selection_mode="multi", key="evidence_grade_choice", persist_state="session")
            or ()
        ),
    )  # fmt: skip


def show_found(found: Sequence[BookEntry], wanted: Wanted) -> None:
    """The matching rules, chapter by chapter, a page at a time."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{say_count(len(found), 'rule')}**", width="content")
        st.download_button(
            "These rules (CSV)",
            write_rows(found),
            "evidence.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    pages = -(-len(found) // PAGE_ROWS)
    # A page belongs to a choice: another choice begins at its first page.
    page = st.pagination(pages, key=f"evidence_page_{hash(wanted)}") if pages > 1 else 1
    chapter = ""
    for entry in found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]:
        if entry.chapter != chapter:
            chapter = entry.chapter
            st.subheader(escape(chapter), anchor=False)
        show_entry(entry)


def show_entry(entry: BookEntry) -> None:
    """What it says and what the program does on the left; quote, source and signature on the right."""
    with st.container(border=True):
        rule, origin = st.columns([3, 2], gap="medium")
        with rule:
            title = f":gray[{escape(entry.test and write_out(entry.test))}]  \n" if entry.test else ""
            st.markdown(f"{title}**{escape(entry.says)}**")
            st.markdown(f":gray[The program:] {escape(write_out(entry.does))}")
        with origin:
            if entry.quote:
                st.markdown(f"*“{escape(entry.quote)}”*")
            st.markdown(_say_source(entry))
            # The name of the block in the CSV, the evidence book and the files of the knowledge.
            st.caption(_say_standing(entry), help=f"Rule {escape(entry.block)} in the evidence book")


def _say_source(entry: BookEntry) -> str:
    source = escape(entry.source)
    linked = f"[{source}]({entry.source_url})" if entry.source_url else source
    return f"{linked}" + (f" :gray[· {escape(entry.locator)}]" if entry.locator else "")


def _say_standing(entry: BookEntry) -> str:
    grade = f":gray-badge[{entry.grade}]"
    count = f"n = {entry.n}" if entry.n else f"n {UNKNOWN}"
    signed = f"reviewed by {escape(entry.reviewed_by)}" if entry.reviewed_by else "not yet signed"
    return f"{grade} {count} · {signed}"
