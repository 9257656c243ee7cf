"""The parts of the viewer that are drawn again by themselves, and how a callback of one has another drawn."""

from typing import NoReturn

import streamlit as st

PICTURES = "imaging_pictures"
MEASURING = "imaging_measuring"
POSITION = "imaging_position"


def redraw_position() -> NoReturn:
    """As the last thing of a callback: say beside the pictures where the crosshair is now, and draw nothing else."""
    st.rerun(POSITION)


def redraw_all() -> NoReturn:
    """As the last thing of a callback that moved the crosshair from beside the pictures: pictures first, then numbers."""
    st.rerun([PICTURES, MEASURING])
