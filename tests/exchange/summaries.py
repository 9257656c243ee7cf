"""Small summaries for the tests of written documents."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdf
from PIL import Image

from exchange.mdt_page import Bar, FlagLine, KeySlice, MdtSummary, ReasonLine, ResultLine, SourcedLine

AT = datetime(2026, 3, 11, 17, 5, 30, 123456, tzinfo=UTC)
CITATION = "Galm BP et al. J Clin Endocrinol Metab 2020"


def make_picture(width: int = 60, height: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height), 128).save(out, "PNG")
    return out.getvalue()


def make_summary(**changes: Any) -> MdtSummary:
    """A summary of one synthetic patient with one line of everything."""
    summary = MdtSummary(
        patient_id="P017",
        about="34 y · F · MDT 12 Mar 2026",
        synthetic=True,
        headline="Cushing's disease · 93 % [81–98]",
        abstain=None,
        prediction_set="Cushing's disease",
        leader="Cushing's disease",
        written_at=AT,
        knowledge_version="2026.11-abc",
        case_hash="0123456789ab",
        flags=(FlagLine(True, "Potassium 2.4 mmol/L: replace before any test", (CITATION,)),),
        results=(ResultLine("ACTH", "↑", "46 pg/mL · 10.1 pmol/L", "≤ 40 pg/mL", "2 Mar 2026"),),
        findings=(SourcedLine("Pituitary", "MRI lesion, left, 7 mm"),),
        slices=(KeySlice(make_picture(), "image/png", "68Ga-Pentixafor · SUVmax 4.2 g/ml (SUVbw)", "a slice"),),
        bars=(Bar("Cushing's disease", "93 % [81–98]", 0.93, 0.81, 0.98),),
        sites=(Bar("pituitary, left", "61 %", 0.61),),
        reasons=(ReasonLine("MRI lesion 7 mm", "speaks for", 8.1, "6.5 : 1", "verified", "#0072B2", (CITATION,)),),
        voided=(SourcedLine("1 mg DST", "oestrogen raises CBG", (CITATION,)),),
        missing=("Petrosal sinus sampling",),
        next_tests=(SourcedLine("IPSS", "0.42 bit · invasive"),),
        links={CITATION: "https://doi.org/10.1210/clinem/dgaa105"},
    )
    return replace(summary, **changes)


def read_pages(pdf: bytes) -> list[str]:
    """The text of each page, white space joined."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
