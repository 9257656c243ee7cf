"""Send to the PACS: the DICOM objects of an exported lesion, after a look at under whose name they go; each with its answer."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from threading import Thread

import streamlit as st

from exchange.dicom_source import Owner
from exchange.pacs import PacsError, has_pacs
from exchange.pacs_send import Answer, send_to_pacs
from exchange.pacs_service import name_pacs
from views import state
from views.words import UNKNOWN, escape, say_count

DRAFT = "imaging_pacs_sending"
NAMES = {
    "segmentation.dcm": "Segmentation (SEG)",
    "measurements.dcm": "Measurement report (SR)",
    "structures.dcm": "RT Structure Set",
    "key_image.dcm": "Key image (Secondary Capture)",
}
_SECONDS = 0.5


@dataclass
class PacsSending:
    """Objects on their way to the PACS, beside the page; `answers` once `running` is over, or `error` when none went."""

    files: Sequence[tuple[str, bytes]]
    done: int = 0
    answers: tuple[Answer, ...] = ()
    error: str | None = None
    running: bool = True

    @property
    def complete(self) -> bool:
        """The PACS has said of every object that it is stored."""
        return len(self.answers) == len(self.files) and all(one.stored for one in self.answers)

    def start(self) -> None:
        Thread(target=self._run, name="pacs-send", daemon=True).start()

    def _run(self) -> None:
        try:
            self.answers = send_to_pacs(self.files, self._count)
        except PacsError as refusal:
            self.error = str(refusal)
        except Exception as mistake:  # a thread has nobody to tell: the page says it instead
            self.error = f"The objects could not be sent ({type(mistake).__name__}); look in the PACS what is there."
        self.running = False

    def _count(self, done: int, of: int) -> None:
        self.done = done


def show_sending(packed: bytes, owner: Owner | None) -> None:
    """Nothing without a PACS or without DICOM; else what would be sent, as whom, and after confirming the answers."""
    files = read_objects(packed)
    if not has_pacs() or not files or owner is None:
        return
    sending: PacsSending | None = state.draft(DRAFT).get(_key(files))
    if sending is not None and sending.running:
        _watch(sending)
        return
    try:
        where = escape(name_pacs())
    except PacsError as error:
        st.warning(str(error), icon=":material/error:")
        return
    if sending is not None:
        _show_answers(sending, where)
    if sending is None or not sending.complete:
        _ask(files, owner, where, again=sending is not None)


def read_objects(packed: bytes) -> list[tuple[str, bytes]]:
    """The DICOM objects in the zip of a lesion, by their names in words."""
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        return [(words, archive.read(file)) for file, words in NAMES.items() if file in archive.namelist()]


def say_owner(owner: Owner) -> str:
    """As whom the objects go, in a sentence: under the pseudonym, or under the patient's own identity."""
    named = escape(str(owner.module.get("PatientID") or UNKNOWN))
    if str(owner.module.get("PatientIdentityRemoved") or "").upper() == "YES":
        return (
            f"They go under the pseudonym {named} with the shifted dates and replaced UIDs of the de-identified images: "
            f"in the PACS they form a study of patient {named}, not beside the hospital's own images."
        )
    return (
        f"The images were opened with their identity: the objects go as patient {named}, with the name in the images, and "
        "stand beside them in the PACS."
    )


def _ask(files: Sequence[tuple[str, bytes]], owner: Owner, where: str, again: bool) -> None:
    st.caption(f"To the PACS at {where}: {', '.join(name for name, _ in files)}. {say_owner(owner)}")
    key = _key(files)
    named = escape(str(owner.module.get("PatientID") or UNKNOWN))
    sure = st.checkbox(f"Yes, send {say_count(len(files), 'object')} as {named}", key=f"imaging_pacs_sure:{key}")
    words = "Send again" if again else "Send to the PACS"
    if st.button(words, icon=":material/cloud_upload:", disabled=not sure, width="stretch"):
        sending = PacsSending(files)
        # Only the last one is remembered: a zip prepared anew has new UIDs, and its own answers.
        state.drop_draft(DRAFT)
        state.draft(DRAFT)[key] = sending
        sending.start()
        st.rerun(scope="app")


@st.fragment(run_every=_SECONDS)
def _watch(sending: PacsSending) -> None:
    if not sending.running:
        st.rerun(scope="app")
    st.progress(sending.done / len(sending.files), f"Sending: {sending.done} of {len(sending.files)} answered")


def _show_answers(sending: PacsSending, where: str) -> None:
    """What the PACS says of each object; an object without its word counts as not stored."""
    if sending.error:
        st.error(f"Nothing was stored. {sending.error}", icon=":material/error:")
        return
    stored = [one for one in sending.answers if one.stored]
    lines = [f"- {_say_answer(one)}" for one in sending.answers]
    says = f"The PACS at {where} stored {len(stored)} of {say_count(len(sending.answers), 'object')}:\n\n"
    if sending.complete:
        st.info(says + "\n".join(lines), icon=":material/cloud_done:")
    else:
        st.warning(says + "\n".join(lines), icon=":material/warning:")


def _say_answer(one: Answer) -> str:
    if one.stored:
        return f"{one.name}: stored" + (f", but {one.says}" if one.says else "")
    return f"{one.name}: **not stored**: {escape(one.says)}"


def _key(files: Sequence[tuple[str, bytes]]) -> str:
    return str(hash(tuple(data for _, data in files)))
