"""The lines of the summary, made from a case and its assessment in the words of the screen."""

from collections.abc import Sequence

from decision.assessment import Assessment, Reason
from decision.case import ImagingFinding, Result
from decision.evidence import load_knowledge
from exchange.mdt_page import Bar, FlagLine, ReasonLine, ResultLine, SourcedLine
from exchange.palette import OTHER, subtype_colour
from views.charts import SHOWN_AT_LEAST, shown_subtypes, signed_weight, weighed_reasons
from views.findings_table import OTHER as ELSE
from views.findings_table import STRUCTURE, make_findings_table
from views.names import say_change, site_name, subtype_full_name, subtype_name, test_name
from views.results_table import make_results_table
from views.review_evidence import GRADES, WORTH_A_BAR_DB
from views.words import UNKNOWN, say_interval, say_per_cent, say_weight, shorten_finding


def say_headline(assessment: Assessment) -> str:
    leader = assessment.leader
    figures = f"{say_per_cent(leader.probability)} {say_interval(leader.low, leader.high)}"
    return f"{subtype_full_name(leader.subtype)} · {figures}"


def make_flags(assessment: Assessment) -> tuple[FlagLine, ...]:
    return tuple(FlagLine(flag.level == "urgent", flag.says, split_sources(flag.source)) for flag in assessment.flags)


def make_results(results: Sequence[Result]) -> tuple[ResultLine, ...]:
    """One line a result, as in the table of the review."""
    table = make_results_table(results)
    return tuple(
        ResultLine(row["Test"], row[""], row["Result"], row["Limit"], row["Date"]) for row in table.to_dict("records")
    )


def make_findings(findings: Sequence[ImagingFinding]) -> tuple[SourcedLine, ...]:
    """One line a region: what each examination showed; an examination that is not known is left to the dash."""
    table = make_findings_table(findings)
    lines = []
    for row in table.to_dict("records"):
        known = [(str(column), str(said)) for column, said in row.items() if column != "Region" and said != UNKNOWN]
        parts = [said if column in (STRUCTURE, ELSE) else f"{column} {said}" for column, said in known]
        region = str(row["Region"])
        lines.append(SourcedLine(region[:1].upper() + region[1:], "; ".join(parts) or UNKNOWN))
    return tuple(lines)


def make_bars(assessment: Assessment) -> tuple[Bar, ...]:
    """The classes worth a bar with their intervals; the others share the last one."""
    shown = shown_subtypes(assessment)
    bars = [
        Bar(
            subtype_name(item.subtype),
            f"{say_per_cent(item.probability)} {say_interval(item.low, item.high)}",
            item.probability,
            item.low,
            item.high,
            subtype_colour(item.subtype),
        )
        for item in shown
    ]
    rest = sum(item.probability for item in assessment.subtypes if item not in shown)
    return (*bars, Bar("all others", say_per_cent(rest), rest, colour=OTHER))


def make_sites(assessment: Assessment) -> tuple[Bar, ...]:
    likely = [site for site in assessment.sites if site.probability >= SHOWN_AT_LEAST]
    return tuple(
        Bar(site_name(site.site), say_per_cent(site.probability), site.probability, colour=OTHER) for site in likely
    )


def make_reasons(assessment: Assessment) -> tuple[ReasonLine, ...]:
    """The findings that move the leading class enough to be drawn, each with its decibans, odds, grade and source."""
    leader = assessment.leader.subtype
    moving = weighed_reasons(assessment.reasons, leader)
    return tuple(_reason(reason, leader) for reason in moving if abs(reason.weight_db) >= WORTH_A_BAR_DB)


def _reason(reason: Reason, leader: str) -> ReasonLine:
    return ReasonLine(
        finding=shorten_finding(reason.finding),
        says=reason.says,
        decibans=signed_weight(reason, leader),
        odds=say_weight(reason.weight_db),
        grade=reason.grade,
        colour=subtype_colour(reason.for_),
        sources=split_sources(reason.source),
    )


def list_unpublished(assessment: Assessment) -> tuple[str, ...]:
    """The findings that weigh nothing because nothing is published about them."""
    return tuple(item.finding for item in assessment.reasons if not item.weight_db and item.grade == "none")


def make_voided(assessment: Assessment) -> tuple[SourcedLine, ...]:
    return tuple(
        SourcedLine(test_name(item.test), item.because, split_sources(item.source)) for item in assessment.voided
    )


def make_next_tests(assessment: Assessment) -> tuple[SourcedLine, ...]:
    lines = []
    for test in assessment.next_tests:
        change = say_change(test.could_change_to, assessment.leader.subtype)
        lines.append(SourcedLine(test_name(test.test), f"{test.expected_gain_bits:.2f} bit · {test.burden}, {change}"))
    return tuple(lines)


def say_pathway(assessment: Assessment) -> str:
    pathway = assessment.pathway
    return " → ".join(part for part in (pathway.step, pathway.next) if part)


def say_grades(assessment: Assessment) -> str:
    """How much of the weight rests on each grade of evidence, the largest share first."""
    ordered = sorted(assessment.weight_by_grade.items(), key=lambda item: -item[1])
    return " · ".join(f"{say_per_cent(share)} {GRADES.get(grade, grade)}" for grade, share in ordered if share)


def make_links() -> dict[str, str]:
    """The address of every citation that has one; a search in PubMed is for the screen, not for paper."""
    known = load_knowledge().sources.values()
    return {source.citation: source.url for source in known if source.url and "?term=" not in source.url}


def split_sources(text: str) -> tuple[str, ...]:
    """The citations of a reason, which come joined by semicolons; a citation may hold a semicolon itself."""
    known = sorted((source.citation for source in load_knowledge().sources.values()), key=len, reverse=True)
    found, rest = [], text
    while rest:
        citation = next((name for name in known if rest == name or rest.startswith(f"{name}; ")), rest.split("; ")[0])
        found.append(citation)
        rest = rest[len(citation) :].removeprefix("; ")
    return tuple(found)
