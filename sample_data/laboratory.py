"""Laboratory results of a synthetic patient, in the units and with the limits of the laboratory that measured them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from decision.units import convert
from sample_data.draws import Draws, load_distributions, load_parameters
from sample_data.people import Person

Entry = dict[str, Any]
CLOCK = {"cortisol_late_night_serum": time(0, 0), "cortisol_late_night_saliva": time(23, 30)}


@dataclass(frozen=True)
class Bench:
    """One patient at the laboratory: what was drawn before any other test decides which tests follow."""

    person: Person
    context: tuple[str, ...]
    macroadenoma: bool
    acth_pg_ml: float
    draws: Draws

    @property
    def path(self) -> str:
        """The column of the table of tests done: "dependent" or "independent" by ACTH, or "child"."""
        if self.person.is_child:
            return "child"
        limit = load_parameters("findings")["dotatate"]["dependent_acth"]
        return "dependent" if self.acth_pg_ml >= limit else "independent"

    def is_done(self, test: str) -> bool:
        return self.draws.chance(load_parameters("cohort")["done"][test][self.path])

    def between(self, name: str) -> float:
        """A number from the range of this name in cohort.toml."""
        low, high = load_parameters("cohort")["ranges"][name]
        return self.draws.between(low, high)

    def collected_at(self, test: str) -> str:
        day = self.person.enrolled_on - timedelta(days=int(self.draws.between(1, 21)))
        return datetime.combine(day, CLOCK.get(test, time(8, 5))).isoformat(timespec="minutes")


def make_bench(person: Person, context: tuple[str, ...], macroadenoma: bool, draws: Draws) -> Bench:
    """The patient with the plasma ACTH that decides the path."""
    rule = load_parameters("cohort")["tests"]["acth_plasma"]
    acth = draws.value(rule[person.profile], rule["loading"])
    return Bench(person, context, macroadenoma, acth, draws)


def make_basal_results(bench: Bench) -> Iterator[Entry]:
    """The tests that follow a row of distributions.csv, as entries of the case file."""
    for test, rule in load_parameters("cohort")["tests"].items():
        key = rule.get("macroadenoma") if bench.macroadenoma and bench.person.subtype == "CD" else None
        key = key or rule.get(bench.person.profile)
        if key is None:
            continue
        value = bench.acth_pg_ml if test == "acth_plasma" else _draw_value(bench, key, rule)
        value = _disturb(bench, test, value)
        if bench.is_done(test):
            yield write_result(bench, test, value, load_distributions()[key].unit)


def _disturb(bench: Bench, test: str, value: float) -> float:
    """What medicines do to a test: oestrogen and enzyme inducers raise cortisol after dexamethasone, inhibitors of
    steroid synthesis and the trough of a cyclic disease lower the urine."""
    responses, ranges = load_parameters("cohort")["responses"], load_parameters("cohort")["ranges"]
    for word, rule in (("oestrogen", "oestrogen_dst_raised"), ("cyp3a4_inducer", "inducer_dst_raised")):
        raised = responses[rule]
        if test == "dst_1mg_cortisol" and word in bench.context and bench.draws.chance(raised["share"]):
            value = max(value, bench.draws.between(raised["low"], raised["high"]))
    if test == "ufc_24h" and "steroidogenesis_inhibitor" in bench.context:
        value *= bench.between("inhibitor_factor")
    if test == "ufc_24h" and "cyclic_suspected" in bench.context and bench.draws.chance(ranges["trough_share"]):
        value *= ranges["trough_factor"]
    return value


def _draw_value(bench: Bench, key: str, rule: Mapping[str, Any]) -> float:
    return bench.draws.value(key, rule["loading"], rule.get("low"), rule.get("high"))


def write_result(bench: Bench, test: str, value: float, base: str) -> Entry:
    """One result as the laboratory reports it: its unit, upper limit, assay, and "<" or ">" at the assay's ends."""
    laboratory = load_parameters("cohort")["laboratories"][bench.person.laboratory]
    report = laboratory.get(test) or (laboratory["cortisol"] if "cortisol" in test else {"unit": base})
    measured = _in_unit(test, value, base, report)
    entry: Entry = {"test": test, **_at_limits(measured, report), "unit": report["unit"]}
    entry |= {name: report[name] for name in ("uln", "assay") if name in report}
    return entry | {"collected_at": bench.collected_at(test)}


def _in_unit(test: str, value: float, base: str, report: Mapping[str, Any]) -> float:
    if base == report["unit"]:
        return value
    if base == "xULN":
        return value * float(report["uln"])
    return value * convert(test, 1.0, base) / convert(test, 1.0, report["unit"])


def _at_limits(measured: float, report: Mapping[str, Any]) -> Entry:
    if measured < report.get("limit", 0.0):
        return {"value": report["limit"], "comparator": "<"}
    if measured > report.get("top", float("inf")):
        return {"value": report["top"], "comparator": ">"}
    return {"value": round_as_reported(measured)}


def round_as_reported(value: float) -> float:
    """Three significant digits, as reports print them."""
    return float(f"{value:.3g}")
