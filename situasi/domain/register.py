"""The register of one election: kabupaten, kecamatan, desa and TPS, and their polsek."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field, ValidationInfo

from situasi.domain import definition_tables as cells
from situasi.domain import past_turnout
from situasi.domain.definition_errors import REMEDY, DefinitionError
from situasi.domain.definition_fields import Filled, only
from situasi.domain.definition_tables import read_table
from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE, FUNGSI, GIAT, KERAWANAN

_DATE_BASES = only("tersumber", "sebagian_tersumber", "sumber_berbeda", "tanpa_tanggal", "usulan")
_EMPTY_IS_NONE = AfterValidator(lambda text: text or None)


@dataclass(frozen=True)
class Kecamatan:
    """One kecamatan. `dpt_estimated`: its voters are a perkiraan, to be marked wherever shown."""

    code: str
    name: str
    dpt: int
    dpt_estimated: bool
    tps: int
    polsek: str
    polsek_assumed: bool


@dataclass(frozen=True)
class Desa:
    """One desa or kelurahan. An alias is the column of `desa.csv`."""

    code: Annotated[Filled, Field(alias="kode")]
    name: Annotated[Filled, Field(alias="nama")]
    type: Annotated[str, Field(alias="jenis")]
    kecamatan: Annotated[Filled, Field(alias="kecamatan_kode")]


def _check_end(end: date | None, info: ValidationInfo) -> date | None:
    start = info.data.get("start")
    if start and end and end < start:
        raise ValueError(f"{end} sebelum mulai {start}")
    return end


@dataclass(frozen=True)
class Stage:
    """A stage of the election (tahapan). A date that no source gives is None.

    basis: of its dates; note says what is not sourced. An alias is the column of `tahapan.csv`.
    """

    code: Annotated[Filled, Field(alias="kode")]
    name: Annotated[Filled, Field(alias="tahapan")]
    start: Annotated[cells.DayOrNone, Field(alias="mulai")]
    end: Annotated[cells.DayOrNone, AfterValidator(_check_end), Field(alias="selesai")]
    scope: Annotated[str, Field(alias="lingkup")]
    basis: Annotated[str, Field(alias="dasar"), _DATE_BASES]
    source: Annotated[str, Field(alias="sumber")]
    note: Annotated[str, Field(alias="catatan")]

    @property
    def has_confirmed_dates(self) -> bool:
        """Return whether its dates are sourced and undisputed."""
        return self.basis == "tersumber"


@dataclass(frozen=True)
class SopItem:
    """One line of the SOP list of a stage: what must be done, by which fungsi and giat.

    basis: the source of the line; "usulan" is our proposal. phase: one of FASE that every TPS must
    have reached before the line is done; None: an activity is enough. An alias is the column of
    `sop.csv`.
    """

    code: Annotated[Filled, Field(alias="kode")]
    stage: Annotated[Filled, Field(alias="tahapan_kode")]
    text: Annotated[Filled, Field(alias="butir")]
    fungsi: Annotated[str | None, only("", *FUNGSI), _EMPTY_IS_NONE]
    giat: Annotated[str | None, only("", *GIAT), _EMPTY_IS_NONE]
    basis: Annotated[str, Field(alias="dasar")]
    phase: Annotated[
        str | None, only("", *FASE), _EMPTY_IS_NONE, Field(alias="sampai_fase", default=None)
    ] = None


@dataclass(frozen=True)
class Mismatch:
    """Two numbers of the register that should be equal, and the files that hold them.

    quantity: TPS or DPT (voters). kecamatan: code; "" for the whole kabupaten.
    """

    quantity: str
    kecamatan: str
    declared: int
    declared_in: str
    counted: int
    counted_in: str


@dataclass(frozen=True)
class Register:
    """Everything that is known of the area before the election day.

    tps: frame of all TPS (code, desa, kecamatan, nomor, dpt, estimated, kerawanan; lat, lon and
    place_source where its place is known), one row each.
    aliases: other spellings of places, as (code, spelling). stages: in the order of the file.
    mismatches: totals that disagree; the numbers concerned are then marked as estimates.
    is_complete: whether this is the whole kabupaten (see `restrict_to`).
    """

    election: Election
    kecamatan: dict[str, Kecamatan]
    desa: dict[str, Desa]
    tps: pd.DataFrame
    aliases: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]
    sop: tuple[SopItem, ...]
    mismatches: tuple[Mismatch, ...] = ()
    is_complete: bool = True

    @cached_property
    def voters_by_tps(self) -> dict[str, int]:
        """Return voters by TPS code; a TPS without a figure gets the average of its kecamatan."""
        places = self.kecamatan.items()
        average = {code: place.tps and round(place.dpt / place.tps) for code, place in places}
        columns = (self.tps[name].tolist() for name in ("code", "kecamatan", "dpt"))
        return {
            code: average[kecamatan] if pd.isna(dpt) else int(dpt)
            for code, kecamatan, dpt in zip(*columns, strict=True)
        }

    def restrict_to(self, area: Collection[str]) -> Register:
        """Return the register of these kecamatan only; all of it where none is named."""
        if not area:
            return self
        kecamatan = {code: place for code, place in self.kecamatan.items() if code in area}
        return replace(
            self,
            is_complete=self.is_complete and len(kecamatan) == len(self.kecamatan),
            mismatches=tuple(
                mismatch for mismatch in self.mismatches if mismatch.kecamatan in {"", *area}
            ),
            kecamatan=kecamatan,
            desa={code: desa for code, desa in self.desa.items() if desa.kecamatan in area},
            tps=self.tps[self.tps["kecamatan"].isin(list(area))].reset_index(drop=True),
        )

    def name_of(self, code: str | None) -> str:
        """Return the name of a kecamatan or desa; the kabupaten's where no code is given."""
        if not isinstance(code, str):
            return self.election.kabupaten
        place = self.kecamatan.get(code) or self.desa.get(code)
        return place.name if place else code


