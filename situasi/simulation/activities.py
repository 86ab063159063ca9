"""Simulated activities (giat) of the rehearsal day and the weeks around it."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from situasi.domain.register import SopItem, Stage
from situasi.simulation import sop_links, templates
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import SimulationContext
from situasi.simulation.feed_rows import FeedRow
from situasi.simulation.personnel import roster

_CANCELLED_SHARE = 0.04
_UNREPORTED_SHARE = 0.08  # planned, but never reported
_PLANNING_LEAD_TIME = timedelta(hours=72)
_PLANNING_HORIZON = timedelta(days=7)  # stages that begin later are not planned yet
_MAX_DAYS_INTO_STAGE = 7  # days into its stage, at most
_LAST_PLAN_MARGIN = timedelta(hours=2)  # the last plans are reported this long before the day ends


def simulate_activities(context: SimulationContext) -> list[FeedRow]:
    """Simulate all activities; a planned one is first rencana, then terlaksana or batal.

    Items of the SOP list without a scripted activity get one of their own.
    """
    rng = context.rng("activities")
    rows: list[FeedRow] = []
    for number, raw in enumerate(templates.load_texts("activities")["giat"]):
        for code, values in _generate_places(context, raw.get("each", "kabupaten")):
            cells = _build_scripted_cells(context, raw, code, values, rng)
            lead_time = timedelta(hours=raw["ahead"]) if "ahead" in raw else None
            rows += _build_rows(context, cells, f"giat-{number}-{values['who']}", lead_time, rng)
    for stage, item in sop_links.list_uncovered_items(
        context.register, {row.cells["sop"] for row in rows}
    ):
        if _get_start_date(context, stage) <= context.register.election.day + _PLANNING_HORIZON:
            cells = _build_sop_cells(context, item, _draw_time_within(context, stage, rng))
            rows += _build_rows(context, cells, f"sop-{item.code}", _PLANNING_LEAD_TIME, rng)
    return rows


def _generate_places(
    context: SimulationContext, level: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield places of an activity: (kecamatan code or "", values for its texts)."""
    election = context.register.election
    tps = Counter(place.kecamatan for place in context.places)
    officers = roster.compute_officer_count(context)
    common = {
        "command": election.command,
        "kabupaten": election.kabupaten,
        "personnel": str(officers),
        "part": str(max(5, officers // 4)),
        "checked": str(max(1, len(context.places) // 30)),
    }
    if level == "kabupaten":
        yield "", common | {"who": election.command}
        return
    codes = (
        sorted(tps)
        if level == "kecamatan"
        else [group[0] for group in context.list_kecamatan_by_polsek().values()]
    )
    for code in codes:
        name, polsek = context.register.kecamatan[code].name, context.get_polsek(code)
        local = {"kecamatan": name, "polsek": polsek, "tps": str(tps[code])}
        yield code, common | local | {"who": f"{polsek} {code}"}


def _build_scripted_cells(
    context: SimulationContext,
    raw: dict[str, Any],
    code: str,
    template_values: dict[str, str],
    rng: random.Random,
) -> dict[str, str]:
    election = context.register.election
    day = election.day + timedelta(days=raw["day"])
    moment = election.local_time(raw["at"], day) + timedelta(minutes=rng.choice((0, 0, 0, 10, 15)))
    values = template_values | {"small": str(rng.randint(6, 18))}
    text = raw["uraian"].format(**values)
    tahapan = sop_links.find_stage_code(context.register, raw["stage"])
    return context.build_area_cells(code) | {
        "waktu": moment.isoformat(timespec="seconds"),
        "giat": raw["giat"],
        "fungsi": raw["fungsi"],
        "tahapan": tahapan,
        "sop": sop_links.find_sop_code(context.register, tahapan, raw["fungsi"], raw["giat"], text),
        "mitra": raw.get("mitra", ""),
        "lokasi": raw["lokasi"].format(**values),
        "jumlah": raw.get("jumlah", "").format(**values),
        "uraian": text,
        "pelapor": template_values.get("polsek", "Operator posko"),
    }


def _build_sop_cells(context: SimulationContext, item: SopItem, moment: datetime) -> dict[str, str]:
    return context.build_area_cells("") | {
        "waktu": moment.isoformat(timespec="seconds"),
        "giat": item.giat or "",
        "fungsi": item.fungsi or "",
        "tahapan": item.stage,
        "sop": item.code,
        "uraian": item.text,
        "pelapor": "Operator posko",
    }


def _draw_time_within(context: SimulationContext, stage: Stage, rng: random.Random) -> datetime:
    """Draw a daytime hour in the stage; on the election day while TPS are open."""
    election = context.register.election
    start, end = _get_start_date(context, stage), stage.end or election.day
    if start <= election.day <= end:
        return context.clock.opens + draw_minutes(rng, 0, 300)
    day = start + timedelta(days=rng.randint(0, min(_MAX_DAYS_INTO_STAGE, (end - start).days)))
    return election.local_time(time(rng.randint(8, 15)), day)


def _get_start_date(context: SimulationContext, stage: Stage) -> date:
    return stage.start or context.register.election.day


def _build_rows(
    context: SimulationContext,
    cells: dict[str, str],
    key: str,
    lead_time: timedelta | None,
    rng: random.Random,
) -> list[FeedRow]:
    moment = datetime.fromisoformat(cells["waktu"])
    code = cells["kode_kecamatan"]
    rows = []
    if lead_time:
        latest = context.clock.last - _LAST_PLAN_MARGIN - draw_minutes(rng, 0, 90)
        planned_time = min(moment - lead_time, latest)
        rows.append(FeedRow(planned_time, code, key, cells | {"status": "rencana"}))
    reported_time = moment + draw_minutes(rng, 25, 70)
    if reported_time <= context.clock.last and not (lead_time and rng.random() < _UNREPORTED_SHARE):
        status = "batal" if lead_time and rng.random() < _CANCELLED_SHARE else "terlaksana"
        rows.append(FeedRow(reported_time, code, key, cells | {"status": status}))
    return rows
