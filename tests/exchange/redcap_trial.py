"""A REDCap project for the tests: a hospital's own dictionary, an export of any size, and faults planted in known places."""

import csv
import io
from dataclasses import dataclass, field

from exchange.redcap_dictionary import Dictionary, Field, read_dictionary, write_dictionary

FIELDS = (
    Field("study_no", "demographics", field_label="Study number"),
    Field("name", "demographics", field_label="Name", identifier="y"),
    Field("age", "demographics", field_label="Age", text_validation_type_or_show_slider_number="integer",
          text_validation_min="10", text_validation_max="80"),
    Field("sex", "demographics", "", "radio", "Sex", "1, Female | 2, Male"),
    Field("enrolment_date", "demographics", field_label="Enrolled",
          text_validation_type_or_show_slider_number="date_dmy"),
    Field("obesity", "demographics", "", "yesno", "Obesity"),
    Field("drugs", "demographics", "", "checkbox", "Drugs", "1, Oestrogen | 2, Metyrapone | -9, Other"),
    Field("other_drug", "demographics", field_label="Which", branching_logic="[drugs(-9)]='1'"),
    Field("acth", "laboratory", field_label="Plasma ACTH (pg/mL)",
          text_validation_type_or_show_slider_number="number", text_validation_min="0", text_validation_max="2000"),
    Field("potassium", "laboratory", field_label="Potassium", field_note="mmol/L",
          text_validation_type_or_show_slider_number="number", text_validation_min="1", text_validation_max="8"),
    Field("final_diagnosis", "outcome", "", "dropdown", "Final diagnosis", "1, CD | 2, EAS | 3, CPA"),
    Field("final_diagnosis_date", "outcome", field_label="Decided",
          text_validation_type_or_show_slider_number="date_ymd"),
)  # fmt: skip
COLUMNS = [column for one in FIELDS for column in one.columns]


@dataclass
class Planted:
    """An export with faults: its bytes, and (row, field) of each; `good`: the ids whose rows are without fault."""

    content: bytes
    faults: dict[tuple[int, str], str]
    good: set[str] = field(default_factory=set)


def make_hospital_dictionary() -> Dictionary:
    return read_dictionary(write_dictionary(Dictionary(FIELDS)))


def make_records(number: int) -> list[dict[str, str]]:
    """Records without a fault, each in its own way."""
    return [
        {
            "study_no": f"R{place:05d}", "name": f"Synthetic; person {place}", "age": str(18 + place % 60),
            "sex": str(1 + place % 2), "enrolment_date": f"2026-{1 + place % 12:02d}-{13 + place % 15:02d}",
            "obesity": str(place % 2), "drugs___1": str(place % 3 // 2), "drugs___2": "0", "drugs____9": "0",
            "other_drug": "", "acth": f"{5 + place % 90}.5", "potassium": f"{3 + place % 20 / 10:.1f}",
            "final_diagnosis": str(1 + place % 3), "final_diagnosis_date": f"2026-06-{1 + place % 28:02d}",
        }
        for place in range(number)
    ]  # fmt: skip


def write_export(
    records: list[dict[str, str]], columns: list[str] | None = None, delimiter: str = ";", bom: bool = True
) -> bytes:
    text = io.StringIO()
    names = columns or COLUMNS
    writer = csv.DictWriter(text, names, delimiter=delimiter, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


# What is wrong, in which field, and a part of the sentence that must name it.
WRONG = (
    ("sex", "3", "not a code of this field"),
    ("sex", "Female", "label of code 1"),
    ("final_diagnosis", "7", "not a code of this field"),
    ("enrolment_date", "03/02/2026", "may be 3 February or 2 March"),
    ("enrolment_date", "31.02.2026", "no day of the calendar"),
    ("enrolment_date", "yesterday", "not a date"),
    ("acth", "4,5", "write 4.5"),
    ("acth", "2500", "the largest is 2000"),
    ("potassium", "0.4", "the smallest is 1"),
    ("age", "forty", "not a number"),
    ("age", "33.5", "not a whole number"),
    ("obesity", "2", "not a code of this field"),
    ("drugs___1", "yes", "not a code of this field"),
    ("study_no", "", "id is empty"),
)


def plant_faults(number: int, every: int) -> Planted:
    """An export of `number` records with a fault in each `every`th, of all kinds in turn, repeated ids among them; the
    column `potassium` of the outcome's date is there in other formats that can mean one day only, and one column is missing."""
    records = make_records(number)
    faults: dict[tuple[int, str], str] = {(1, "final_diagnosis_date"): "the column is missing"}
    spoilt: set[int] = set()
    for turn, place in enumerate(range(every, number - 1, every)):
        row = place + 2
        if turn % (len(WRONG) + 1) == len(WRONG):
            records[place]["study_no"] = records[place - 1]["study_no"]
            faults |= {(row, "study_no"): f"row {row - 1}", (row - 1, "study_no"): f"row {row}"}
            spoilt |= {place, place - 1}
            continue
        name, cell, says = WRONG[turn % (len(WRONG) + 1)]
        records[place][name] = cell
        faults[row, name] = says
        spoilt.add(place)
    for place in range(1, number, 7):
        if place not in spoilt:
            day = records[place]["enrolment_date"].split("-")
            orders = ("{2}/{1}/{0}", "{1}/{2}/{0}", "{2}.{1}.{0}")
            records[place]["enrolment_date"] = orders[place % 3].format(*day)
    good = {one["study_no"] for place, one in enumerate(records) if place not in spoilt}
    columns = [name for name in COLUMNS if name != "final_diagnosis_date"]
    return Planted(write_export(records, columns), faults, good)
