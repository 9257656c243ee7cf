"""SimpleITK, loaded when something of it is first used: opening a page that measures nothing need not wait for it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from SimpleITK import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """Everything SimpleITK has, by the same name."""
    import SimpleITK as sitk  # noqa: N813

    return getattr(sitk, name)
