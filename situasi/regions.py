"""The register of one election: kabupaten, kecamatan, desa and TPS, and who polices them."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from situasi.election import Election


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
    """One desa or kelurahan."""

    code: str
    name: str
    type: str
    kecamatan: str


@dataclass(frozen=True)
class Stage:
    """A stage of the election (tahapan). A date that no source gives is None.

    sure: its dates are sourced and undisputed; note says what is not.
    """

    code: str
    name: str
    start: date | None
    end: date | None
    scope: str
    sure: bool
    source: str
    note: str


@dataclass(frozen=True)
class SopItem:
    """One line of the SOP list of a stage: what is to be done, and by which fungsi and giat.

    basis: where the line comes from; "usulan" is ours.
    """

    code: str
    stage: str
    text: str
    fungsi: str | None
    giat: str | None
    basis: str


@dataclass(frozen=True)
class Register:
    """Everything that is known of the area before the day begins.

    tps: frame of all TPS (code, desa, kecamatan, nomor, dpt, estimated, kerawanan), one row each.
    aliases: other spellings of places, as (code, spelling). stages: in the order of the file.
    """

    election: Election
    kecamatan: dict[str, Kecamatan]
    desa: dict[str, Desa]
    tps: pd.DataFrame
    aliases: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]
    sop: tuple[SopItem, ...]

    @property
    def whole(self) -> bool:
        """Whether this is all of the kabupaten (see `within`)."""
        return len(self.tps) == self.election.tps_total

    def within(self, area: Collection[str]) -> Register:
        """The register of these kecamatan alone; all of it where none is named."""
        if not area:
            return self
        return replace(
            self,
            kecamatan={code: place for code, place in self.kecamatan.items() if code in area},
            desa={code: desa for code, desa in self.desa.items() if desa.kecamatan in area},
            tps=self.tps[self.tps["kecamatan"].isin(list(area))].reset_index(drop=True),
        )

    def name_of(self, code: str | None) -> str:
        """The name of a kecamatan or desa; the kabupaten's where no code is given."""
        if not isinstance(code, str):
            return self.election.kabupaten
        place = self.kecamatan.get(code) or self.desa.get(code)
        return place.name if place else code


def load(election: Election) -> Register:
    """Read the register beside `election.toml`.

    `tps_kpu.csv`, where present, replaces the estimated `tps.csv`.
    Raises ValueError naming the file and figure when the parts do not add up.
    """
    folder = election.folder
    polsek = {row["kecamatan_kode"]: row for row in _rows(folder / "polsek.csv")}
    register = Register(
        election=election,
        kecamatan={row["kode"]: _kecamatan(row, polsek) for row in _rows(folder / "kecamatan.csv")},
        desa={
            row["kode"]: Desa(row["kode"], row["nama"], row["jenis"], row["kecamatan_kode"])
            for row in _rows(folder / "desa.csv")
        },
        tps=_tps(folder),
        aliases=tuple((row["kode"], row["nama"]) for row in _rows(folder / "aliases.csv")),
        stages=tuple(_stage(row) for row in _rows(folder / "tahapan.csv")),
        sop=tuple(_sop(row) for row in _rows(folder / "sop.csv")),
    )
    _check(register)
    return register


def kecamatan_names(folder: Path) -> dict[str, str]:
    """Names by code of an election folder, without the rest of its register."""
    return {row["kode"]: row["nama"] for row in _rows(folder / "kecamatan.csv")}


def estimates_voters(folder: Path) -> bool:
    """Whether the voters of any TPS of an election folder are a perkiraan."""
    return any(_yes(row.get("perkiraan", "tidak")) for row in _rows(_tps_file(folder)))


def _tps_file(folder: Path) -> Path:
    official = folder / "tps_kpu.csv"
    return official if official.exists() else folder / "tps.csv"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _yes(text: str) -> bool:
    return text.strip().lower() in {"ya", "yes", "1", "true"}


def _kecamatan(row: dict[str, str], polsek: dict[str, dict[str, str]]) -> Kecamatan:
    police = polsek.get(row["kode"], {"polsek": "", "dasar": "dugaan"})
    return Kecamatan(
        code=row["kode"],
        name=row["nama"],
        dpt=int(row["dpt"]),
        dpt_estimated=_yes(row["dpt_perkiraan"]),
        tps=int(row["tps"]),
        polsek=police["polsek"],
        polsek_assumed=police["dasar"] != "tersumber",
    )


def _stage(row: dict[str, str]) -> Stage:
    return Stage(
        code=row["kode"],
        name=row["tahapan"],
        start=date.fromisoformat(row["mulai"]) if row["mulai"] else None,
        end=date.fromisoformat(row["selesai"]) if row["selesai"] else None,
        scope=row["lingkup"],
        sure=row["dasar"] == "tersumber",
        source=row["sumber"],
        note=row["catatan"],
    )


def _sop(row: dict[str, str]) -> SopItem:
    return SopItem(
        row["kode"],
        row["tahapan_kode"],
        row["butir"],
        row["fungsi"] or None,
        row["giat"] or None,
        row["dasar"],
    )


def _tps(folder: Path) -> pd.DataFrame:
    rows = _rows(_tps_file(folder))
    return pd.DataFrame(
        {
            "code": [f"{row['desa_kode']}.{int(row['nomor']):03d}" for row in rows],
            "desa": [row["desa_kode"] for row in rows],
            "kecamatan": [row["desa_kode"].rpartition(".")[0] for row in rows],
            "nomor": [int(row["nomor"]) for row in rows],
            "dpt": pd.array(
                [int(row["dpt"]) if row.get("dpt") else None for row in rows], dtype="Int64"
            ),
            "estimated": [_yes(row.get("perkiraan", "tidak")) for row in rows],
            "kerawanan": [row.get("kerawanan") or None for row in rows],
        }
    )


def _check(register: Register) -> None:
    election, tps = register.election, register.tps
    _equal("TPS", election.tps_total, len(tps), "tps.csv")
    _equal("DPT", election.dpt_total, sum(k.dpt for k in register.kecamatan.values()),
           "kecamatan.csv")  # fmt: skip
    counted = tps.groupby("kecamatan").size().to_dict()
    for kecamatan in register.kecamatan.values():
        _equal(f"TPS {kecamatan.name}", kecamatan.tps, counted.get(kecamatan.code, 0), "tps.csv")
    if tps["code"].duplicated().any():
        raise ValueError(f"tps.csv: {tps.loc[tps['code'].duplicated(), 'code'].iloc[0]} twice")
    strangers = {d.code for d in register.desa.values() if d.kecamatan not in register.kecamatan}
    strangers |= set(tps["desa"]) - set(register.desa)
    if strangers:
        raise ValueError(f"unknown kecamatan or desa in the register: {sorted(strangers)[:5]}")
    loose = {item.stage for item in register.sop} - {stage.code for stage in register.stages}
    if loose:
        raise ValueError(f"sop.csv names unknown stages: {sorted(loose)[:5]}")


def _equal(what: str, declared: int, found: int, file: str) -> None:
    if declared != found:
        raise ValueError(f"{what}: {declared} declared, but {file} adds up to {found}")
