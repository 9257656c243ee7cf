"""The cohort as a Parquet table: the columns of the cohort file with their types, and what each means as metadata."""

import io
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from exchange.csv_table import read_table
from trial.cohort_file import write_cohort
from trial.columns import Column, load_columns
from trial.participant import Participant

TYPES = {"text": pa.string(), "words": pa.string(), "date": pa.date32(), "number": pa.float64(), "yes_no": pa.bool_()}


def write_parquet(participants: Iterable[Participant]) -> bytes:
    """One row a patient and one a lesion, as in the cohort CSV; an unknown value is null."""
    header, *rows = read_table(write_cohort(participants).encode("utf-8")).rows
    columns = load_columns()
    arrays = [
        pa.array([columns[name].read(row[place]) for row in rows], TYPES[columns[name].kind])
        for place, name in enumerate(header)
    ]
    table = pa.Table.from_arrays(arrays, schema=pa.schema([_describe(columns[name]) for name in header]))
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _describe(column: Column) -> pa.Field:
    return pa.field(column.name, TYPES[column.kind], metadata={"says": column.says, "words": " ".join(column.words)})
