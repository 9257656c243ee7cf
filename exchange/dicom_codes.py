"""The codes that exported DICOM objects carry for sites, tracers, measurements and units (dicom_codes.toml)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydicom.dataset import Dataset

_FILE = Path(__file__).with_name("dicom_codes.toml")
OWN_SCHEME = "99CUSHINGBOARD"


@dataclass(frozen=True)
class Code:
    """A coded concept: value, the scheme it is from, and what it means in words."""

    value: str
    scheme: str
    meaning: str


def code(table: str, name: str) -> Code:
    """A code by its table and name; KeyError for a name that the file does not have."""
    return _tables()[table][name]


def site_code(site: str | None) -> Code:
    """The code of a region of the case; an unknown one is "some structure of the body"."""
    return _tables()["sites"].get(site or "other", code("sites", "other"))


def side_code(site: str | None) -> Code | None:
    """Left or right, None for a region without a side."""
    return _tables()["sides"].get(site or "")


def tracer_code(tracer: str) -> Code:
    """The standard's code of a tracer, else a code of this program's own scheme with the tracer's name."""
    return _tables()["tracers"].get(tracer) or Code(tracer[:16], OWN_SCHEME, tracer[:64])


def nuclide_code(tracer: str) -> Code | None:
    """The nuclide that the tracer's name begins with ("68Ga-…"), None when it is not a known one."""
    return _tables()["nuclides"].get(tracer.split("-")[0])


def write_code(one: Code) -> Dataset:
    """A code as the item of a code sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = one.value, one.scheme, one.meaning
    return item


@cache
def _tables() -> dict[str, dict[str, Code]]:
    tables = tomllib.loads(_FILE.read_text("utf-8"))
    return {table: {name: Code(*parts) for name, parts in names.items()} for table, names in tables.items()}
