"""REDCap in: dictionary and export from files or from the project itself, then mapping, dry run and confirmation."""

import hashlib
from dataclasses import dataclass

import streamlit as st

from exchange.redcap_api import RedcapError, fetch_redcap, has_redcap, name_redcap
from exchange.redcap_dictionary import Dictionary, DictionaryError, read_dictionary
from views import state
from views.redcap_preview import show_preview
from views.redcap_rules import show_rules
from views.words import say_count

DRAFT = "redcap"
MOST_SHOWN = 12
HOW = (
    "Give the project's data dictionary and a record export (raw values, raw headers, flat). Nothing is written before you "
    "have seen what would change and confirmed it."
)


@dataclass(frozen=True)
class Source:
    """The two files of a project as bytes, from an upload or from REDCap itself."""

    dictionary: bytes | None
    records: bytes | None


def show_redcap() -> None:
    """The whole way in, one step below the other as far as they can be taken."""
    st.caption(HOW)
    source = _ask_source()
    if source.dictionary is None:
        return
    dictionary = _read(source.dictionary)
    if dictionary is None:
        return
    mapping = show_rules(dictionary, fingerprint(source.dictionary))
    if mapping is None:
        return
    if source.records is None:
        st.info("Now give the record export: the dry run follows.", icon=":material/table:")
        return
    show_preview(source.records, dictionary, mapping)


def fingerprint(*parts: bytes) -> str:
    """Tells whether anything in the files changed."""
    return hashlib.sha256(b"|".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]


def _ask_source() -> Source:
    number = state.draft(DRAFT).get("files", 0)
    left, right = st.columns(2)
    with left:
        dictionary = st.file_uploader("Data dictionary (CSV)", type=["csv"], key=f"redcap_dictionary_{number}")
    with right:
        records = st.file_uploader("Record export (CSV)", type=["csv", "txt", "tsv"], key=f"redcap_records_{number}")
    _show_fetch()
    fetched: Source = state.draft(DRAFT).get("fetched", Source(None, None))
    return Source(
        dictionary.getvalue() if dictionary else fetched.dictionary,
        records.getvalue() if records else fetched.records,
    )


def _show_fetch() -> None:
    if not has_redcap():
        st.caption("To fetch from REDCap itself, set REDCAP_URL and REDCAP_TOKEN in the environment of the server.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Fetch from REDCap", icon=":material/cloud_download:"):
            _fetch()
        if "fetched" in state.draft(DRAFT):
            st.caption(f"Fetched from {name_redcap()}; an uploaded file takes its place.")


def _fetch() -> None:
    try:
        with st.spinner("Asking REDCap for dictionary and records"):
            found = fetch_redcap()
    except RedcapError as error:
        st.error(str(error), icon=":material/error:")
        return
    state.draft(DRAFT)["fetched"] = Source(found.dictionary, found.records)


def _read(content: bytes) -> Dictionary | None:
    try:
        dictionary = read_dictionary(content)
    except DictionaryError as error:
        lines = [f"- {fault}" for fault in error.faults[:MOST_SHOWN]]
        more = len(error.faults) - len(lines)
        st.error(
            "\n".join(["The data dictionary was refused:", *lines, *([f"- and {more} more"] if more else [])]),
            icon=":material/error:",
        )
        return None
    if dictionary.notes:
        with st.expander(f"{say_count(len(dictionary.notes), 'branching rule')} that cannot be checked"):
            st.text("\n".join(map(str, dictionary.notes)))
    return dictionary
