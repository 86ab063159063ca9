"""The map's own pixels: kecamatan, names and marks are drawn; the camera is the viewer's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
import shapely
from playwright.sync_api import Browser

from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.placement import group_by_place, place_cases
from situasi.analysis.situation.overview import Overview
from situasi.domain import election
from situasi.domain import register as domain_register
from situasi.domain.settings import load
from situasi.figures.maps.area_spots import list_area_spots
from situasi.figures.theme import DARK, LIGHT, SITUASI, TINGKAT
from tests.browser import mapping
from tests.browser.conftest import Look
from tests.browser.mapping import Colour, Shot, alike, boundaries, drawn_map, numbers, same
from tests.browser.serving import Server, computed, mark_as_opened
from tests.browser.viewing import Viewer
from tests.builders import DAY, wib

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# A selection in which nothing happened: names and colours stay, marks and numbers go.
NOTHING = "?status=tidak_terbukti&jenis=unjuk_rasa"
HEADINGS = "id,waktu,kode_kecamatan,lat,lon,jenis,tingkat,situasi,status,uraian,pelapor"


def _fills(shot: Shot) -> dict[str, Colour]:
    shapes = boundaries()
    return {
        code: shot.fill(polygon)
        for code, polygon in zip(shapes.codes, shapes.polygons, strict=True)
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_kecamatan_with_more_tps_are_drawn_in_stronger_shades(
    rehearsal: Server, look: Look, theme: mapping.Theme
) -> None:
    viewer = look(rehearsal, "?ukur=tps", color_scheme=theme.name)
    fills = _fills(drawn_map(viewer, theme))
    steps = [numbers(shade) for shade in theme.counts]
    shade = {code: _nearest(colour, steps) for code, colour in fills.items()}
    register = domain_register.load(election.load(load({}).election_folder))
    ordered = sorted(register.kecamatan.values(), key=lambda place: place.tps)
    assert all(shade[few.code] <= shade[many.code] for few, many in pairwise(ordered))
    assert len(set(shade.values())) >= 3


def _nearest(colour: Colour, steps: list[Colour]) -> int:
    found = [at for at, step in enumerate(steps) if alike(colour, step)]
    assert len(found) == 1, f"{colour} is none of {steps}"
    return found[0]


@pytest.fixture(scope="module")
def coloured(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that knows how it is in three kecamatan, and nothing else."""
    server = Server(tmp_path_factory.mktemp("coloured"), {"SITUASI_REHEARSAL": "no"})
    mark_as_opened(server)
    rows = [
        f"{code[-2:]},2024-11-27 10:00,{code},,,{kind},,{state},{status},Keadaan,Polsek"
        for code, kind, state, status in [
            ("16.10.01", "unjuk_rasa", "merah", "ditangani"),
            ("16.10.14", "unjuk_rasa", "kuning", "ditangani"),
            ("16.10.16", "nihil", "hijau", "nihil"),
        ]
    ]
    server.deliver("keadaan.csv", "\n".join([HEADINGS, *rows]))
    server.start()
    yield server
    server.stop()


def test_kuning_and_merah_stand_out_and_where_nothing_is_known_there_is_no_colour(
    coloured: Server, look: Look
) -> None:
    fills = _fills(drawn_map(look(coloured, "?saat=2024-11-27T11:00")))
    paper = numbers(LIGHT.paper)
    assert alike(fills["16.10.01"], numbers(SITUASI["merah"]))
    assert alike(fills["16.10.14"], numbers(SITUASI["kuning"]))
    assert not alike(fills["16.10.16"], paper)
    assert not alike(fills["16.10.16"], numbers(SITUASI["hijau"]))
    silent = [c for c in fills if c not in {"16.10.01", "16.10.14", "16.10.16"}]
    assert len(silent) == 13
    assert all(alike(fills[code], paper) for code in silent)


def test_every_kecamatan_carries_its_name(rehearsal: Server, look: Look) -> None:
    shot = drawn_map(look(rehearsal, NOTHING))
    ink = shot.near(LIGHT.ink, 120)
    labels = mapping.placing().labels
    assert set(labels) == set(boundaries().codes)
    # Where borders meet, their lines add up to something like ink.
    borders = shapely.union_all([shape.boundary for shape in boundaries().polygons])
    elsewhere = ~shot.mask(borders.buffer(0.006))
    for code, label in labels.items():
        letters = sum(len(line) for line in label.lines)
        assert ink[shot.within(label.bounding_box)].sum() >= 3 * letters, code
        elsewhere &= ~shot.within(label.bounding_box, slack=2)
        if not label.is_inside:
            assert shot.near(LIGHT.muted, 90)[shot.along(label.leader_line, 2)].sum() >= 5, code
            elsewhere &= ~shot.along(label.leader_line, 3)
    # The button over the upper left corner is no part of the map.
    width, height = shot.size
    elsewhere &= ~shot.within((-width / 2, -height / 2, 120 - width / 2, 40 - height / 2))
    # The ink is that of the names: outside the room that was kept for them there is none.
    assert ink[elsewhere].sum() == 0


def test_incidents_are_drawn_where_they_are_and_a_click_on_a_kecamatan_filters_the_page(
    rehearsal: Server, look: Look
) -> None:
    at = wib("12.30")
    viewer = look(rehearsal, f"?saat={at:%Y-%m-%dT%H:%M}")
    _are_drawn_in_the_colour_of_their_weight(rehearsal, drawn_map(viewer), at)
    _filters_at_a_click_and_lets_go_at_a_second(rehearsal, viewer)
    _opens_a_case_at_a_click_on_its_mark(viewer, _place_marks(rehearsal, at))


