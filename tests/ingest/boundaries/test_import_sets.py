"""An import is drawn whole or not at all, and no file makes anything ask for another one."""

from __future__ import annotations

import http.server
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from situasi.common import atomic_files
from situasi.domain import boundaries
from situasi.domain.register import Register
from situasi.domain.settings import ROOT
from situasi.ingest.boundaries import GeoRefused, import_file
from situasi.ingest.boundaries.geojson_writer import replace_imports
from situasi.ingest.boundaries.layers import ALLOWED_DRIVERS
from tests.ingest.boundaries import builders as made


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return made.register(tmp_path)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "batas"


def text(mark: str, level: str = "kecamatan") -> str:
    return json.dumps({"mark": mark, "level": level, "credit": "", "features": []})


def marks(folder: Path) -> set[str]:
    return {
        str(json.loads(boundaries.load(folder, level).raw)["mark"])
        for level in ("desa", "kecamatan")
    }


def both(mark: str) -> dict[str, str]:
    return {level: text(mark, level) for level in ("desa", "kecamatan")}


@pytest.mark.parametrize("step", range(1, 4))
def test_an_import_broken_off_at_any_file_leaves_the_one_before_whole(
    step: int, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_imports(target, both("lama"))
    write, steps = atomic_files.write, []

    def breaks(path: Path, *given: object) -> None:
        steps.append(path)
        if len(steps) == step:
            raise OSError(28, "No space left on device")
        write(path, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(atomic_files, "write", breaks)
        with pytest.raises(OSError, match="No space"):
            replace_imports(target, both("baru"))
    assert marks(target) == {"lama"}
    replace_imports(target, both("baru"))
    assert marks(target) == {"baru"}


KILLED = """
import os, sys
from pathlib import Path
from situasi.ingest.boundaries.geojson_writer import replace_imports
from tests.ingest.boundaries.test_import_sets import both
replace, steps = Path.replace, []
def kills(self, target):
    steps.append(target)
    if len(steps) == int(sys.argv[2]):
        os.kill(os.getpid(), 9)
    return replace(self, target)
Path.replace = kills
replace_imports(Path(sys.argv[1]), both("baru"))
"""


@pytest.mark.parametrize("step", range(1, 4))
def test_a_process_killed_before_any_of_its_renames_leaves_the_old_set(
    step: int, target: Path
) -> None:
    replace_imports(target, both("lama"))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(target), str(step)], cwd=ROOT, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert marks(target) == {"lama"}
    replace_imports(target, both("baru"))
    assert marks(target) == {"baru"}
    assert not list((target / "impor").glob(".*.part"))
    assert len(list((target / "impor").glob("*.geojson"))) == 2


def test_a_level_that_is_not_imported_stays_and_one_put_there_by_hand_is_read(target: Path) -> None:
    (target / "impor").mkdir(parents=True)
    (target / "impor" / "desa.geojson").write_text(text("tangan", "desa"), "utf-8")
    replace_imports(target, {"kecamatan": text("satu")})
    assert marks(target) == {"satu", "tangan"}
    replace_imports(target, {"desa": text("dua", "desa")})
    assert marks(target) == {"satu", "dua"}
    assert not (target / "impor" / "desa.geojson").exists()


def test_who_reads_while_an_import_ends_reads_one_set_or_the_other(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_imports(target, {"kecamatan": text("lama")})
    imported = boundaries.load_import_index
    calls: list[int] = []

    def meanwhile(folder: Path) -> dict[str, str]:
        named = imported(folder)
        calls.append(1)
        if len(calls) == 1:
            monkeypatch.setattr(boundaries, "load_import_index", imported)
            replace_imports(folder, {"kecamatan": text("baru")})
        return named

    monkeypatch.setattr(boundaries, "load_import_index", meanwhile)
    assert b"baru" in boundaries.load(target).raw


def test_what_names_the_set_leads_nowhere_else(target: Path) -> None:
    replace_imports(target, {"kecamatan": text("satu")})
    (target / "impor" / "batas.json").write_text('{"kecamatan": "../../x.geojson"}', "utf-8")
    with pytest.raises(ValueError, match="impor"):
        boundaries.load(target)


class Counting(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    do_HEAD = do_GET  # noqa: N815 (the name that the library asks for)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server of this machine, and what it was asked for."""
    asked: list[str] = []
    handler = type("Handler", (Counting,), {"asked": asked})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    thread.join()
    server.server_close()


VRT = """<OGRVRTDataSource><OGRVRTLayer name="x">
<SrcDataSource>{where}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"""
WFS = "<OGRWFSDataSource><URL>{url}/wfs</URL></OGRWFSDataSource>"
RASTER = """<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">
<SimpleSource><SourceFilename>/vsicurl/{url}/r.tif</SourceFilename></SimpleSource>
</VRTRasterBand></VRTDataset>"""
CRS = """{{"type":"FeatureCollection",{crs}"features":[{{"type":"Feature","properties":{{}},
"geometry":{{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}}}}]}}"""
LINK = '"{key}":{{"type":"{kind}","properties":{{"href":"{url}/crs","url":"{url}/crs"}}}},'


def hostile(folder: Path, url: str) -> list[Path]:
    """Files of allowed endings that would have a reader ask elsewhere, for one thing each."""
    texts = {
        "vrt.geojson": VRT.format(where=f"/vsicurl/{url}/a.geojson"),
        "vrt.json": VRT.format(where=f"/vsicurl/{url}/a.geojson"),
        "vrt.gpkg": VRT.format(where=f"/vsicurl/{url}/a.gpkg"),
        "vrt.shp": VRT.format(where=f"/vsicurl/{url}/a.shp"),
        "wfs.geojson": WFS.format(url=url),
        "raster.geojson": RASTER.format(url=url),
    }
    for number, (key, kind) in enumerate(
        [("crs", "link"), ("CRS", "LINK"), ("crs", "URL"), (r"\u0063rs", "link"), ("crs", "xx")]
    ):
        said = LINK.format(key=key, kind=kind, url=url)
        texts[f"crs-{number}.geojson"] = CRS.format(crs=said)
    # Who reads the last of two takes the other for harmless, and so does who reads the first.
    for one, other in (("name", "link"), ("link", "name")):
        twice = f'"crs":{{"type":"{one}","type":"{other}","properties":{{"href":"{url}/crs"}}}},'
        texts[f"twice-{other}.geojson"] = CRS.format(crs=twice)
    texts["single.geojson"] = texts["crs-0.geojson"].replace('"crs"', "'crs'")
    for name, content in texts.items():
        (folder / name).write_text(content, "utf-8")
    (folder / "vrt.dbf").write_bytes(b"\x03")
    return [folder / name for name in texts]


def test_no_file_makes_the_import_ask_another_address_for_anything(
    register: Register, target: Path, tmp_path: Path, elsewhere: tuple[str, list[str]]
) -> None:
    url, asked = elsewhere
    for path in hostile(tmp_path, url):
        with pytest.raises(GeoRefused) as refused:
            import_file(path, "kecamatan", register, target)
        assert str(refused.value).endswith(".")
        assert asked == [], path.name
        if path.name.startswith("twice"):
            assert "dua kali" in str(refused.value)
    assert not target.exists()


def test_a_name_of_a_coordinate_system_and_a_virtual_table_are_not_followed_either(
    register: Register, target: Path, tmp_path: Path, elsewhere: tuple[str, list[str]]
) -> None:
    url, asked = elsewhere
    named = f'"crs":{{"type":"name","properties":{{"name":"{url}/crs"}}}},'
    (tmp_path / "nama.geojson").write_text(CRS.format(crs=named), "utf-8")
    package = made.saved(made.squares(list(register.kecamatan)), tmp_path / "maya.gpkg")
    store = sqlite3.connect(package)
    store.execute("PRAGMA writable_schema=1")
    store.execute(
        "INSERT INTO sqlite_master(type, name, tbl_name, rootpage, sql) VALUES"
        " ('table', 'jauh', 'jauh', 0, ?)",
        (f"CREATE VIRTUAL TABLE jauh USING VirtualOGR('/vsicurl/{url}/a.geojson')",),
    )
    store.execute("UPDATE gpkg_spatial_ref_sys SET definition = ?", (f"{url}/srs",))
    store.execute(
        "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES"
        " ('jauh', 'features', 'jauh')"
    )
    store.commit()
    store.close()
    shape = made.saved(made.squares(list(register.kecamatan)), tmp_path / "prj.shp")
    shape.with_suffix(".prj").write_text(f"{url}/prj", "utf-8")
    for path in (tmp_path / "nama.geojson", package, shape):
        with suppress(GeoRefused):
            import_file(path, "kecamatan", register, target)
        assert asked == [], path.name


def test_only_the_readers_that_are_promised_are_there_after_an_import(tmp_path: Path) -> None:
    code = (
        "import sys, pyogrio; from pathlib import Path\n"
        "from situasi.ingest.boundaries.layers import read_layers\n"
        "read_layers(Path(sys.argv[1])); print('|'.join(sorted(pyogrio.list_drivers())))"
    )
    (tmp_path / "a.geojson").write_text(CRS.format(crs=""), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.geojson")],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ},
    )  # fmt: skip
    assert done.stdout.strip() == "|".join(sorted(ALLOWED_DRIVERS))


def test_of_two_imports_at_once_one_is_refused(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, refused = atomic_files.write, []

    def meanwhile(path: Path, *given: object) -> None:
        monkeypatch.setattr(atomic_files, "write", write)
        with pytest.raises(GeoRefused, match="sedang berjalan"):
            replace_imports(target, {"kecamatan": text("lain")})
        refused.append(path)
        write(path, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(atomic_files, "write", meanwhile)
    replace_imports(target, {"kecamatan": text("satu")})
    assert len(refused) == 1
    assert b"satu" in boundaries.load(target).raw