def load(election: Election) -> Register:
    """Read the register beside `election.toml`.

    `tps_kpu.csv`, where present, replaces the estimated `tps.csv`. Totals that disagree are listed
    in `mismatches`. Raises DefinitionError naming file, line and remedy where a file cannot be read
    or names something unknown.
    """
    folder = election.folder
    police = read_table(folder / "polsek.csv", _PolsekRow, "kecamatan_kode")
    polsek = {row.kecamatan_kode: row for row in police}
    kecamatan = [
        _build_kecamatan(row, polsek.get(row.kode))
        for row in read_table(folder / "kecamatan.csv", _KecamatanRow, "kode")
    ]
    aliases = read_table(folder / "aliases.csv", _AliasRow)
    return _mark_mismatches(
        Register(
            election=election,
            kecamatan={place.code: place for place in kecamatan},
            desa={place.code: place for place in read_table(folder / "desa.csv", Desa, "code")},
            tps=_load_tps(folder),
            aliases=tuple((row.kode, row.nama) for row in aliases),
            stages=tuple(read_table(folder / "tahapan.csv", Stage, "code")),
            sop=tuple(read_table(folder / "sop.csv", SopItem, "code")),
        )
    )


def load_kecamatan_names(folder: Path) -> dict[str, str]:
    """Return the kecamatan names by code of an election folder, without loading the rest."""
    return {row.kode: row.nama for row in read_table(folder / "kecamatan.csv", _KecamatanRow)}


def has_estimated_voters(folder: Path) -> bool:
    """Return whether the voters of any TPS of an election folder are a perkiraan."""
    return any(row.perkiraan for row in read_table(_tps_path(folder), _TpsRow))


def _tps_path(folder: Path) -> Path:
    official = folder / "tps_kpu.csv"
    return official if official.exists() else folder / "tps.csv"


def _build_kecamatan(row: _KecamatanRow, police: _PolsekRow | None) -> Kecamatan:
    return Kecamatan(
        code=row.kode,
        name=row.nama,
        dpt=row.dpt,
        dpt_estimated=row.dpt_perkiraan,
        tps=row.tps,
        polsek=police.polsek if police else "",
        polsek_assumed=police is None or police.dasar != "tersumber",
    )


def _load_tps(folder: Path) -> pd.DataFrame:
    rows = read_table(_tps_path(folder), _TpsRow, "desa_kode", "nomor")
    if not rows:
        raise DefinitionError(f"{_tps_path(folder)}: tidak ada TPS di dalamnya. {REMEDY}")
    is_placed = [row.lat is not None and row.lon is not None for row in rows]
    placed = list(zip(rows, is_placed, strict=True))
    # Where no source is named, it is the list itself.
    sources = [row.sumber_letak or "daftar TPS" if known else None for row, known in placed]
    return pd.DataFrame(
        {
            "code": [f"{row.desa_kode}.{row.nomor:03d}" for row in rows],
            "desa": [row.desa_kode for row in rows],
            "kecamatan": [row.desa_kode.rpartition(".")[0] for row in rows],
            "nomor": [row.nomor for row in rows],
            "dpt": pd.array([row.dpt for row in rows], dtype="Int64"),
            "estimated": [row.perkiraan for row in rows],
            "kerawanan": [row.kerawanan or None for row in rows],
            "lat": pd.Series([row.lat if known else None for row, known in placed], dtype=float),
            "lon": pd.Series([row.lon if known else None for row, known in placed], dtype=float),
            "place_source": pd.Series(sources, dtype="object"),
        }
    )


# The rows of the files that are no object of their own, under their columns.


@dataclass(frozen=True)
class _PolsekRow:
    polsek: Filled
    kecamatan_kode: Filled
    dasar: Annotated[str, only("tersumber", "dugaan")]


@dataclass(frozen=True)
class _KecamatanRow:
    kode: Filled
    nama: Filled
    dpt: cells.CountCell
    dpt_perkiraan: cells.YesNo
    tps: cells.CountCell


@dataclass(frozen=True)
class _AliasRow:
    kode: Filled
    nama: Filled


