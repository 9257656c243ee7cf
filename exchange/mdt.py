"""The one-page summary of a patient for the tumour board: what is in it, and how it becomes a PDF."""

import json
import tempfile
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import typst

from exchange.mdt_page import CHART_FILE, IMAGE_ENDINGS, LIMITS, KeySlice, MdtSummary, describe_page, name_slice

TEMPLATE = Path(__file__).parent / "templates" / "mdt.typ"
FONTS = Path(__file__).parent / "fonts"
TOO_LONG = "longer than one page"  # what the template says when it is


class MdtError(ValueError):
    """The summary cannot be written; the message is one sentence."""


def write_mdt_summary(summary: MdtSummary) -> bytes:
    """The summary as a PDF of exactly one A4 page; the same summary gives the same bytes.

    Long content is shortened step by step, each list saying how many more there are. Raises MdtError.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _save_slices(summary.slices, folder)
        if summary.chart:
            (folder / CHART_FILE).write_bytes(summary.chart)
        for limits in LIMITS:
            page = describe_page(summary, limits)
            written = _compile(json.dumps(page, ensure_ascii=False), folder, summary.written_at)
            if written is not None:
                return written
    raise MdtError(f"The summary of {summary.patient_id} does not fit on one page, even shortened.")


def _save_slices(slices: tuple[KeySlice, ...], folder: Path) -> None:
    for number, picture in enumerate(slices):
        if picture.media_type not in IMAGE_ENDINGS:
            kinds = ", ".join(IMAGE_ENDINGS)
            raise MdtError(f"Picture {number + 1} is {picture.media_type}; a summary takes {kinds}.")
        (folder / name_slice(number, picture)).write_bytes(picture.data)


def _compile(page: str, folder: Path, written_at: datetime) -> bytes | None:
    """The PDF, or None when the content takes more than one page."""
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(),
        root=folder,
        font_paths=_load_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"page": page},
    )
    try:
        written = compiler.compile(format="pdf", timestamp=written_at.astimezone(UTC).replace(microsecond=0))
    except typst.TypstError as error:
        if TOO_LONG in str(error):
            return None
        raise MdtError(f"The summary could not be drawn: {str(error).splitlines()[0]}.") from error
    return written if isinstance(written, bytes) else None


@lru_cache(maxsize=1)
def _load_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
