"""What is drawn of findings, made once for all who see the same of the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any

from situasi.common import i18n
from situasi.common.single_flight_cache import Found, Recent
from situasi.ui import tenant

# Of each name. With each the findings that it was made of: those of some twenty versions, no more.
_MOST = 24
_kept: defaultdict[str, Recent] = defaultdict(lambda: Recent(_MOST))


def once(name: str, asked: Hashable, found: tuple[Any, ...], make: Callable[..., Found]) -> Found:
    """What is made of these very findings, as long as they are kept.

    name, asked: what else it rests on, besides the language. make: called with the findings; it
    may not ask who looks. What it gives is shared: nobody may change it.
    """
    key = (tenant.code(), asked, i18n.language(), tuple(map(id, found)))
    # With what was found, so that no other finding gets its place in memory, and so its number.
    return _kept[name].get(key, lambda: (found, make(*found)))[1]
