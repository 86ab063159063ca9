"""What the page of a command above shows: roll-ups of its moment, as far as the viewer may see."""

from __future__ import annotations

from situasi.analysis.view_time import ViewTime
from situasi.domain.higher_command import HigherCommand
from situasi.higher_command import app, comparison
from situasi.higher_command.comparison import UnitSummary
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.ui import filters, session, tenant


def get_command() -> HigherCommand:
    """Whose page it is."""
    there = app.current_higher_command()
    assert there is not None, "only a command above has such a page"
    return there.command


def get_overview() -> HigherCommandOverview:
    """The roll-ups of now, or of the chosen moment; of kabupaten that the viewer may see."""
    return session.per_run("roll-ups", _load_overview)


def _load_overview() -> HigherCommandOverview:
    there = app.current_higher_command()
    assert there is not None, "only a command above has roll-ups"
    past = filters.get_past_time()
    found = (
        there.rollup_cache.current_overview()
        if past is None
        else there.rollup_cache.overview_at(past)
    )
    return app.filter_overview(found, session.viewer().area)


def get_view_time() -> ViewTime:
    """The moment that is shown; while somewhere an exercise runs, the furthest of their clocks."""
    found, zone = get_overview(), get_command().zone
    clocks = [one.at for one in found.rollups.values() if one.exercise]
    if found.live and clocks:
        return ViewTime(max(clocks).astimezone(zone), live=True, is_exercise=True)
    return ViewTime(found.at.astimezone(zone), live=found.live, is_exercise=False)


def compute_totals() -> UnitSummary:
    """All that the page shows side by side, in one."""
    return comparison.build_total_summary(
        get_overview(), tenant.get_province(), get_estimated_kabupaten()
    )


def get_estimated_kabupaten() -> frozenset[str]:
    """Kabupaten of which the voters of some TPS are a perkiraan."""
    there = app.current_higher_command()
    return there.estimated if there else frozenset()


def has_exercise_data() -> bool:
    """Whether any of it is made up."""
    return any(one.rehearsal for one in get_overview().rollups.values())


def get_version() -> int:
    """Grows with whatever comes from any kabupaten."""
    return sum(one.version for one in get_overview().rollups.values())
