"""The life of an incident: told, checked, handled, closed; each turn a row of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.simulation.context import Place, Scene, widened
from situasi.simulation.incidents.templates import Story

_FALSE_ALARM = 0.4  # of the stories that can turn out unfounded
_SKIP_CHECK = 0.35  # small matters are often handled without a word of checking
_UNLOCATED = 0.1
_OPEN_SHARE = 0.115  # of the day's incidents, still open at its end
_SLOW_WORD = 0.08  # told long after it happened
_ROOM = timedelta(minutes=60)  # the least that a life needs

# First word after the event, in minutes: what is grave is told at once.
_DELAY = {"rendah": (4, 25), "sedang": (3, 15), "tinggi": (2, 7)}
# Early turns come quickly and the last one takes its time, the more so the graver it is.
_HASTE = {"rendah": 1.4, "sedang": 1.4, "tinggi": 2.6}


@dataclass(frozen=True)
class Turn:
    """One telling within a life."""

    at: datetime
    status: str
    tingkat: str
    situasi: str
    uraian: str


@dataclass(frozen=True)
class Life:
    """One incident from its first word to its last. crowd: it has a situasi of its own."""

    key: str
    place: Place
    jenis: str
    began: datetime
    pelapor: str
    turns: tuple[Turn, ...]
    crowd: bool = False
    held: tuple[tuple[str, str, datetime], ...] = ()  # TPS code, phase, not before
    retold: str = ""  # how another post would word the first turn

    @property
    def tingkat(self) -> str:
        return self.turns[-1].tingkat

    @property
    def closed(self) -> bool:
        return self.turns[-1].status in STATUS_CLOSED


def live(scene: Scene, story: Story, place: Place, key: str, rng: random.Random) -> Life:
    """Let a story happen at a TPS (its `place` as given by the register)."""
    began = scene.clock.between(rng, story.between, _ROOM)
    waiting = {h.fase: began + timedelta(minutes=rng.randint(*h.minutes)) for h in story.holds}
    path = _path(story, rng)
    struck = _struck(scene, story, place, rng.randint(*story.n))
    number = len(struck) if story.spread else rng.randint(*story.n)
    words = scene.words(place, began) | {"n": str(number)}
    return Life(
        key=key,
        place=_located(widened(place, story.place, scene), rng),
        jenis=story.jenis,
        began=began,
        pelapor=rng.choice(story.pelapor).format(**words),
        turns=tuple(
            Turn(at, status, story.tingkat, "", rng.choice(story.told[status]).format(**words))
            for at, status in zip(
                _moments(scene, story, began, [*waiting.values()], len(path), rng),
                path,
                strict=True,
            )
        ),
        held=tuple((p.tps_code, fase, at) for fase, at in waiting.items() for p in struck),
        retold=story.retold.format(**words),
    )


def _struck(scene: Scene, story: Story, place: Place, number: int) -> list[Place]:
    """The TPS concerned: this one, or so many of its desa as there are."""
    if not story.spread:
        return [place]
    same = [p for p in scene.places if (p.kecamatan, p.desa) == (place.kecamatan, place.desa)]
    return same[:number]


def _path(story: Story, rng: random.Random) -> list[str]:
    if "tidak_terbukti" in story.told and rng.random() < _FALSE_ALARM:
        return ["dilaporkan", "diverifikasi", "tidak_terbukti"]
    path = [status for status in story.told if status != "tidak_terbukti"]
    if story.tingkat == "rendah" and len(path) > 2 and rng.random() < _SKIP_CHECK:
        path.remove(path[1])
    return path


def _moments(
    scene: Scene,
    story: Story,
    began: datetime,
    holds: Sequence[datetime],
    count: int,
    rng: random.Random,
) -> list[datetime]:
    """When each turn is told: strictly one after another, the last before the day ends."""
    low, high = _DELAY[story.tingkat]
    slow = story.tingkat == "rendah" and rng.random() < _SLOW_WORD
    first = began + timedelta(minutes=rng.randint(40, 75) if slow else rng.randint(low, high))
    end = first + timedelta(minutes=rng.randint(*story.minutes))
    end = max(end, *(hold + timedelta(minutes=rng.randint(3, 12)) for hold in holds), end)
    latest = scene.clock.last - timedelta(minutes=rng.randint(2, 25))
    first = max(began, min(first, latest - timedelta(minutes=3 * count)))
    span = max(min(end, latest) - first, timedelta(minutes=2 * count)) / timedelta(minutes=1)
    haste = _HASTE[story.tingkat]
    shares = [(step / (count - 1)) ** haste if count > 1 else 0.0 for step in range(count)]
    minutes = [max(round(span * share), step) for step, share in enumerate(shares)]
    return [first + timedelta(minutes=m) for m in minutes]


def _located(place: Place, rng: random.Random) -> Place:
    return replace(place, point=None) if rng.random() < _UNLOCATED else place


def leave_open(lives: Sequence[Life], scene: Scene, rng: random.Random) -> list[Life]:
    """Take the last word from about an eighth of the lives, one grave one among them.

    Those already passed on, and those of the evening, stay open first.
    """
    late = scene.clock.closes + timedelta(hours=4, minutes=30)
    ranked = sorted(
        (life for life in lives if not life.crowd and len(life.turns) > 1),
        key=lambda life: (
            not _passed_on(life),
            life.turns[0].at < late,
            len(life.turns) < 3,  # nobody leaves the first word of a matter as the last
            rng.random(),
        ),
    )
    count = max(1, round(_OPEN_SHARE * len(lives)))
    grave = [life for life in ranked if life.tingkat == "tinggi"][:1]
    other = [life for life in ranked if life.tingkat != "tinggi"]
    passed = [life for life in other if _passed_on(life)][: round(0.6 * count)]
    rest = [life for life in other if not _passed_on(life)][: count - len(grave) - len(passed)]
    opened = {life.key for life in (*grave, *passed, *rest)}
    return [replace(life, turns=life.turns[:-1]) if life.key in opened else life for life in lives]


def _passed_on(life: Life) -> bool:
    return any(turn.status == "diteruskan" for turn in life.turns)
