"""Data of the page of a command above: roll-ups of its time that the viewer may see."""

from situasi.analysis.view_time import ViewTime
from situasi.domain.higher_command import HigherCommand
from situasi.higher_command import app, comparison
from situasi.higher_command.comparison import UnitSummary
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.ui import filters, session, tenant


def get_command() -> HigherCommand:
    """Return the command of the page."""
    return tenant.get_higher_command_app().command


def get_overview() -> HigherCommandOverview:
    """Return the roll-ups of now or of the chosen time, of kabupaten the viewer may see."""
    return session.per_run("roll-ups", _load_overview)


def _load_overview() -> HigherCommandOverview:
    cache, past_time = tenant.get_higher_command_app().rollup_cache, filters.get_past_time()
    overview = cache.current_overview() if past_time is None else cache.overview_at(past_time)
    return app.filter_overview(overview, session.viewer().area)


def get_view_time() -> ViewTime:
    """Return the time that is shown; during an exercise the latest of the exercise clocks."""
    overview, zone = get_overview(), get_command().zone
    clocks = [rollup.at for rollup in overview.rollups.values() if rollup.exercise]
    if overview.live and clocks:
        return ViewTime(max(clocks).astimezone(zone), live=True, is_exercise=True)
    return ViewTime(overview.at.astimezone(zone), live=overview.live, is_exercise=False)


def compute_totals() -> UnitSummary:
    """Return the sum of all units on the page."""
    return comparison.build_total_summary(
        get_overview(), tenant.get_province(), get_estimated_kabupaten()
    )


def get_estimated_kabupaten() -> frozenset[str]:
    """Return the kabupaten where the voters of some TPS are a perkiraan."""
    return tenant.get_higher_command_app().estimated


def has_exercise_data() -> bool:
    """Return whether any of the data is of an exercise."""
    return any(rollup.rehearsal for rollup in get_overview().rollups.values())


def get_version() -> int:
    """Return a number that grows with new data of any kabupaten."""
    return sum(rollup.version for rollup in get_overview().rollups.values())
