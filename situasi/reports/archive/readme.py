"""The README of the archive: what it holds, and how to read it."""

from datetime import datetime

from situasi.access.roles import Role
from situasi.board import Board
from situasi.reports.archive.files import ArchiveFile

_EXERCISE_NOTE = (
    "> **LATIHAN: {unreal} dari {rows} baris laporan adalah data latihan (buatan), bukan kejadian"
    " sungguhan.** Kolom `latihan` = true pada setiap baris itu; saring dahulu."
)
_NO_EXERCISE_NOTE = "Tidak ada baris laporan LATIHAN di sini (kolom `latihan` = false semuanya)."
_FULL_ARCHIVE_NOTE = (
    "Arsip ini **utuh**: memuat nama pelapor, teks asli pesan dan perkara netralitas. Simpan"
    " sebagai rahasia. Akun, sesi, kunci, tautan dan catatan keputusan papan (tabel access) tidak"
    " ikut."
)
_ROLE_ARCHIVE_NOTE = (
    "Arsip ini **sebatas peran {role}**: laporan, kolom dan nama yang tidak boleh dilihat peran itu"
    " tidak ikut; jejak tidak ikut."
)
_README = """# Arsip Situasi: {name}

{mark}

| | |
| --- | --- |
| Satuan | {command} |
| Kabupaten | {kabupaten} |
| Hari pemungutan | {day} |
| Pemilihan | {contest} |
| Keadaan | {local} |
| Ujung jejak | catatan {head}, segel `{seal}` |

{whose}

## Berkas

| berkas | baris | di antaranya LATIHAN | isi |
| --- | ---: | ---: | --- |
{listed}

`kamus-data.csv` menjelaskan setiap kolom: jenis, satuan, arti, dan kata untuk setiap kode.
`SHA256SUMS` membuktikan keutuhan: `sha256sum -c SHA256SUMS`.

## Cara membaca

* Setiap waktu adalah UTC, sampai mikrodetik. Waktu setempat: {zone} ({offset}).
* Kosong (null) berarti **tidak dilaporkan atau tidak diketahui**, tidak pernah nol.
* Tidak ada yang diubah atau dihapus: perbaikan adalah baris baru. Baris yang ditarik kembali tetap
  ada; `withdrawn_at` menyebut kapan. Untuk keadaan terakhir, ambil yang `withdrawn_at` kosong.
* `known_at` adalah saat posko mengetahuinya, `recorded_at` saat papan menyimpannya.
* Tidak ada perolehan suara: Polri tidak mencatatnya. `hadir` menghitung orang.
* Karantina memuat baris yang ditolak dengan isi aslinya; `released_by` kosong berarti menunggu.
  Karantina, kiriman dan jejak tidak berkolom `latihan`: lihat baris laporan dari kiriman yang sama.
* `peta/` adalah GeoParquet 1.1 ({credit}; {caution}). **Titik TPS adalah perkiraan**: titik di
  dalam desa atau kecamatannya, bukan letak TPS. `dpt_perkiraan` menandai angka DPT perkiraan.
"""


def build_readme(
    board: Board, files: list[ArchiveFile], role: Role | None, at: datetime, head: tuple[int, str]
) -> str:
    """Return the text. at: of the state that the archive holds. head: of its audit log."""
    election, boundaries = board.register.election, board.boundaries
    reports = [file for file in files if file.name.startswith("laporan/")]
    rows = sum(file.row_count for file in reports)
    unreal = sum(file.exercise_row_count or 0 for file in reports)
    local = at.astimezone(election.zone)
    counts = ["–" if f.exercise_row_count is None else f.exercise_row_count for f in files]
    file_lines = "\n".join(
        f"| `{file.name}` | {file.row_count} | {count} | {file.description} |"
        for file, count in zip(files, counts, strict=True)
    )
    return _README.format(
        name=election.name,
        mark=_EXERCISE_NOTE.format(unreal=unreal, rows=rows) if unreal else _NO_EXERCISE_NOTE,
        command=election.command,
        kabupaten=f"{election.kabupaten} ({election.kabupaten_code})",
        day=election.day.isoformat(),
        contest=election.contest,
        local=f"{local:%Y-%m-%d %H.%M.%S} {election.zone_label}",
        head=head[0],
        seal=head[1],
        listed=file_lines,
        zone=f"{election.zone_label}, {election.zone.key}",
        offset=_format_utc_offset(local),
        whose=_FULL_ARCHIVE_NOTE if role is None else _ROLE_ARCHIVE_NOTE.format(role=role.name),
        credit=boundaries.credit,
        caution=boundaries.caution,
    )


def _format_utc_offset(local: datetime) -> str:
    offset = f"{local:%z}"
    return f"UTC{offset[:3]}:{offset[3:]}"
