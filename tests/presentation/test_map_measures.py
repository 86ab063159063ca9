"""Colours of the map: a kecamatan of which nothing came is not one in which nothing happened."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd

from situasi.domain.register import Register
from situasi.figures.theme import LIGHT
from situasi.presentation import map_measures


def test_no_report_is_drawn_as_silence_and_no_open_incident_as_zero(register: Register) -> None:
    open_in, closed_in, silent = list(register.kecamatan)[:3]
    overview: Any = SimpleNamespace(
        open_cases=pd.DataFrame({"kecamatan": [open_in]}),
        reporting_kecamatan={open_in, closed_in},
    )
    nothing_else: Any = None
    measure = map_measures.build_measure(
        "terbuka", overview, nothing_else, register.kecamatan, LIGHT
    )
    drawn = {code: measure.build_area(place) for code, place in register.kecamatan.items()}
    assert (drawn[open_in].value, drawn[open_in].fill_mode) == ("1", "filled")
    assert (drawn[closed_in].value, drawn[closed_in].fill_mode) == ("0", "filled")
    assert (drawn[silent].value, drawn[silent].fill) == ("", None)
    assert drawn[silent].fill_mode == "silent"
