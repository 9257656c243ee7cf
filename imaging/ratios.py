"""Uptake ratios the trial reads: each is None when a part is unknown or the denominator is not above 0."""


def compute_lar(lesion_suv_max: float | None, normal_adrenal_suv_max: float | None) -> float | None:
    """Lesion-to-adrenal ratio: SUVmax of the lesion over SUVmax of the normal adrenal tissue."""
    return divide_uptake(lesion_suv_max, normal_adrenal_suv_max)


def compute_lcr(lesion_suv_max: float | None, contralateral_suv_max: float | None) -> float | None:
    """Lesion-to-contralateral ratio: SUVmax of the lesion over SUVmax of the other adrenal."""
    return divide_uptake(lesion_suv_max, contralateral_suv_max)


def compute_llr(lesion_suv_max: float | None, liver_suv_mean: float | None) -> float | None:
    """Lesion-to-liver ratio: SUVmax of the lesion over SUVmean of the liver."""
    return divide_uptake(lesion_suv_max, liver_suv_mean)


def compute_lesion_to_blood(lesion_suv_max: float | None, blood_pool_suv_mean: float | None) -> float | None:
    """SUVmax of the lesion over SUVmean of the blood pool."""
    return divide_uptake(lesion_suv_max, blood_pool_suv_mean)


def compute_lateralisation_index(left_suv_max: float | None, right_suv_max: float | None) -> float | None:
    """The hotter adrenal's SUVmax over the cooler one's: 1 is symmetric, the side is the hotter one's."""
    if left_suv_max is None or right_suv_max is None:
        return None
    return divide_uptake(max(left_suv_max, right_suv_max), min(left_suv_max, right_suv_max))


def divide_uptake(part: float | None, whole: float | None) -> float | None:
    """`part` over `whole`; None when either is unknown or the denominator is not above 0."""
    return part / whole if part is not None and whole is not None and whole > 0 else None
