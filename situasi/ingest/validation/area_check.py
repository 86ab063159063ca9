"""Check that a row is of the sender's own area."""

import re
from collections.abc import Mapping

from situasi.domain.feed_schemas import JENIS
from situasi.ingest.validation.place_check import PlaceColumns
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck

_NOT_IN_AREA = "di luar wilayah pengirim: {}"

# Within a case key: day, whether an exercise, kind, then the kecamatan.
_CASE_KEY_PLACE = re.compile(rf"(?=\|-?\d+\|(?:latihan)?\|(?:{'|'.join(JENIS)}|-)\|([^|]*)\|)")


def check_area(table: TableCheck, place: PlaceColumns, names: Mapping[str, Texts]) -> None:
    """Add errors to rows outside the sender's area; no place means the whole kabupaten.

    names: the columns that name a case or an officer: `kasus` and `ke`, `petugas` and `id`.
    """
    context = table.context
    if not context.area:
        return
    if table.feed.name == "merges":
        _check_cases(table, place, {name: names[name] for name in ("kasus", "ke")})
    else:
        _check_places(table, place)
    for name in ("petugas", "id") if context.foreign_ids else ():
        for row, cell in enumerate(names.get(name, ())):
            if cell in context.foreign_ids:
                table.issues.add_error(row, _NOT_IN_AREA.format(cell))


def _check_places(table: TableCheck, place: PlaceColumns) -> None:
    """Check the kecamatan of each row, and that of its desa where it is another one."""
    register = table.context.register
    for row, (code, desa_code) in enumerate(zip(place.kecamatan, place.desa, strict=True)):
        if code is None and row in table.issues.errors:  # its place could not be read
            continue
        desa = register.desa.get(desa_code or "")
        for kecamatan in dict.fromkeys([code, desa.kecamatan if desa else code]):
            if kecamatan not in table.context.area:
                reason = _NOT_IN_AREA.format(register.name_of(kecamatan))
                table.issues.add_error(row, reason, "kecamatan_name")


def _check_cases(table: TableCheck, place: PlaceColumns, keys: Mapping[str, Texts]) -> None:
    """Check that both cases of a merge, and its own place if named, are in the sender's area."""
    for name, cases in keys.items():
        for row, (case, kecamatan) in enumerate(zip(cases, place.kecamatan, strict=True)):
            case_places = extract_case_kecamatan(case or "")
            places = case_places | ({kecamatan} if kecamatan else set())
            if not case_places or not places <= set(table.context.area):
                table.issues.add_error(row, _NOT_IN_AREA.format(name))


def extract_case_kecamatan(case_key: str) -> set[str]:
    """Return the kecamatan of a case key (analysis.incidents.cases); "-": the whole kabupaten.

    An id or a desa may contain the separator of the key: every possible reading is returned.
    """
    return {match[1] for match in _CASE_KEY_PLACE.finditer(case_key)}
