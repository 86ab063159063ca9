"""Voters present at each TPS through the rehearsal day: cumulative heads, never ballots."""

import itertools
import random

from situasi.domain.register import Register

# Share of the final turnout by share of the voting hours: many from the second hour on, few at the
# end. Voters missing at closing are still in line.
_CURVE = (
    (0.0, 0.0), (1 / 6, 0.12), (2 / 6, 0.36), (0.5, 0.62), (4 / 6, 0.8), (5 / 6, 0.92),
    (1.0, 0.985),
)  # fmt: skip
# Between the two public figures for this election, 63,53 and 66,11 %.
_OVERALL_TURNOUT_RANGE = (0.634, 0.655)
_KECAMATAN_SD = 0.018
_TPS_SD = 0.04
_MIN_TURNOUT, _MAX_TURNOUT = 0.45, 0.86


def draw_final_counts(register: Register, rng: random.Random) -> dict[str, int]:
    """Draw voters present at the end by TPS code; together 63 to 66 % of all voters."""
    voters = register.voters_by_tps
    target = rng.uniform(*_OVERALL_TURNOUT_RANGE)
    shift = {code: rng.gauss(0, _KECAMATAN_SD) for code in sorted(register.kecamatan)}
    area = dict(zip(register.tps["code"], register.tps["kecamatan"], strict=True))
    shares = {
        code: min(
            _MAX_TURNOUT, max(_MIN_TURNOUT, target + shift[area[code]] + rng.gauss(0, _TPS_SD))
        )
        for code in voters
    }
    expected = sum(voters[code] * shares[code] for code in voters)
    correction = target * sum(voters.values()) / expected if expected else 1.0
    return {code: round(voters[code] * shares[code] * correction) for code in voters}


def compute_count_at(total: int, elapsed_share: float) -> int:
    """Return the heads after this share (0 to 1) of the voting hours."""
    for (x0, y0), (x1, y1) in itertools.pairwise(_CURVE):
        if elapsed_share <= x1:
            return round(total * (y0 + (y1 - y0) * max(0.0, elapsed_share - x0) / (x1 - x0)))
    return round(total * _CURVE[-1][1])


def drop_digit(count: int) -> int:
    """Return a count without its last digit, as it is mistyped."""
    return int(str(count)[:-1] or "0")
