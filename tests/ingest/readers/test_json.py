"""JSON as exported: documents, lines, GeoJSON, and what breaks them."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.ingest.readers.build import HEADING, ROW, look, put, refusal

REPORT = dict(zip(HEADING, ROW, strict=True))
SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60)
)


def point(lon=104.6, lat=-3.2, **properties):
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": REPORT | properties}


@pytest.mark.parametrize("key", [None, "data", "rows", "items", "records", "laporan", "results"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_found_bare_or_under_its_usual_keys(tmp_path, key, indent):
    value = [REPORT, REPORT] if key is None else {"versi": {"a": [1]}, key: [REPORT, REPORT]}
    seen = look(put(tmp_path, json.dumps(value, indent=indent), "a.json"))
    assert seen.records == [REPORT, REPORT]
    assert seen.rows == [1, 2]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_lines_are_numbered_by_line(tmp_path, codec):
    text = f"{json.dumps(REPORT)}\n\n{json.dumps(REPORT)}\r\n"
    seen = look(put(tmp_path, text.encode(codec), "a.jsonl"))
    assert (seen.rows, seen.records) == ([1, 3], [REPORT, REPORT])


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("broken", ['{"waktu": "08', "bukan json", "[1, 2]", '{"a":' * 50_000])
def test_broken_line_is_one_row_and_stops_nothing(tmp_path, at, broken):
    lines = [json.dumps(REPORT)] * 3
    lines[at] = broken
    seen = look(put(tmp_path, "\n".join(lines), "a.jsonl"))
    assert seen.rows == [1, 2, 3]
    assert [record["__rusak"] is not None for record in seen.records] == [i == at for i in range(3)]


def test_single_object_is_one_row(tmp_path):
    assert look(put(tmp_path, json.dumps(REPORT), "a.json")).records == [REPORT]


def test_keys_that_differ_are_united(tmp_path):
    seen = look(put(tmp_path, json.dumps([REPORT, {"waktu": "9", "lat": -3.1}]), "a.json"))
    assert seen.headings == [[*HEADING, "lat"]]
    assert [record["lat"] for record in seen.records] == [None, -3.1]


def test_later_pieces_keep_the_headings_met_before(tmp_path):
    rows = [REPORT, {"waktu": "9", "lat": -3.1}, {"waktu": "10"}]
    seen = look(put(tmp_path, json.dumps(rows), "a.json"), chunk_rows=1)
    assert seen.headings == [list(HEADING), [*HEADING, "lat"], [*HEADING, "lat"]]


def test_points_of_geojson_become_lat_and_lon(tmp_path):
    line = {"type": "Feature", "geometry": {"type": "LineString"}, "properties": REPORT}
    nowhere = {"type": "Feature", "geometry": None, "properties": REPORT, "id": 9}
    bad = point(lon="104")
    features = {"type": "FeatureCollection", "features": [point(), line, nowhere, bad]}
    records = look(put(tmp_path, json.dumps(features), "a.geojson")).records
    assert [(row["lat"], row["lon"]) for row in records] == [(-3.2, 104.6)] + [(None, None)] * 3
    assert [row["__geometri"] for row in records] == [None, "LineString", None, "Point"]
    assert records[2]["id"] == 9


def test_lists_of_objects_are_compact_json(tmp_path):
    report = REPORT | {"foto": [{"a": [1, "é"]}], "kosong": [], "ya": True, "nol": 0}
    record = look(put(tmp_path, json.dumps([report]), "a.json")).records[0]
    assert record["foto"] == '[{"a":[1,"é"]}]'
    assert record["kosong"] is None
    assert record["ya"] == "True"
    assert record["nol"] == 0


def test_numbers_too_large_to_be_numbers_stay_text(tmp_path):
    digits = "1" * 5000
    text = json.dumps([REPORT])[:-2] + f', "a": {digits}, "b": 1e999, "c": NaN, "d": -3}}]'
    record = look(put(tmp_path, text, "a.json")).records[0]
    assert (record["a"], record["b"], record["c"], record["d"]) == (digits, "1e999", None, -3)


def test_doubled_key_breaks_its_row_only_where_the_values_differ(tmp_path):
    same = '{"waktu": "8", "waktu": "8", "jenis": "x"}'
    differ = '{"waktu": "8", "waktu": "9", "jenis": "x"}'
    records = look(put(tmp_path, f"[{same}, {differ}]", "a.json")).records
    assert records[0]["__rusak"] is None
    assert "kunci ganda dengan isi berbeda: waktu" in records[1]["__rusak"]


def test_half_characters_and_nul_do_not_reach_the_rows(tmp_path):
    text = '[{"waktu": "a\\ud800b", "jenis": "\\u0000", "uraian": "\\ud83d\\ude00"}]'
    record = look(put(tmp_path, text, "a.json")).records[0]
    assert record == {"waktu": "a?b", "jenis": None, "uraian": "\U0001f600"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "tidak berisi satu laporan"),
        ('{"data": []}', "tidak berisi satu laporan"),
        ("{}", "kolom laporan yang dikenal"),
        ("[1, 2, 3]", "judul kolom tidak ditemukan"),
        ('[{"a": 1}]', "kolom laporan yang dikenal"),
        ("[" * 100_000, "bersarang terlalu dalam"),
        ('{"a":' * 100_000, "bersarang terlalu dalam"),
        (json.dumps([REPORT] * 3)[:-20], "rusak setelah laporan ke-2"),
        (json.dumps([REPORT] * 3)[:-1], "terpotong setelah laporan ke-3"),
        (json.dumps([REPORT]) + "x", "rusak setelah laporan ke-1"),
        (json.dumps([REPORT | {"a": "x" * 3_000_000}]), "rusak"),
        (json.dumps({"data": [REPORT], "rows": [REPORT]}), "dua daftar"),
        (json.dumps([{f"kolom {n}": 1 for n in range(501)}]), "500 kolom"),
    ],
    ids=lambda value: value[:30],
)
def test_broken_document_gets_one_sentence(tmp_path, text, words):
    assert words in refusal(put(tmp_path, text, "a.json"))


def test_title_in_square_brackets_is_no_json(tmp_path):
    assert look(put(tmp_path, "[LAPORAN HARIAN]\nwaktu,jenis\n1,2\n")).rows == [3]


def test_json_named_csv_is_read_with_a_note(tmp_path):
    assert "JSON walau bernama *.csv" in look(put(tmp_path, json.dumps([REPORT]))).said


def test_document_longer_than_its_window_is_read_whole(tmp_path):
    rows = [REPORT | {"id": number, "uraian": "x" * 5000} for number in range(1000)]
    seen = look(put(tmp_path, json.dumps({"data": rows}, indent=1), "a.json"))
    assert [record["id"] for record in seen.records] == list(range(1000))


PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.text(max_size=8))


@SHARED_FOLDER
@given(rows=st.lists(st.dictionaries(st.sampled_from([*HEADING, "x"]), PLAIN), max_size=8))
def test_document_and_lines_give_the_same_records(tmp_path, rows):
    rows = [REPORT, *rows]
    whole = look(put(tmp_path, json.dumps(rows), "a.json"))
    lines = look(put(tmp_path, "\n".join(map(json.dumps, [*rows, REPORT])), "a.jsonl"))
    assert whole.records == lines.records[:-1]
    assert whole.rows == lines.rows[:-1]


def test_objects_inside_objects_become_columns_under_their_group(tmp_path):
    place = {"tempat": {"desa": "Burai", "dalam": {"tps": 3}}, "pilihan": ["a", "b"], "kosong": {}}
    point = {"titik": {"type": "Point", "coordinates": [104.6, -3.2, 5]}, "gps": [-3.2, 104.6]}
    geo = {"lokasi": {"latitude": -3.1, "longitude": 104.5, "accuracy": 4, "name": "SDN 1"}}
    record = look(put(tmp_path, json.dumps([REPORT | place | point | geo]), "a.json")).records[0]
    assert (record["tempat/desa"], record["tempat/dalam/tps"]) == ("Burai", 3)
    assert (record["pilihan"], record["kosong"]) == ("a, b", None)
    assert (record["titik"], record["gps"]) == ("-3.2, 104.6", "-3.2, 104.6")
    assert (record["lokasi"], record["lokasi/name"]) == ("-3.1, 104.5", "SDN 1")


def test_questions_with_answers_become_columns(tmp_path):
    fields = [
        {"label": "Desa", "value": {"value": "Burai"}},
        {"label": "Titik", "value": {"value": {"lon": 104.6, "lat": -3.2}}},
        {"label": "Kategori", "value": [{"id": 3, "tag": "Kericuhan"}]},
    ]
    parts = [{"label": "Struktur", "fields": fields}]
    record = look(put(tmp_path, json.dumps([REPORT | {"post_content": parts}]), "a.json")).records[
        0
    ]
    assert (record["Desa"], record["Titik"], record["Kategori"]) == (
        "Burai", "-3.2, 104.6", "Kericuhan",
    )  # fmt: skip


@pytest.mark.parametrize(
    "outer", [{"results": [REPORT]}, {"value": [REPORT]}, {"data": {"entries": [REPORT]}}]
)
def test_lists_of_programming_interfaces_are_found(tmp_path, outer):
    text = json.dumps({"count": 1, "meta": {"total": 1}} | outer)
    assert look(put(tmp_path, text, "a.json")).records == [REPORT]


def test_object_too_deep_stays_one_cell(tmp_path):
    value: object = 1
    for _ in range(40):
        value = {"a": value}
    record = look(put(tmp_path, json.dumps([REPORT | {"dalam": value}]), "a.json")).records[0]
    (heading,) = [name for name in record if name.startswith("dalam")]
    assert str(record[heading]).startswith('{"a":')
