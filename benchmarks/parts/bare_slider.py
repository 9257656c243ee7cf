"""The peer: as little as Streamlit can do to move through ready-made pictures with a slider.

PICTURES names the folder they lie in, one JPEG a slice.
"""

import os
from pathlib import Path

import streamlit as st

pictures = sorted(Path(os.environ["PICTURES"]).glob("*.jpg"))
number = st.slider(f"Slice of {len(pictures)}", 0, len(pictures) - 1, len(pictures) // 2)
st.image(str(pictures[number]))
