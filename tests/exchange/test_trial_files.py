"""The trial's tables: every column is in the dictionary, unknown is empty, a failure has no pseudonym."""

from exchange.csv_table import read_table
from exchange.redcap_plan import Known
from exchange.trial_files import COLUMNS_FILE, FILES, write_trial_files

KNOWN = {
    "P017": Known(
        {"patient_id": "P017", "synthetic": True},
        {"case_id": "P017"},
        events=({"event": "nausea, mild", "began_at": "2026-03-05", "grade": 1, "serious": False, "event_id": 4},),
        deviations=({"kind": "consent", "says": "late"},),
    ),
    "S002": Known(
        screened=({"screening_id": "S002", "decision": "not_enrolled", "criterion_consent": "no", "reason": "consent"},)
    ),
}


def read(content: bytes) -> list[dict[str, str]]:
    header, *rows = read_table(content).rows
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_each_record_is_a_row_and_what_is_not_known_is_empty() -> None:
    files = write_trial_files(KNOWN)
    (event,) = read(files["adverse_events.csv"])
    assert (event["patient_id"], event["event"], event["serious"], event["outcome"]) == (
        "P017",
        "nausea, mild",
        "no",
        "",
    )
    assert event["synthetic"] == "yes"
    (deviation,) = read(files["deviations.csv"])
    assert (deviation["patient_id"], deviation["important"]) == ("P017", "")
    (line,) = read(files["screening_log.csv"])
    assert (line["screening_id"], line["criterion_consent"], line["patient_id"]) == ("S002", "no", "")


def test_every_column_stands_in_the_dictionary_with_its_words() -> None:
    files = write_trial_files(KNOWN)
    told = {(row["file"], row["column"]): row for row in read(files[COLUMNS_FILE])}
    heads = {(file, name) for file in FILES.values() for name in read_table(files[file]).rows[0]}
    assert set(told) == heads
    assert all(row["says"] for row in told.values())
    assert told["adverse_events.csv", "grade"]["words"] == "1 | 2 | 3 | 4 | 5"
    assert told["deviations.csv", "important"]["kind"] == "yes_no"
