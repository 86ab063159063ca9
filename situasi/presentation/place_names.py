"""Names of places as text: a TPS, the place of a case, the Polsek that acts."""

from typing import Any

from situasi.domain.register import Register


def format_station(register: Register, code: str) -> str:
    """Return a name like 'TPS 003 Munggu, Muara Kuang'."""
    desa, _dot, number = code.rpartition(".")
    kecamatan = register.name_of(desa.rpartition(".")[0])
    return f"TPS {number} {register.name_of(desa)}, {kecamatan}"


def format_case_place(register: Register, row: Any) -> str:
    """Return kecamatan, desa and TPS of a row or case."""
    name = register.name_of(row.kecamatan)
    desa = row.desa_text if isinstance(row.desa_text, str) else None
    tps = f"TPS {row.tps}" if isinstance(row.tps, str) else None
    return " · ".join(part for part in (name, desa, tps) if part)


def format_owner(register: Register, owner: str | None, kecamatan: object) -> str:
    """Return who acts: the Polsek of a kecamatan by its name."""
    place = register.kecamatan.get(kecamatan) if isinstance(kecamatan, str) else None
    if owner != "Polsek" or place is None:
        return owner or ""
    return place.polsek or owner
