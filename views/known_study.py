"""Whether an upload is of a study that is here already, and of the patient it is opened for. No Streamlit."""

from collections.abc import Iterable, Sequence

from store import SeriesRecord
from views.scan import Scan
from views.scan_day import read_disguise
from views.words import say_list


def find_known(scans: Sequence[Scan], patient_id: str | None, kept: Sequence[SeriesRecord]) -> tuple[str, ...]:
    """Sentences on what is known of an upload: `kept` are the stored series of all patients."""
    uids = {scan.uid for scan in scans}
    same = [record for record in kept if record.series_uid in uids]
    older = [record for record in kept if record not in same and _new_uid(record, scans) in uids]
    says = [*_say_own(same, patient_id, "Attaching it again replaces those scans.")]
    says += _say_own(older, patient_id, "They were kept with their own identifiers: attached again, it is there twice.")
    others = sorted({record.patient_id for record in (*same, *older)} - {patient_id})
    if others:
        says.append(f"The same images are attached to {say_list(others)}: make sure whose they are.")
    return (*says, *_question_person(scans, patient_id, kept, set(others)))


def _say_own(records: Sequence[SeriesRecord], patient_id: str | None, then: str) -> Iterable[str]:
    names = [Scan(record).name for record in records if record.patient_id == patient_id]
    if names:
        yield f"This study is attached to {patient_id} already ({say_list(names)}). {then}"


def _new_uid(record: SeriesRecord, scans: Sequence[Scan]) -> str | None:
    """The UID that a series kept with its own one would have, had it been taken in as this upload was."""
    person = next((found for scan in scans if (found := read_disguise(scan.record))), None)
    if person is None or record.deidentified is not None:
        return None
    uid, mark, number = record.series_uid.partition("#")
    return person.replace_uid(uid) + mark + number


def _question_person(
    scans: Sequence[Scan], patient_id: str | None, kept: Sequence[SeriesRecord], told: set[str]
) -> tuple[str, ...]:
    """A hospital number that is known under another patient, or another number than this patient's before."""
    marks = {mark for scan in scans if (mark := _mark(scan.record))}
    known = [(record.patient_id, mark) for record in kept if (mark := _mark(record))]
    others = sorted({owner for owner, mark in known if mark in marks} - {patient_id} - told)
    own = {mark for owner, mark in known if owner == patient_id}
    says = []
    if others and patient_id is not None:
        says.append(f"Images with this hospital number are kept for {say_list(others)}: make sure whose they are.")
    if marks and own and not marks & own:
        says.append(
            f"The images kept for {patient_id} came with another hospital number: make sure that they are of one patient."
        )
    return tuple(says)


def _mark(record: SeriesRecord) -> str | None:
    """Stands for the hospital number; None where there was none."""
    return (record.deidentified or {}).get("person")
