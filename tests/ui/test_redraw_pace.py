"""A crowd draws itself at a pace; a few pages never wait."""

from __future__ import annotations

from situasi.ui.auto_refresh import AT_ONCE, RATE, Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_few_draw_at_once_and_a_crowd_so_many_a_second() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert [pace.allows() for _ in range(int(AT_ONCE) + 1)] == [True] * int(AT_ONCE) + [False]
    drawn = 0
    for _ in range(1000):  # ten seconds, in which somebody asks every hundredth
        clock.now += 0.01
        drawn += pace.allows()
    assert abs(drawn - 10 * RATE) <= 1


def test_a_quiet_hour_is_not_saved_up() -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.now += 3600
    assert sum(pace.allows() for _ in range(100)) == AT_ONCE
