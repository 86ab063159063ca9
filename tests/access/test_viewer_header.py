"""The header in which the middleware names the viewer: read as it was written, or nobody."""

from __future__ import annotations

import base64
import json
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.access import viewer_header
from situasi.access.roles import ROLES, LinkScope, Viewer

LINKS = st.builds(
    LinkScope,
    st.text(),
    st.text(),
    st.lists(st.tuples(st.text(), st.text())).map(tuple),
    st.datetimes(timezones=st.just(UTC)),
)
BOUND = ["x", "situasi", [["kec", "16.10.05"]], "2024-11-27T12:00:00+00:00"]
PLAIN = {"name": "wati", "role": "analis", "area": ["16.10.05"], "link": None}


def coded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@given(
    st.text(min_size=1),
    st.sampled_from(sorted(ROLES)),
    st.lists(st.text(min_size=1)),
    st.booleans(),
)
def test_whoever_is_written_is_read(name: str, role: str, area: list[str], here: bool) -> None:
    viewer = Viewer(name, ROLES[role], tuple(area), None, here)
    text = viewer_header.encode_viewer(viewer)
    assert text.isascii()
    assert viewer_header.decode_viewer(text) == viewer


@given(st.text(min_size=1), st.lists(st.text(min_size=1)), LINKS)
def test_a_guest_is_read_with_all_that_the_link_binds(
    name: str, area: list[str], link: LinkScope
) -> None:
    viewer = Viewer(name, ROLES["tamu"], tuple(area), link)
    assert viewer_header.decode_viewer(viewer_header.encode_viewer(viewer)) == viewer


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"tamu"}))
def test_a_link_makes_nobody_more_than_a_guest(role: str) -> None:
    assert viewer_header.decode_viewer(coded({**PLAIN, "role": "tamu", "link": BOUND})) is not None
    assert viewer_header.decode_viewer(coded({**PLAIN, "role": role, "link": BOUND})) is None


@pytest.mark.parametrize(
    "value",
    [[], "wati", None, {}, {**PLAIN, "role": "kaisar"}, {**PLAIN, "role": ["analis"]},
     {**PLAIN, "name": ""}, {**PLAIN, "name": 7}, {**PLAIN, "area": "16.10.05"},
     {**PLAIN, "area": [None]}, {**PLAIN, "area": [""]}, {**PLAIN, "area": None},
     {**PLAIN, "link": 3}, {**PLAIN, "link": "L-1"}, {**PLAIN, "link": []},
     *({**PLAIN, "role": "tamu", "link": [*BOUND[:n], wrong, *BOUND[n + 1 :]]}
       for n, wrong in enumerate([7, None, [["kec"]], "besok"])),
     {**PLAIN, "here": "yes"},
     {k: v for k, v in PLAIN.items() if k != "area"}],
)  # fmt: skip
def test_whatever_is_not_right_is_nobody(value: object) -> None:
    assert viewer_header.decode_viewer(coded(PLAIN)) is not None
    assert viewer_header.decode_viewer(coded(value)) is None


@given(st.none() | st.text() | st.binary().map(lambda raw: base64.b64encode(raw).decode()))
def test_any_other_text_is_nobody(text: str | None) -> None:
    assert viewer_header.decode_viewer(text) is None
