"""The parts of the viewer that are drawn again by themselves, and how a callback of one has another drawn."""

from typing import NoReturn

import streamlit as st

PICTURES = "imaging_pictures"
MEASURING = "imaging_measuring"


def redraw_measuring() -> NoReturn:
    """As the last thing of a callback: draw what is measured at the crosshair, and not the pictures."""
    st.rerun(MEASURING)


def redraw_all() -> NoReturn:
    """As the last thing of a callback that moved the crosshair from beside the pictures: pictures first, then numbers."""
    st.rerun([PICTURES, MEASURING])
