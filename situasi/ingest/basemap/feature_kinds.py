"""Finds what each row of a map file is: a river, a road, a desa, a Polsek."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from situasi.domain.basemap import OFFICE_KINDS
from situasi.domain.settings import ROOT

VOCABULARY_FILE = ROOT / "data" / "vocabulary" / "map_features.csv"
# Columns that say by one word what a row is; in other columns the name counts too (OSM tags).
_KIND_COLUMNS = frozenset({"jenis", "fclass", "class", "kelas", "type", "tipe", "kategori"})
_NAME_COLUMNS = ("nama", "name", "namobj", "wadmkd", "nm_obj")
_CODE_COLUMNS = ("kode", "kdepum", "kode_desa")
# OSM keeps all tags but a few in one text: "amenity"=>"police","name:id"=>"...".
_OTHER_TAGS = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
# An office is known by its name, too: OSM says no more of it than that it is one.
_OFFICE_NAMES = (
    ("mapolres", re.compile(r"\b(?:ma)?polres(?:ta(?:bes)?)?\b", re.IGNORECASE)),
    ("polsek", re.compile(r"\bpolse[ck](?:ta)?\b", re.IGNORECASE)),
    ("ppk", re.compile(r"\bppk\b|panitia pemilihan kecamatan", re.IGNORECASE)),
    ("kpu", re.compile(r"\bkpud?\b|komisi pemilihan umum", re.IGNORECASE)),
)
_OFFICE_TAGS = frozenset({("amenity", "police"), ("office", "government")})


def find_kind(row: Mapping[str, Any]) -> str | None:
    """Return the kind (basemap.KINDS) of a row; None for what the base map does not draw.

    row: lower-case column names and values, of any map file.
    """
    tags = set(_list_tags(row))
    kinds = _load_kinds()
    named = next((kinds[tag] for tag in tags if tag in kinds), None)
    if named in OFFICE_KINDS or tags & _OFFICE_TAGS:
        name = find_name(row)
        return next((kind for kind, known in _OFFICE_NAMES if known.search(name)), named)
    return named


def find_name(row: Mapping[str, Any]) -> str:
    """Return the name of a row, "" without one."""
    return _find_text(row, _NAME_COLUMNS)


def find_code(row: Mapping[str, Any]) -> str:
    """Return the Kemendagri code of a row, "" without one."""
    return _find_text(row, _CODE_COLUMNS)


def _find_text(row: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    texts = (row.get(column) for column in columns)
    return next((" ".join(text.split()) for text in texts if isinstance(text, str)), "")


def _list_tags(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for column, value in row.items():
        if not isinstance(value, str):
            continue
        if column == "other_tags":
            yield from _OTHER_TAGS.findall(value)
        elif column in _KIND_COLUMNS:
            word = value.strip().lower()
            yield from ((key, word) for key in (*_list_keys(), "jenis"))
        else:
            yield column, value.strip().lower()


@cache
def _load_kinds(path: Path = VOCABULARY_FILE) -> dict[tuple[str, str], str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["kunci"], row["nilai"]): row["jenis"] for row in csv.DictReader(file)}


@cache
def _list_keys() -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key, _ in _load_kinds()))
