"""Rules that are misspelt or make no sense are refused, each named with what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from situasi.domain import election
from situasi.domain.definition_errors import DefinitionError
from situasi.domain.settings import ROOT

SOURCE = ROOT / "data" / "elections" / "ogan-ilir-2024"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("twin_share = 0.08", "twin_shaer = 0.08", "'twin_shaer' tidak dikenal di [counts]"),
        (
            "speed_kmh = 30",
            "speed_kmh = 30\nmost_kmm = 5",
            "'most_kmm' tidak dikenal di [moves] (isinya 5)",
        ),
        ("marked_chance = 0.02", "marked_chance = 5.0", "[counts]: 5 harus kurang dari 1"),
        ("confidence_percent = 90", "confidence_percent = 900", "900 harus kurang dari 100"),
        ("confidence_percent = 90", 'confidence_percent = "tinggi"', "'tinggi' bukan angka"),
        ("jump_share = 0.35", "jump_share = -0.1", "-0.1 harus paling sedikit 0"),
        ("low_points = 7.0", "low_points = 700", "700 harus paling banyak 50"),
        ("window_steps = [1, 2]", "window_steps = [0]", "0 harus paling sedikit 1"),
        (
            "counts_grace_min = 30",
            "counts_grace_min = -5",
            "-5 bukan lama waktu, dari 0 sampai 43200",
        ),
        ("speed_kmh = 30", "speed_kmh = 0", "0 harus lebih dari 0"),
        ("speed_kmh = 30", "speed_kmh = nan", "'speed_kmh' di [moves]: nan bukan angka"),
        ('fase = "dibuka"', 'fase = "dibukak"', "dibukak tidak dikenal; yang ada logistik_tiba"),
        ('"brimob"]', '"brimobb"]', "brimobb tidak dikenal; yang ada polri"),
        ("cadangan = 0.1", "cadangn = 0.1", "cadangn tidak dikenal; yang ada tps"),
        ("[service.rendah]", "[service.rendahh]", "rendah tidak ada"),
        ("belum = 2", "belum = 2\ngawat = 9", "gawat tidak dikenal"),
        ("personel = 20", "petugas = 20", "personel tidak ada"),
        ("partisipasi = 15", "partisipasi = 16", "jumlahnya 101, bukan 100"),
        ('tingkat = ["tinggi"]', 'tingkat = ["tingi"]', "tingi tidak dikenal; yang ada rendah"),
        ('"tinggi"]\nsituasi = ["merah"]', "]\nsituasi = []", "tingkat dan situasi kosong"),
        ('set_aside = ["turun"', 'set_aside = ["turunn"', "turunn tidak dikenal; yang ada turun"),
        ("at = 08:00:00, share = 0.17", "at = 08:00:00, share = 0.57", "0.38 pada 09.00"),
        ("at = 08:00:00, share = 0.17", "at = 09:30:00, share = 0.17", "0.38 pada 09.00"),
        ("at = 13:00:00, share = 1.0", "at = 13:00:00, share = 0.95", "titik terakhir harus 1"),
        ('"sara", "hoaks"', '"sara", "hoax"', "hoax tidak dikenal"),
        ("counts_every_min = 60", "counts_every_min = 0", "0 bukan lama waktu, dari 1 sampai 1440"),
        ("step_min = 30", "step_min = 5000", "5000 bukan lama waktu, dari 1 sampai 1440"),
        ("close_min = 240", "close_min = 10", "'tinggi' di [service]: verify_min, handle_min"),
        ("held_above = 1.50", "held_above = 0.5", "0.5 harus paling sedikit 1"),
        ("percent = 83.58", "percent = 0.8358", "0.8358 harus paling sedikit 5"),
        ("confidence_percent = 90", "confidence_percent = 0.9", "0.9 harus paling sedikit 50"),
        ("from_tps = true", 'from_tps = "no"', "'from_tps' di [moves]: 'no' bukan true atau false"),
        ("at = 13:30:00", "at = 05:30:00", "ditutup pada 05.30 tidak sesudah dibuka"),
        ('fase = "ditutup"', 'fase = "dibuka"', "dibuka pada 13.30 tidak sesudah dibuka"),
        ('who = "Polsek", after_min = 30', 'who = "Polsek", after_min = 90', "Posko tidak sesudah"),
        ("repeated_by = 4", "repeated_by = 1", "1 harus paling sedikit 2"),
        ("score = 60", "score = 999", "score 999 tidak tercapai: points berjumlah 185"),
        ("seconds = 1.5", "seconds = 150000", "150000 harus paling banyak 60"),
        ("[moves.stays]", "[moves.stay]", "'stays' tidak ada di [moves]"),
        ("empty = 100 ", "EMPTY = 100 ", "empty tidak ada; EMPTY tidak dikenal; yang ada empty"),
    ],
)
def test_a_rule_that_makes_no_sense_is_named(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    folder = tmp_path / "pemilihan"
    shutil.copytree(SOURCE, folder)
    rules = folder / "rules.toml"
    text = rules.read_text("utf-8")
    assert right in text
    rules.write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(DefinitionError) as refused:
        election.load(folder)
    assert "rules.toml" in str(refused.value)
    assert said in str(refused.value)
