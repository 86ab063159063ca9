"""Links from an activity to its stage of the election and its item of the SOP list."""

import re
from collections.abc import Iterable

from situasi.domain.register import Register, SopItem, Stage

_LONG_WORD = re.compile(r"\w{4,}")
_MIN_COMMON_WORDS = 2  # minimum of words that an activity shares with its SOP item


def find_stage_code(register: Register, name_prefix: str) -> str:
    """Return the code of the first stage whose name has this prefix; "" if there is none."""
    prefix = name_prefix.casefold()
    codes = (stage.code for stage in register.stages if stage.name.casefold().startswith(prefix))
    return next(codes, "")


def find_sop_code(register: Register, stage: str, fungsi: str, giat: str, text: str) -> str:
    """Find the SOP item of this stage, fungsi and giat with a similar text; else ""."""
    words = _extract_words(text)
    common, code = max(
        (
            (len(_extract_words(item.text) & words), item.code)
            for item in register.sop
            if (item.stage, item.fungsi, item.giat) == (stage, fungsi, giat)
        ),
        default=(0, ""),
    )
    return code if common >= _MIN_COMMON_WORDS else ""


def _extract_words(text: str) -> set[str]:
    return set(_LONG_WORD.findall(text.casefold()))


def list_uncovered_items(register: Register, codes: Iterable[str]) -> list[tuple[Stage, SopItem]]:
    """List SOP items with fungsi and giat whose code is not in codes, with their dated stage."""
    covered = set(codes)
    dated = {stage.code: stage for stage in register.stages if stage.start and stage.end}
    return [
        (dated[item.stage], item)
        for item in register.sop
        if item.code not in covered and item.stage in dated and item.fungsi and item.giat
    ]
