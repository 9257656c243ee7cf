"""Dexamethasone, desmopressin, petrosal sampling and the rarer tests of a synthetic patient."""

from collections.abc import Iterator

from sample_data.draws import load_distributions, load_parameters
from sample_data.laboratory import Bench, Entry, round_as_reported
from sample_data.people import INDEPENDENT

STEROIDS = ("androstenedione", "testosterone", "hydroxyprogesterone_17", "deoxycortisol_11")


def make_dynamic_results(bench: Bench, pituitary_mm: float | None, already: set[str]) -> Iterator[Entry]:
    """Every test beyond the basal ones, as entries of the case file; `pituitary_mm` None: no lesion seen."""
    yield from _high_dose_results(bench)
    if bench.is_done("desmopressin"):
        yield from _desmopressin_results(bench)
    if _goes_to_sampling(bench, pituitary_mm):
        yield from _sampling_results(bench)
    yield from _marker_results(bench)
    yield from _steroid_results(bench)
    if "dst_1mg_cortisol" in already:
        yield from _dexamethasone_level(bench)


def _group(bench: Bench) -> str:
    subtype = bench.person.subtype
    if subtype in ("CD", "EAS"):
        return subtype
    return "adrenal" if subtype in INDEPENDENT else "none"


def _high_dose_results(bench: Bench) -> Iterator[Entry]:
    share = load_parameters("cohort")["responses"]["hddst_suppressed"][_group(bench)]
    suppressed = bench.draws.chance(share)
    fall = round(bench.between("suppressed_fall" if suppressed else "unsuppressed_fall"))
    for test in ("hddst_2day_suppression", "hddst_8mg_overnight_suppression"):
        if not bench.is_done(test):
            continue
        if bench.draws.chance(0.5):
            yield {"test": test, "value": fall, "unit": "%"}
        else:
            yield {"test": test, "outcome": "suppressed" if suppressed else "not_suppressed"}


def _desmopressin_results(bench: Bench) -> Iterator[Entry]:
    group = "CD" if bench.person.subtype == "CD" else "EAS"
    ranges, first = load_parameters("cohort")["ranges"], bench.draws.share()
    shares = (first, bench.draws.tied_share(first, ranges["desmopressin_tie"]))
    for test, share in zip(("desmopressin_acth_rise", "desmopressin_cortisol_rise"), shares, strict=True):
        rise = max(load_distributions()[f"{test}:{group}"].quantile(share), ranges["desmopressin_floor"])
        yield {"test": test, "value": round(rise), "unit": "%", "collected_at": bench.collected_at(test)}


def _goes_to_sampling(bench: Bench, pituitary_mm: float | None) -> bool:
    """Petrosal sampling is for ACTH-dependent disease without a clear pituitary lesion."""
    clear = load_parameters("findings")["dotatate"]["clear_lesion_mm"]
    unclear = pituitary_mm is None or pituitary_mm < clear
    return bench.is_done("ipss") and unclear and bench.person.subtype in ("CD", "EAS")


def _sampling_results(bench: Bench) -> Iterator[Entry]:
    group, ranges = bench.person.subtype, load_parameters("cohort")["ranges"]
    basal = bench.draws.value(f"IPS_P_basal_ratio:{group}", 0.0, ranges["basal_ratio_floor"], ranges["basal_ratio_top"])
    peak = max(bench.draws.value(f"IPS_P_stimulated_ratio:{group}", high=ranges["stimulated_ratio_top"]), basal)
    yield {"test": "ipss_basal_ratio", "value": round_as_reported(basal), "unit": "ratio"}
    if bench.draws.chance(0.75):
        yield {"test": "ipss_stimulated_ratio", "value": round_as_reported(peak), "unit": "ratio"}
    if group == "CD":
        yield _lateralisation(bench)
    if basal < ranges["failed_basal_ratio"]:
        adjusted = bench.between("prolactin_ratio_pituitary" if group == "CD" else "prolactin_ratio_ectopic")
        yield {"test": "ipss_prolactin_normalised_ratio", "value": round_as_reported(adjusted), "unit": "ratio"}


def _lateralisation(bench: Bench) -> Entry:
    """The side with more ACTH; right in 69 % of patients (Wind 2013)."""
    side = bench.person.site.removeprefix("pituitary_")
    if side == "midline":
        side = bench.draws.choose({"left": 0.5, "right": 0.5})
    if not bench.draws.chance(load_parameters("cohort")["responses"]["ipss_side_true"]["share"]):
        side = "left" if side == "right" else "right"
    ratio = bench.between("lateralisation")
    return {"test": "ipss_lateralisation_ratio", "value": round_as_reported(ratio), "unit": "ratio", "side": side}


def _marker_results(bench: Bench) -> Iterator[Entry]:
    person = bench.person
    if bench.is_done("calcitonin") or person.site == "thyroid":
        if person.site == "thyroid":
            yield {"test": "calcitonin", "value": round(bench.between("calcitonin_medullary")), "unit": "xULN"}
        else:
            yield {"test": "calcitonin", "outcome": "normal"}
    if bench.is_done("plasma_metanephrines"):
        if person.subtype == "EAS" and person.site.startswith("adrenal"):
            yield {
                "test": "plasma_metanephrines",
                "value": round_as_reported(bench.between("metanephrines_phaeo")),
                "unit": "xULN",
            }
        else:
            yield {"test": "plasma_metanephrines", "outcome": "normal"}
    if person.variant == "aldosteronism":
        yield {"test": "aldosterone_renin", "outcome": "primary_aldosteronism"}
    elif bench.is_done("aldosterone_renin"):
        yield {"test": "aldosterone_renin", "outcome": "normal"}
    if person.subtype == "EXO" and "exogenous_glucocorticoid" not in bench.context:
        yield {"test": "synthetic_steroid_screen", "outcome": "positive"}
    if person.subtype == "PPNAD" and not person.is_child:
        yield {"test": "liddle_ufc_change", "value": round(bench.between("liddle_ppnad")), "unit": "%"}


def _steroid_results(bench: Bench) -> Iterator[Entry]:
    """Androgens and precursors, raised in most carcinomas and otherwise rarely."""
    carcinoma, ranges = bench.person.subtype == "ACC", load_parameters("cohort")["ranges"]
    if not (bench.is_done("steroids") or (carcinoma and bench.draws.chance(ranges["steroid_carcinoma_done"]))):
        return
    for test in STEROIDS:
        if bench.draws.chance(ranges["steroid_done"]):
            raised = bench.draws.chance(ranges["steroid_raised"]["ACC" if carcinoma else "other"])
            yield {"test": test, "outcome": "high" if raised else "normal"}


def _dexamethasone_level(bench: Bench) -> Iterator[Entry]:
    induced = "cyp3a4_inducer" in bench.context
    if bench.is_done("dst_1mg_dexamethasone") or (induced and bench.draws.chance(0.5)):
        level = bench.between("dexamethasone_induced" if induced else "dexamethasone")
        yield {"test": "dst_1mg_dexamethasone", "value": round_as_reported(level), "unit": "nmol/L"}