@dataclass(frozen=True)
class _TpsRow:
    desa_kode: Filled
    nomor: Annotated[int, Field(ge=1, le=999), cells.WHOLE]
    dpt: cells.CountOrNone = None
    perkiraan: cells.YesNo = False
    kerawanan: Annotated[str, only("", *KERAWANAN)] = ""
    lat: cells.LatitudeOrNone = None
    lon: cells.LongitudeOrNone = None
    sumber_letak: str = ""


def _mark_mismatches(register: Register) -> Register:
    """Return the register with its mismatches; the numbers concerned are marked as estimates.

    Raises DefinitionError where it cannot be used at all.
    """
    _check_references(register)
    election, tps, folder = register.election, register.tps, register.election.folder
    places, tps_file_name = register.kecamatan.values(), _tps_path(folder).name
    counted = tps.groupby("kecamatan").size().to_dict()
    comparisons = [
        Mismatch("TPS", "", election.tps_total, "election.toml", len(tps), tps_file_name),
        Mismatch("DPT", "", election.dpt_total, "election.toml",
                 sum(place.dpt for place in places), "kecamatan.csv"),
        *(Mismatch("TPS", place.code, place.tps, "kecamatan.csv",
                   counted.get(place.code, 0), tps_file_name) for place in places),
        *_find_voter_mismatches(register, tps_file_name),
    ]  # fmt: skip
    mismatches = tuple(pair for pair in comparisons if pair.declared != pair.counted)
    return _mark_estimated(register, mismatches) if mismatches else register


def _find_voter_mismatches(register: Register, tps_file_name: str) -> list[Mismatch]:
    """Compare the voters of each kecamatan with the sum of its TPS, where all are known."""
    dpt_by_kecamatan = register.tps.groupby("kecamatan")["dpt"]
    sums = dpt_by_kecamatan.sum()[dpt_by_kecamatan.count() == dpt_by_kecamatan.size()].to_dict()
    return [
        Mismatch(
            "DPT", place.code, place.dpt, "kecamatan.csv", int(sums[place.code]), tps_file_name
        )
        for place in register.kecamatan.values()
        if place.code in sums and not place.dpt_estimated
    ]


def _mark_estimated(register: Register, mismatches: tuple[Mismatch, ...]) -> Register:
    """Return the register with the numbers of the mismatches marked as estimates."""
    codes = {mismatch.kecamatan for mismatch in mismatches}
    if "" in codes:
        codes = set(register.kecamatan)
    kecamatan = {
        code: replace(place, dpt_estimated=True) if code in codes else place
        for code, place in register.kecamatan.items()
    }
    estimated = register.tps["estimated"] | register.tps["kecamatan"].isin(list(codes))
    tps = register.tps.assign(estimated=estimated)
    return replace(register, kecamatan=kecamatan, tps=tps, mismatches=mismatches)


def _check_references(register: Register) -> None:
    """Raise DefinitionError naming the codes that lead nowhere, and where they stand."""
    election, tps = register.election, register.tps
    folder, kabupaten, kecamatan = election.folder, election.kabupaten_code, register.kecamatan
    areas = {*kecamatan, *register.desa}
    police = {row.kecamatan_kode for row in read_table(folder / "polsek.csv", _PolsekRow)}
    checks = (
        ("kecamatan.csv", {code for code in kecamatan if not code.startswith(f"{kabupaten}.")},
         f"kode {{}} tidak diawali {kabupaten} (entri 'code' di [kabupaten], election.toml)"),
        ("election.toml", {election.seat_kecamatan} - {None, *kecamatan},
         "entri 'seat' di [kabupaten]: {} tidak ada di kecamatan.csv"),
        ("desa.csv", {code for code, it in register.desa.items() if it.kecamatan not in kecamatan},
         "desa {} dari kecamatan yang tidak ada di kecamatan.csv"),
        ("desa.csv",
         {code for code, it in register.desa.items() if code.rpartition(".")[0] != it.kecamatan},
         "kode desa {} tidak diawali kecamatan_kode di barisnya"),
        (_tps_path(folder).name, {*tps["desa"]} - register.desa.keys(),
         "TPS dari desa {} yang tidak ada di desa.csv"),
        ("sop.csv",
         {item.stage for item in register.sop} - {stage.code for stage in register.stages},
         "tahapan {} tidak ada di tahapan.csv"),
        ("polsek.csv", police - kecamatan.keys(), "kecamatan {} tidak ada di kecamatan.csv"),
        ("aliases.csv", {code for code, _ in register.aliases} - areas,
         "kode {} bukan kecamatan atau desa yang ada"),
        (past_turnout.FILE_NAME, election.past_turnout.keys() - areas - {*tps["code"]},
         "kode {} bukan kecamatan, desa atau TPS yang ada"),
    )  # fmt: skip
    for name, codes, problem in checks:
        if codes:
            named = ", ".join(sorted(codes)[:5])
            raise DefinitionError(f"{folder / name}: {problem.format(named)}. {REMEDY}")
