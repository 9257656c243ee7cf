"""Draws a figure whose specification is made once: the same data gives the same figure, and making one takes long."""

import pickle
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.elements.vega_charts import _convert_altair_to_vega_lite_spec


def show_figure(
    build: Callable[..., Any],
    *inputs: Any,
    says: str,
    key: str | None = None,
    selection: str | None = None,
    react: Callable[[], None] | None = None,
) -> Any:
    """Draw `build(*inputs)`, an Altair chart; `says` tells it in words. With `selection`, what was clicked comes back.

    `react` is called on a click before the page is drawn again, so that it may still change another control.
    `build` must be a named function and depend on nothing but its inputs.
    """
    name = f"{build.__module__}.{build.__qualname__}"
    spec = _specify(name, pickle.dumps(inputs), build, inputs)
    if selection is None:
        return st.vega_lite_chart(spec=spec, key=key, alt=says)
    return st.vega_lite_chart(spec=spec, key=key, alt=says, on_select=react or "rerun", selection_mode=selection)


@st.cache_data(max_entries=256, show_spinner=False)
def _specify(name: str, same: bytes, _build: Callable[..., Any], _inputs: tuple[Any, ...]) -> Any:
    # Streamlit's own step between st.altair_chart and st.vega_lite_chart, so that the figure is the same to the byte.
    return _convert_altair_to_vega_lite_spec(_build(*_inputs))
