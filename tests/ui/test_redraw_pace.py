"""A crowd draws itself at a pace; a few pages never wait."""

from __future__ import annotations

from situasi.ui.auto_refresh import REDRAW_BURST, REDRAWS_PER_S, RedrawLimiter


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_few_draw_at_once_and_a_crowd_so_many_a_second() -> None:
    clock = Clock()
    pace = RedrawLimiter(clock)
    assert [pace.try_acquire() for _ in range(int(REDRAW_BURST) + 1)] == [True] * int(
        REDRAW_BURST
    ) + [False]
    drawn = 0
    for _ in range(1000):  # ten seconds, in which somebody asks every hundredth
        clock.now += 0.01
        drawn += pace.try_acquire()
    assert abs(drawn - 10 * REDRAWS_PER_S) <= 1


def test_a_quiet_hour_is_not_saved_up() -> None:
    clock = Clock()
    pace = RedrawLimiter(clock)
    clock.now += 3600
    assert sum(pace.try_acquire() for _ in range(100)) == REDRAW_BURST
