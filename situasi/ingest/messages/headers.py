"""What WhatsApp writes before a message, in exports and in messages copied from a screen."""

from __future__ import annotations

import re

_MARK = "[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
_DAY = r"(?P<{0}>[0-9]{{1,4}}[/.-][0-9]{{1,2}}(?:[/.-][0-9]{{2,4}})?)"
_CLOCK = (
    r"(?P<{0}>[0-9]{{1,2}}[.:][0-9]{{2}}(?:[.:][0-9]{{2}})?"
    "(?:[ \u00a0\u202f]?[AaPp]\\.?[Mm]\\.?)?)"
)
_WHEN = r",?[ ](?:pukul[ ])?"
_SENDER = rf"(?P<sender>{_MARK}{{0,2}}[^\n:\"\u201c]{{1,80}}?{_MARK}{{0,2}}):(?:[ ]|(?=\n)|\Z)"

# Android exports, iPhone exports and copies from a telephone, copies from the web page.
_FORMS = (
    rf"{_DAY.format('day1')}{_WHEN}{_CLOCK.format('clock1')}[ ][-\u2013][ ]",
    rf"\[{_DAY.format('day2')}{_WHEN}{_CLOCK.format('clock2')}\][ ]",
    rf"\[{_CLOCK.format('clock3')},[ ]{_DAY.format('day3')}\][ ]",
)
HEADER = re.compile(rf"^{_MARK}{{0,2}}(?:{'|'.join(_FORMS)})(?:{_SENDER})?", re.MULTILINE)


def day_and_clock(head: re.Match[str]) -> tuple[str, str]:
    """The day and the clock of a header, as written."""
    day = head["day1"] or head["day2"] or head["day3"]
    return day, head["clock1"] or head["clock2"] or head["clock3"]
