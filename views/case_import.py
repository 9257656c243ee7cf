"""Import of case files: every case in the file is read before any is kept, and a mistake keeps none."""

from typing import Any

import streamlit as st

from decision.case import CaseError
from decision.case_file import read_case_file
from store import StoreError
from views import data, state
from views.words import say_count, say_list

DRAFT = "case_import"


class FileError(Exception):
    """A file that cannot be imported; the message is one sentence."""


def read_case_documents(content: bytes) -> list[dict[str, Any]]:
    """The cases of a file, one JSON object or one a line. Raises `FileError` naming line, case and field."""
    lines = [(number, line) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]
    several = len(lines) > 1 and all(line.lstrip().startswith(b"{") for _, line in lines)
    parts = [(f"Line {number}: ", line) for number, line in lines] if several else [("", content)]
    documents = [_read_part(place, part) for place, part in parts]
    _refuse_twice([document["case_id"] for document in documents])
    return documents


def _read_part(place: str, content: bytes) -> dict[str, Any]:
    try:
        return read_case_file(content).to_json()
    except CaseError as error:
        raise FileError(f"{place}{_say(error)}. Nothing was imported.") from error


def _say(error: CaseError) -> str:
    """What is wrong: with the case named, or, where there is no case yet, with the file."""
    if error.field != "json":
        return str(error)
    wanted = '; a case is an object like {"case_id": "P017"}' if "not JSON" in error.says else ""
    return f"this is no case file: {error.says}{wanted}"


def _refuse_twice(case_ids: list[str]) -> None:
    twice = sorted({case_id for case_id in case_ids if case_ids.count(case_id) > 1})
    if twice:
        raise FileError(f"{say_list(twice)} stands in the file more than once; keep one. Nothing was imported.")


def show_import() -> None:
    """The popover that takes a file, says what is wrong with it or whom it would replace, and imports it."""
    with st.popover("Import", icon=":material/upload_file:", help="Read case files (JSON)"):
        _show_upload()


def _show_upload() -> None:
    st.caption("One case as JSON, or one case a line. A mistake in any case imports none.")
    uploaded = st.file_uploader(
        "Case file",
        type=["json", "jsonl"],
        label_visibility="collapsed",
        key=f"case_file_{state.draft(DRAFT).get('files', 0)}",
    )
    if uploaded is None:
        return
    try:
        documents = read_case_documents(uploaded.getvalue())
    except FileError as error:
        st.error(str(error), icon=":material/error:")
        return
    known = set(data.fetch_patient_ids())
    replaced = [document["case_id"] for document in documents if document["case_id"] in known]
    if replaced:
        says = f"{say_list(replaced[:8])} will be replaced by the file; what stood there stays in the history."
        st.warning(says, icon=":material/sync:")
    if st.button(f"Import {say_count(len(documents), 'case')}", type="primary"):
        save_documents(documents)


def save_documents(documents: list[dict[str, Any]]) -> None:
    try:
        data.the_store().save_many(cases=documents)
    except (CaseError, StoreError) as error:
        st.error(f"{error} Nothing was imported.", icon=":material/error:")
        return
    state.draft(DRAFT)["files"] = state.draft(DRAFT).get("files", 0) + 1  # a new uploader, empty again
    state.leave_notice(f"{say_count(len(documents), 'case')} imported")
    st.rerun()
