"""How estimates are written on the accuracy page: a value with its interval, or a dash with the reason. No Streamlit."""

from collections.abc import Sequence

from trial.flow import Reason
from trial.head_to_head import HeadToHead
from trial.intervals import Estimate, Interval, Proportion
from trial.targets import IndexTest, Target
from views.words import UNKNOWN, say_count, say_per_cent


def say_proportion(share: Proportion, exact: bool = True) -> str:
    """ "37/43 · 86 % [73–93] · exact [72–95]", or a dash and why."""
    if share.estimate is None or share.wilson is None or share.exact is None:
        return f"{UNKNOWN} ({share.says})"
    wilson = say_ends(share.wilson.low, share.wilson.high)
    tail = f" · exact {say_ends(share.exact.low, share.exact.high)}" if exact else ""
    return f"{share.x}/{share.n} · {say_observed(share.estimate)} {wilson}{tail}"


def say_observed(share: float | None) -> str:
    """A counted share: 0 % and 100 % where it was nobody and everybody, else as a probability."""
    return f"{100 * share:.0f} %" if share in (0, 1) else say_per_cent(share)


def say_ends(low: float | None, high: float | None) -> str:
    """An interval of counted shares: "[73–93]", "[85–100]"."""
    if low is None or high is None:
        return UNKNOWN
    ends_of = [say_observed(end).removesuffix(" %") for end in (low, high)]
    return f"[{' to '.join(ends_of)}]" if any(" " in end for end in ends_of) else f"[{'–'.join(ends_of)}]"


def say_share(estimate: Estimate) -> str:
    """A share from 0 to 1 with its interval in whole per cent, or a dash and why."""
    if estimate.value is None:
        return f"{UNKNOWN} ({estimate.says})"
    tail = "" if estimate.interval is None else f" {say_ends(estimate.low, estimate.high)}"
    return f"{say_observed(estimate.value)}{tail}"


def say_ratio(estimate: Estimate) -> str:
    """A ratio with its interval: "12.4 [3.2–48]", or a dash and why."""
    if estimate.value is None:
        return f"{UNKNOWN} ({estimate.says})"
    if estimate.interval is None:
        return f"{_round(estimate.value)} (interval {UNKNOWN}: {estimate.says})"
    return f"{_round(estimate.value)} [{_round(estimate.interval.low)}–{_round(estimate.interval.high)}]"


def say_points(estimate: Estimate) -> str:
    """A difference in percentage points with its sign: "+35 [+12 to +55]"."""
    if estimate.value is None:
        return f"{UNKNOWN} ({estimate.says})"
    tail = "" if estimate.interval is None else f" [{say_signed(estimate.low)} to {say_signed(estimate.high)}]"
    return f"{say_signed(estimate.value)}{tail}"


def say_area(estimate: Estimate) -> str:
    """An area under the curve: "0.93 [0.82–1.00]"."""
    if estimate.value is None:
        return f"{UNKNOWN} ({estimate.says})"
    tail = "" if estimate.interval is None else f" [{estimate.interval.low:.2f}–{estimate.interval.high:.2f}]"
    return f"{estimate.value:.2f}{tail}"


def say_p(p: float | None, says: str = "") -> str:
    """A p value with two digits: "p = 0.007", "p < 0.001", or a dash and why."""
    if p is None:
        return f"p {UNKNOWN} ({says})" if says else f"p {UNKNOWN}"
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}" if p < 0.995 else "p = 1"


def say_chi2(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.2f}"


def say_reasons(missing: Sequence[Reason]) -> str:
    """Why patients are missing, each reason with its number."""
    return "; ".join(f"{one.says}: {len(one.patients)}" for one in missing) or "nobody is missing"


def say_paired(pair: HeadToHead, names: dict[str, str], target: Target) -> str:
    """The first sentence of a comparison: how many have both and why the rest do not."""
    return (
        f"**{names[pair.test_1]} against {names[pair.test_2]}** for {name_target(target)}: "
        f"{pair.paired} paired of {say_count(pair.total, 'patient')}. Missing: {say_reasons(pair.missing)}."
    )


def name_target(target: Target) -> str:
    """The target inside a sentence: only what is no abbreviation or proper name loses its capital."""
    keeps = target.name[:2].isupper() or target.name.startswith("Endogenous")
    return target.name if keeps else target.name[:1].lower() + target.name[1:]


def name_tests(tests: Sequence[IndexTest]) -> dict[str, str]:
    return {test.code: test.name for test in tests}


def ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def say_signed(value: float | None) -> str:
    """Percentage points with their sign: "+12", "−3", "0", or a dash."""
    if value is None:
        return UNKNOWN
    return f"{100 * value:+.0f}".replace("-", "−") if round(100 * value) else "0"


def _round(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"
