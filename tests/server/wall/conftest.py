"""What the tests of the wall share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from situasi.common import i18n


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    i18n.set_language("id")
    yield
    i18n.set_language("id")