def _place_marks(rehearsal: Server, at: datetime) -> pd.DataFrame:
    spots = list_area_spots(mapping.placing(), boundaries())
    cases = _whole_day(rehearsal, at).open_cases
    return group_by_place(place_cases(cases, boundaries().basemap.desa_points, spots))


def _opens_a_case_at_a_click_on_its_mark(viewer: Viewer, marks: pd.DataFrame) -> None:
    viewer.drawn()
    pixels = {row.Index: mapping.pixel(viewer, row.lon, row.lat) for row in marks.itertuples()}
    alone = next(
        row
        for row in marks.itertuples()
        if row.n == 1
        and all(
            np.hypot(*np.subtract(pixels[row.Index], other)) > 30
            for index, other in pixels.items()
            if index != row.Index
        )
    )
    _click(viewer, pixels[alone.Index])

    def has_opened() -> bool:
        address = urlsplit(viewer.page.url)
        opened = parse_qs(address.query).get("kasus")
        return address.path == "/kejadian" and opened == [alone.cases[0]]

    viewer.until(has_opened, "the click opened no case")


def _are_drawn_in_the_colour_of_their_weight(rehearsal: Server, shot: Shot, at: datetime) -> None:
    drawn = _whole_day(rehearsal, at).open_cases.dropna(subset=["lat", "lon"])
    marks = _place_marks(rehearsal, at)
    points = [(row.lon, row.lat, row.tingkat) for row in marks.itertuples()]
    checked = set()
    for lon, lat, tingkat in ((row.lon, row.lat, row.tingkat) for row in drawn.itertuples()):
        x, y = shot.at(lon, lat)
        others = [p for p in points if p != (lon, lat, tingkat)]
        if tingkat in TINGKAT and all(np.hypot(*_apart(shot, p, x, y)) > 30 for p in others):
            # A name may run over a mark, but most of the mark is seen.
            assert alike(shot.around(lon, lat, 5), numbers(TINGKAT[tingkat])), (lon, lat, tingkat)
            checked.add(tingkat)
    assert checked == set(drawn["tingkat"]) == {"tinggi", "sedang", "rendah"}


def _apart(shot: Shot, point: tuple[float, float, str], x: int, y: int) -> tuple[int, int]:
    px, py = shot.at(point[0], point[1])
    return px - x, py - y


def _whole_day(server: Server, at: datetime) -> Overview:
    return computed(server, Selection(since=DAY, until=wib("24.00")), at, live=False)


def test_zoom_and_pan_survive_a_refresh(coloured: Server, look: Look) -> None:
    viewer = look(coloured, "?ukur=tps")
    home = drawn_map(viewer)
    box = mapping.canvas(viewer).bounding_box()
    assert box is not None
    mouse, middle = viewer.page.mouse, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.move(*middle)
    mouse.wheel(0, -400)
    zoomed = _moved_from(viewer, home)
    mouse.move(*middle)
    mouse.down()
    mouse.move(middle[0] + 120, middle[1] + 60, steps=8)
    mouse.up()
    mouse.move(2, 2)
    before = _moved_from(viewer, zoomed)

    words = "Perahu penyeberangan dihentikan sementara"
    row = f"Z-1,2024-11-27 10:00,16.10.05,,,logistik,rendah,,dilaporkan,{words},Polsek"
    coloured.deliver("baru.csv", f"{HEADINGS}\n{row}\n")
    viewer.says(words)
    viewer.drawn()
    after = _still(viewer)
    # The page around it may have moved the map by a part of a pixel; the camera has not moved.
    assert same(before, after, slack=1) > 0.99
    assert same(home, after, slack=1) < 0.9
    assert same(zoomed, after, slack=1) < 0.9


def _moved_from(viewer: Viewer, last: Shot) -> Shot:
    viewer.until(lambda: same(mapping.shoot(viewer), last) < 0.97, "the map did not move")
    return _still(viewer)


def _still(viewer: Viewer) -> Shot:
    shots = [mapping.shoot(viewer)]

    def stands() -> bool:
        shots.append(mapping.shoot(viewer))
        return same(shots[-1], shots[-2]) == 1.0

    viewer.until(stands, "the map never came to rest")
    return shots[-1]


def _filters_at_a_click_and_lets_go_at_a_second(rehearsal: Server, viewer: Viewer) -> None:
    everywhere = viewer.reports()

    def click() -> None:
        _click(viewer, mapping.pixel(viewer, *boundaries().label_points["16.10.16"]))

    viewer.tries(click, lambda: viewer.chosen("kec") == ["16.10.16"], "the click chose nothing")
    viewer.until(lambda: _places(viewer) == {"Payaraman"}, "the list was not filtered")
    chosen = computed(
        rehearsal, Selection(["16.10.16"], since=DAY, until=wib("24.00")), wib("12.30"), live=False
    )
    assert viewer.card("Kejadian terbuka")[0] == str(len(chosen.open_cases))
    viewer.drawn()
    viewer.tries(click, lambda: viewer.chosen("kec") == [], "the second click did not let go")
    viewer.until(lambda: viewer.reports() == everywhere, "the list is not whole again")


def _click(viewer: Viewer, spot: tuple[float, float]) -> None:
    # The map only looks for what lies under a pointer that has moved.
    viewer.page.mouse.move(spot[0] - 6, spot[1] - 6)
    viewer.page.mouse.move(*spot, steps=4)
    viewer.page.mouse.click(*spot)


def _places(viewer: Viewer) -> set[str]:
    return {place.split(" · ")[0] for _, place, _ in viewer.reports()}
