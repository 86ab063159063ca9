"""A command level above the Polres, read from its folder: which kabupaten report to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from situasi.domain.definition_errors import read_toml, wrap_definition_errors
from situasi.domain.definition_fields import (
    CHECKED,
    Count,
    Filled,
    Minutes,
    flatten_tables,
    only,
    parse_definition,
)
from situasi.domain.definition_tables import CountOrNone, YesNo, read_table
from situasi.domain.election import ElectionDay
from situasi.domain.rules import DEFAULT_CRITICAL, CriticalRule

FILE_NAME = "command.toml"
MEMBERS_FILE_NAME = "kabupaten.csv"
POLDA, MABES = "polda", "mabes"
_PROVINCE_CODE_LENGTH = 2  # letters of a code that name the province


@dataclass(frozen=True)
class Member:
    """One kabupaten or kota, whose time zone may differ from that of the command.

    election_folder: of its own election definition; None: not available. tps, dpt: None: unknown.
    estimated: tps or dpt is a perkiraan. source: of tps and dpt.
    """

    code: str
    name: str
    command: str
    election_folder: Path | None
    tps: int | None
    dpt: int | None
    estimated: bool
    source: str
    zone: ZoneInfo
    zone_label: str

    @property
    def province(self) -> str:
        """Return the code of its province."""
        return self.code[:_PROVINCE_CODE_LENGTH]


@dataclass(frozen=True)
class HigherCommand(ElectionDay):
    """A Polda or Mabes. Its members' days are by their own clocks: see in_zone_of.

    code: the prefix of all its members' codes ("" for the nation). contest: the election across all
    kabupaten, under which their stores are kept. tps, dpt: totals; None: unknown. silent_after:
    time without rows after which a kabupaten is silent. situasi_valid, checkin_valid, critical: for
    a kabupaten whose own rules are unknown. subdivisions: the level between it and the kabupaten,
    code -> name, in order.
    """

    name: Annotated[str, Field(alias="command.name")]
    level: Annotated[str, only(POLDA, MABES), Field(alias="command.level")]
    code: Annotated[str, Field(alias="command.code")]
    contest: Annotated[str, Field(alias="command.contest")]
    operation: Annotated[str, Field(alias="command.operation")]
    silent_after: Annotated[Minutes, Field(alias="thresholds.silent_after_min")]
    situasi_valid: Annotated[Minutes, Field(alias="thresholds.situasi_valid_min")]
    checkin_valid: Annotated[Minutes, Field(alias="thresholds.word_every_min")]
    tps: Annotated[Count | None, Field(alias="register.tps", default=None)]
    dpt: Annotated[Count | None, Field(alias="register.dpt", default=None)]
    members: Annotated[tuple[Member, ...], CHECKED]
    subdivisions: Annotated[Mapping[str, str], Field(alias="parts")]
    critical: CriticalRule = DEFAULT_CRITICAL

    def member(self, code: str) -> Member:
        """Return the member with this code. Raises KeyError where there is none."""
        return {member.code: member for member in self.members}[code]

    def name_of(self, code: str) -> str:
        """Return the name of a member or subdivision; another code as it is."""
        names = {member.code: member.name for member in self.members}
        return names.get(code) or self.subdivisions.get(code, code)

    def in_zone_of(self, member: Member) -> Self:
        """Return the command with the clock of a member."""
        return replace(self, zone=member.zone, zone_label=member.zone_label)


def is_higher_command(folder: Path) -> bool:
    """Return whether this folder defines a command level, not the election of a kabupaten."""
    return (folder / FILE_NAME).is_file()


def members_under(command: HigherCommand, code: str) -> tuple[Member, ...]:
    """Return the members under a code (of a province or kabupaten); all of them under ""."""
    return tuple(
        member for member in command.members if not code or f"{member.code}.".startswith(f"{code}.")
    )


def load(folder: Path) -> HigherCommand:
    """Read `command.toml` and `kabupaten.csv` in this folder.

    Raises DefinitionError naming the file, the missing or wrong entry, and what to do.
    """
    path = folder / FILE_NAME
    with wrap_definition_errors(path):
        entries = {"folder": folder, "slug": folder.name, "members": ()}
        tables = flatten_tables(read_toml(path), "command", "day", "register", "thresholds")
        command = parse_definition(HigherCommand, {**entries, **tables})
        rows = read_table(folder / MEMBERS_FILE_NAME, _MemberRow, "kode")
        command = replace(command, members=tuple(_build_member(command, row) for row in rows))
        _check(command)
    return command


def _build_member(command: HigherCommand, row: "_MemberRow") -> Member:
    return Member(
        code=row.kode,
        name=row.nama,
        command=row.satuan,
        election_folder=(command.folder / row.pemilihan).resolve() if row.pemilihan else None,
        tps=row.tps,
        dpt=row.dpt,
        estimated=row.perkiraan,
        source=row.sumber,
        zone=row.zona or command.zone,
        zone_label=row.label_zona or command.zone_label,
    )


@dataclass(frozen=True)
class _MemberRow:
    """A row of kabupaten.csv, under its columns."""

    kode: Filled
    nama: Filled
    satuan: Filled
    pemilihan: str
    tps: CountOrNone
    dpt: CountOrNone
    perkiraan: YesNo
    sumber: str
    zona: Annotated[ZoneInfo | None, BeforeValidator(lambda text: text or None)] = None
    label_zona: str = ""


def _check(command: HigherCommand) -> None:
    codes = [member.code for member in command.members]
    outside = [code for code in codes if not code.startswith(command.code)]
    outside += [
        member.code for member in command.members if member.province not in command.subdivisions
    ]
    if outside:
        raise ValueError(
            f"{MEMBERS_FILE_NAME}: {', '.join(outside[:5])} bukan dari provinsi {command.name}"
        )
    for quantity, declared, counts in (
        ("tps", command.tps, [member.tps for member in command.members]),
        ("dpt", command.dpt, [member.dpt for member in command.members]),
    ):
        _check_sum(quantity, declared, counts)
    without_folder = [
        member.code
        for member in command.members
        if member.election_folder and not member.election_folder.is_dir()
    ]
    if without_folder:
        raise ValueError(
            f"{MEMBERS_FILE_NAME}: folder pemilihan {', '.join(without_folder[:5])} tidak ada"
        )


def _check_sum(quantity: str, declared: int | None, counts: Iterable[int | None]) -> None:
    """Raise ValueError if the counts do not add up; with unknown ones, if they exceed the sum."""
    all_counts = list(counts)
    total = sum(count for count in all_counts if count is not None)
    is_wrong = (
        total > declared if None in all_counts and declared is not None else total != declared
    )
    if declared is not None and is_wrong:
        raise ValueError(
            f"entri {quantity!r} di [register]: {declared}, jumlah {MEMBERS_FILE_NAME} {total}"
        )
