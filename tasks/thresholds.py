"""Every number that a preset asks for, beside the number that a question has."""

from collections.abc import Mapping
from typing import NamedTuple

from hcsp.certificate import Certificate, Count, low
from hcsp.constraints import child_of
from hcsp.preset import Preset
from hcsp.tree import ResearchTree
from tasks.audit import UNRANKED, Audit
from tasks.judging import judge

SAYS: Mapping[str, str] = {
    "levels": "variables on the longest way down from the answer",
    "variables": "things to find, the answer among them",
    "unique": "one entity fits, at every sub-question too",
    "necessary": "answers left when the least needed clue is left out",
    "necessary_locally": "candidates left when the least needed clue of a sub-question is left out",
    "antichain": "no constraint merely repeats another",
    "hierarchy": "answers left when a sub-question is skipped",
    "selectivity": "candidates of the most telling clue alone",
    "rivals": "wrong answers that one clue alone rules out",
    "dispersion": "fewest pages that together state everything",
    "dependency": "searches in a chain, each by a name that the one before found",
    "search_floor": "fewest searches that bring all the evidence",
    "blind_cost": "searches until a plain solver has everything",
    "t_hit": "searches until a plain solver first sees the answer",
    "leaks": "hidden names in the question",
    "exposed": "names in the question that belong to no clue",
    "namesakes": "named things that share their name with another",
    "rare_nouns": "kinds so rare that naming them says too much",
    "answer_rank": "the answer's page, searched for by the question's own words",
    "single_reading": "ways to read the question",
    "popularity": "percentile of the answer by how much is known of it",
}
"""The fields in plain words."""


class Threshold(NamedTuple):
    """A field of the certificate or the audit, what it says in plain words, and what the preset wants of it.

    Attributes:
        value: as it is told, with the place of the smallest where there are several.
        needed: as it is told; empty where the preset asks for nothing.
        met: the verdict of `tasks.judging`; `None` where nothing is asked, or the field was not computed.
    """

    field: str
    says: str
    value: str
    needed: str
    met: bool | None


def thresholds(
    certificate: Certificate, audit: Audit, preset: Preset, tree: ResearchTree, max_popularity: float = 100
) -> list[Threshold]:
    """All of them, met or not."""
    missed, found = judge(certificate, audit, preset, tree, max_popularity)
    loose = {f.at for f in missed if f.check == "edges"}
    failed = {*(f.check for f in missed if f.check != "edges"), *(f.check for f in found)}
    if "unretrievable" in failed:
        failed.add("search_floor")
    missing = {*certificate.not_checked, *audit.not_checked, *(() if audit.ranks else ("answer_rank",))}
    rows = [*_sizes(preset, tree), *_proved(certificate, preset, tree, loose), *_reached(certificate, preset, tree)]
    rows += _attacked(audit, preset, max_popularity)
    rows += [_row(check, "missed") for check in sorted(failed - {row.field for row in rows} - {"unretrievable"})]
    return [_judged(row, failed, missing) for row in rows]


def _judged(row: Threshold, failed: set[str], missing: set[str]) -> Threshold:
    """A row with its verdict; those of the edges, of which there may be two, have theirs already."""
    if row.field in missing:
        row = row._replace(value="not measured", met=None)
    return row._replace(met=False) if row.field in failed else row


def _sizes(preset: Preset, tree: ResearchTree) -> list[Threshold]:
    return [
        _row("levels", str(tree.levels), preset.levels[0]),
        _row("variables", str(len(tree.variables)), preset.variables[0]),
    ]


def _proved(certificate: Certificate, preset: Preset, tree: ResearchTree, loose: set[str]) -> list[Threshold]:
    necessary = _row("necessary", _least(certificate.necessary), preset.necessary)
    if preset.needed_at == "vertex":
        says, least = SAYS["necessary_locally"], _least(certificate.necessary_locally)
        necessary = necessary._replace(says=says, value=least)
    return [
        _row("unique", _yes(certificate.unique), "yes"),
        necessary,
        _row("antichain", _yes(certificate.antichain)),
        _row("hierarchy", _least(certificate.hierarchy), preset.hierarchy),
        _row("selectivity", told(certificate.selectivity), preset.selectivity),
        *_edges(certificate, preset, tree, loose),
        _row("rivals", told(certificate.rival_count), preset.rivals),
    ]


def _edges(certificate: Certificate, preset: Preset, tree: ResearchTree, loose: set[str]) -> list[Threshold]:
    """The edges at the root, and those below it where there are any, for which less is asked."""
    top = {child_of(edge) for edge in tree.edges_of(tree.root)}
    found = []
    for where, needed, inside in (("the answer", preset.root_edge, True), ("its parent", preset.edge, False)):
        sizes = {v: n for v, n in certificate.edges.items() if (v in top) == inside}
        if sizes:
            says = f"candidates that a solved sub-question alone leaves for {where}"
            found.append(Threshold("edges", says, _least(sizes), f"≥ {needed}", loose.isdisjoint(sizes)))
    return found


def _reached(certificate: Certificate, preset: Preset, tree: ResearchTree) -> list[Threshold]:
    pages = max(preset.dispersion, len(tree.variables)) if preset.dispersion else None
    return [
        _row("dispersion", _told(certificate.dispersion), pages),
        _row("dependency", _told(certificate.dependency), preset.dependency),
        _row("search_floor", _told(certificate.search_floor), preset.search_floor or 1),
        _row("blind_cost", _told(certificate.blind_cost)),
        _row("t_hit", _told(certificate.t_hit)),
    ]


def _attacked(audit: Audit, preset: Preset, max_popularity: float) -> list[Threshold]:
    leaks = sum(map(len, audit.leaks.values()))
    strange = sum(e.kind == "name" and e.clue is None for e in audit.exposed)
    beyond = f"not among the first {audit.ranks.depth}" if audit.ranks else ""
    rank = f"at rank {audit.ranks.answer_best}" if audit.ranks and audit.ranks.answer_best else beyond
    readings = "1, another tree" if (audit.readings, audit.single_reading) == (1, False) else str(audit.readings)
    return [
        _row("leaks", str(leaks), "0"),
        _row("exposed", str(strange), "0"),
        _row("namesakes", str(len(audit.namesakes)), "0"),
        _row("rare_nouns", str(len(audit.rare_nouns)), "0"),
        _row("answer_rank", rank, None if preset.name in UNRANKED else beyond),
        _row("single_reading", readings, "1"),
        _row("popularity", f"{audit.popularity or 0:g}", f"≤ {max_popularity:g}"),
    ]


def _row(field: str, value: str, needed: int | str | None = None) -> Threshold:
    wanted = "" if needed is None else f"≥ {needed}" if isinstance(needed, int) else needed
    return Threshold(field, SAYS.get(field, ""), value, wanted, True if wanted else None)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _least(counts: Mapping[str, Count]) -> str:
    if not counts:
        return "none"
    at = min(counts, key=lambda k: low(counts[k]))
    return f"{told(counts[at])} ({at})"


def _told(count: Count | None) -> str:
    return "not reached" if count is None else told(count)


def told(count: Count) -> str:
    """A count in words: `5`, or `5 to 9` where only the two ends are known."""
    return str(count) if isinstance(count, int) else f"{count.low} to {count.high}"
