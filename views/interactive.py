"""The interactive viewer (NiiVue) in its own tab: volumes are written and sent only once it is opened."""

import streamlit as st

from imaging.nifti import write_fusion
from imaging.window import load_windows, suggest_window
from views.viewer import Shown
from views.volumes import OpenVolume

_HEIGHT_PX = 680


def show_interactive(shown: Shown) -> None:
    """PET over CT in three planes and in space; turn, zoom and scroll in the browser itself."""
    # Imported here because it registers its page assets at once, and most visits never open this tab.
    from niivue_component import niivue_viewer

    if shown.pet is None:
        st.caption("The interactive viewer shows PET; no PET series is open.")
        return
    if shown.doubt:
        st.warning(shown.doubt, icon=":material/warning:")
    pet, ct = _write(shown.pet.key, shown.ct.key if shown.ct else None, shown.tracer, shown.pet, shown.ct)
    window = suggest_window(shown.pet.volume, shown.tracer)
    overlay = [{"data": pet, "name": "pet.nii.gz", "colormap": "hot", "opacity": 0.6}]
    niivue_viewer(
        nifti_data=ct or pet,
        filename="ct.nii.gz" if ct else "pet.nii.gz",
        overlays=overlay if ct else None,
        height=_HEIGHT_PX,
        view_mode="multiplanar",
        styled=False,
        settings={"crosshair": True, "radiological": True, "colorbar": False, "interpolation": True},
        update_interval_ms=None,
        key="imaging_interactive",
    )
    st.caption(
        f"PET {window.low:g} to {window.high:g} {window.unit}{' in hot colours over CT' if ct else ''}; patient's left on "
        "the right, back on the left of the sagittal picture. Measure in the slices, where the values are exact."
    )


@st.cache_data(max_entries=4, show_spinner="Preparing the interactive viewer")
def _write(
    pet_key: str, ct_key: str | None, tracer: str | None, _pet: OpenVolume, _ct: OpenVolume | None
) -> tuple[bytes, bytes | None]:
    window = suggest_window(_pet.volume, tracer)
    return write_fusion(_pet.volume, _ct.volume if _ct else None, window, load_windows()["ct"][0])
