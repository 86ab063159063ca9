"""Check of the numbers of TPS against the register: those that cannot be, and unknown ones."""

from collections.abc import Sequence

from situasi.domain.register import Register
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck

_SHOWN = 5
_FAR = 4  # times the last number of the list of a desa


def check_station_numbers(
    table: TableCheck, kecamatan: Sequence[str | None], desa: Sequence[str | None], tps: Texts
) -> None:
    """Hold numbers above all TPS of the kecamatan; warn of those that the desa's list has not.

    How many TPS a kecamatan has is published; the list of a desa may be estimated, so that only
    counts and phases of numbers far above it are held. tps: numbers, separated by commas where a
    row may name several; other texts are not checked.
    """
    rows_by_place: dict[tuple[str | None, str | None, str], list[int]] = {}
    for row, key in enumerate(zip(kecamatan, desa, tps, strict=True)):
        if key[0] is not None and key[2] is not None:
            rows_by_place.setdefault((key[0], key[1], key[2]), []).append(row)
    register = table.context.register
    numbers = _list_numbers(register) if rows_by_place else {}
    for (area, village, text), rows in rows_by_place.items():
        parts = text.split(",")
        if area is None or not all(part.isdecimal() for part in parts):
            continue
        count = register.kecamatan[area].tps
        impossible = [part for part in parts if int(part) > count > 0]
        known = numbers.get(village or "", set())
        unknown = [part for part in parts if int(part) not in known]
        far = [part for part in unknown if known and not 0 < int(part) <= _FAR * max(known)]
        far = far if table.feed.name == "tps" else []
        for row in rows:
            if impossible:
                reason = (
                    f"TPS {_join(impossible)} tidak mungkin: seluruh kecamatan "
                    f"{register.name_of(area)} mempunyai {count} TPS"
                )
                table.issues.add_error(row, reason, "tps", "kecamatan_name", "desa_name")
            elif village is not None and far:
                reason = (
                    f"TPS {_join(far)} tidak mungkin: {register.name_of(village)} mempunyai "
                    f"{len(known)} TPS di daftar"
                )
                table.issues.add_error(row, reason, "tps", "desa_name")
            elif village is not None and unknown:
                note = f"TPS {_join(unknown)} tidak ada di daftar {register.name_of(village)}"
                table.issues.add_warning(row, note)


def note_unsure_stations(table: TableCheck, desa: Texts, names: Texts, tps: Texts) -> None:
    """Add a warning to the rows that name a TPS of a desa that nobody knows.

    desa: codes, None of an unknown one. names: of the desa as they were written.
    """
    for row, (code, name, number) in enumerate(zip(desa, names, tps, strict=True)):
        if number is not None and code is None and name is not None:
            table.issues.add_warning(row, f"TPS {number} mana tidak pasti: desanya tidak dikenal")


def _join(numbers: Sequence[str]) -> str:
    return ", ".join(numbers[:_SHOWN])


def _list_numbers(register: Register) -> dict[str, set[int]]:
    """Return the numbers of the TPS of each desa."""
    numbers: dict[str, set[int]] = {}
    stations = register.tps
    for desa, number in zip(stations["desa"].tolist(), stations["nomor"].tolist(), strict=True):
        numbers.setdefault(desa, set()).add(int(number))
    return numbers
