"""The peer: as little as Streamlit can do to show a table of the worklist's size and a ready-made picture with a slider."""

from io import BytesIO

import pandas as pd
import streamlit as st
from PIL import Image

PATIENTS, COLUMNS, SLICES, SIZE_PX = 160, 11, 200, 560


@st.cache_resource
def pictures() -> list[bytes]:
    """One JPEG a slice, encoded once."""
    return [encode(step) for step in range(SLICES)]


def encode(step: int) -> bytes:
    buffer = BytesIO()
    Image.linear_gradient("L").resize((SIZE_PX, SIZE_PX)).rotate(step).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


@st.fragment
def show_slice() -> None:
    number = st.slider(f"Slice of {SLICES}", 0, SLICES - 1, SLICES // 2)
    st.image(pictures()[number])


rows = [[f"row {row} column {column}" for column in range(COLUMNS)] for row in range(PATIENTS)]
st.title("Bare page")
st.dataframe(pd.DataFrame(rows, columns=[f"column {column}" for column in range(COLUMNS)]))
show_slice()
