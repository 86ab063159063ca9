"""A small command for tests: three kabupaten in two time zones, one of them with its register."""

from __future__ import annotations

from pathlib import Path

from tests.builders_election import invented_election

CONTEST = "contoh-2030"

_TOML = """\
[command]
name = "Polda Contoh"
level = "polda"
code = "99"
contest = "contoh-2030"
operation = "Operasi Contoh 2030"

[day]
date = 2030-11-20
zone = "Asia/Makassar"
zone_label = "WITA"
tps_opens = 07:00:00
tps_closes = 13:00:00
watch_from = 04:00:00
watch_until = 00:00:00

[register]
tps = {tps}

[thresholds]
silent_after_min = 90
situasi_valid_min = 180
word_every_min = 210

[parts]
"99" = "Contoh"
"""

ROWS = """\
kode,nama,satuan,pemilihan,tps,dpt,perkiraan,zona,label_zona,sumber
99.01,Negeri Contoh,Polres Negeri Contoh,../election,18,5400,tidak,,,uji
99.02,Negeri Lain,Polres Negeri Lain,,40,,ya,,,uji
99.71,Kota Contoh,Polresta Contoh,,42,12000,tidak,Asia/Jayapura,WIT,uji
"""


def small_command(folder: Path, rows: str = ROWS, tps: int = 100) -> Path:
    """Write the command and the one election that it knows; returns its folder."""
    if not (folder / "election").is_dir():
        invented_election(folder / "election")
    home = folder / "polda-contoh"
    home.mkdir(parents=True, exist_ok=True)
    (home / "command.toml").write_text(_TOML.format(tps=tps), "utf-8")
    (home / "kabupaten.csv").write_text(rows, "utf-8")
    return home
