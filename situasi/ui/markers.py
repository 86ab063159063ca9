"""The markers of briefings that there are: which one a view compares with, and its name."""

from __future__ import annotations

from situasi.actions import briefings
from situasi.actions.briefings import Briefing
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.live.snapshot import Picture
from situasi.ui import render_cache, url_state
from situasi.ui.session import Moment

# The name of the chosen one in the address.
NAME = "sejak"


def name(one: Briefing, at: Moment) -> str:
    """What a briefing is called: by its clock, and its day where that is another."""
    local = one.at.astimezone(at.at.tzinfo)
    clock = i18n.clock(local)
    when = clock if local.date() == at.at.date() else f"{i18n.day(local)} {clock}"
    return _("taklimat {time}").format(time=when)


def chosen(shown: Picture, at: Moment) -> Briefing | None:
    """The marker that the address names, else the last; None where there is none yet."""
    there = there_are(shown, at)
    named = {one.id: one for one in there}
    asked = [named[one] for one in url_state.written(NAME) if one in named]
    return next(iter([*asked, *there]), None)


def there_are(shown: Picture, at: Moment) -> list[Briefing]:
    """The markers that there are at the moment shown, the newest first."""
    exercise = shown.snapshot.exercise_at is not None
    return briefings.standing(every(shown), at.at, exercise=exercise)


def every(shown: Picture) -> list[Briefing]:
    """All markers of the store; the last that were read where it cannot be read."""
    return list(render_cache.records("taklimat", shown, briefings.every, []))
