"""Which stage of the election, and which line of its SOP list, an activity belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from situasi.domain.register import Register, SopItem, Stage

_LONG_WORD = re.compile(r"\w{4,}")
_MIN_COMMON_WORDS = 2  # words that an activity shares with its line of the SOP list, at least


def find_stage_code(register: Register, name_prefix: str) -> str:
    """The code of the first stage whose name begins so; "" where there is none."""
    wanted = name_prefix.casefold()
    codes = (s.code for s in register.stages if s.name.casefold().startswith(wanted))
    return next(codes, "")


def find_sop_code(register: Register, stage: str, fungsi: str, giat: str, text: str) -> str:
    """The code of the SOP line of this stage, fungsi and giat that says the same; or ""."""
    said = _extract_words(text)
    common, code = max(
        (
            (len(_extract_words(item.text) & said), item.code)
            for item in register.sop
            if (item.stage, item.fungsi, item.giat) == (stage, fungsi, giat)
        ),
        default=(0, ""),
    )
    return code if common >= _MIN_COMMON_WORDS else ""


def _extract_words(text: str) -> set[str]:
    return set(_LONG_WORD.findall(text.casefold()))


def list_uncovered_items(register: Register, codes: Iterable[str]) -> list[tuple[Stage, SopItem]]:
    """SOP lines with a fungsi and giat whose code is not among these, with their dated stage."""
    done = set(codes)
    dated = {s.code: s for s in register.stages if s.start and s.end}
    return [
        (dated[item.stage], item)
        for item in register.sop
        if item.code not in done and item.stage in dated and item.fungsi and item.giat
    ]
