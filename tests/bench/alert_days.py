"""Made-up days with known truth, for the rates of alerts: things planted, all else in order."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from situasi.domain import feed_schemas
from situasi.domain.register import Register
from tests.builders import DAY, incident, incidents, report, rows_of

# Reports an hour of the whole kabupaten from 04.00, as on the rehearsal day: calm before the
# opening, lively while TPS are open and when they count.
PACE = (1, 1, 2, 6, 7, 7, 6, 5, 6, 7, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1)
BUSY = 4.0  # times as many reports from the kecamatan that is always busy
TWINS = 0.08  # of the reports come twice, by two posts, within minutes

Rows = list[dict[str, Any]]
Frames = Mapping[str, pd.DataFrame]


def at(minutes: float) -> datetime:
    """Minutes after midnight."""
    return DAY + timedelta(minutes=round(minutes))


@dataclass
class Planted:
    """What must be found: a rule, whom it concerns, and from which minute on it is true."""

    truth: dict[tuple[str, str], float] = field(default_factory=dict)

    def plant(self, rule: str, member: str, minute: float) -> None:
        self.truth[rule, member] = minute


# Bursts


@dataclass(frozen=True)
class Burst:
    kecamatan: str
    first: float
    last: float


def noise(register: Register, rng: np.random.Generator) -> list[tuple[float, str]]:
    """Reports of a day on which nothing is planted: minute, kecamatan; one is always busy."""
    codes = list(register.kecamatan)
    tps = register.tps["kecamatan"].value_counts().reindex(codes).to_numpy("float64")
    weight = tps * rng.gamma(4.0, 0.25, len(codes))
    weight[rng.integers(len(codes))] *= BUSY
    share = weight / weight.sum()
    found: list[tuple[float, str]] = []
    for hour, pace in enumerate(PACE, start=4):
        for _ in range(rng.poisson(pace)):
            minute = 60 * hour + rng.uniform(0, 60)
            code = codes[rng.choice(len(codes), p=share)]
            found.append((minute, code))
            if rng.random() < TWINS:
                found.append((min(minute + rng.uniform(2, 15), 1439), code))
    return found


def bursts(register: Register, rng: np.random.Generator, number: int) -> list[Burst]:
    codes = rng.permutation(list(register.kecamatan))[:number]
    found = []
    for code in codes:
        start = rng.uniform(5 * 60, 21 * 60)
        found.append(Burst(str(code), start, start + rng.uniform(15, 30)))
    return found


def of_burst(burst: Burst, rng: np.random.Generator) -> list[tuple[float, str]]:
    """Five to eight reports within its time."""
    inner = rng.uniform(burst.first, burst.last, rng.integers(3, 7))
    return [(float(m), burst.kecamatan) for m in (burst.first, *inner, burst.last)]


def told(reports: Sequence[tuple[float, str]]) -> pd.DataFrame:
    """The reports as incident rows, in the order known."""
    rows = [
        incident(id=f"B{n}", at=at(minute), known=DAY + timedelta(minutes=minute), kecamatan=code)
        for n, (minute, code) in enumerate(sorted(reports))
    ]
    return incidents(*rows)


# A whole day of all feeds


def whole_day(register: Register, seed: int, *, planted: bool) -> tuple[dict[str, Any], Planted]:
    """Frames by feed of a day in order, and what was planted in it (nothing, unless asked)."""
    rng, truth = random.Random(seed), Planted()
    frames: dict[str, Any] = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
    frames["tps"] = _stations(register, rng, truth, planted)
    frames |= _officers(register, rng, truth, planted)
    frames["incidents"] = _cases(register, rng, truth, planted)
    frames["neutrality"] = _neutrality(truth, planted)
    return frames, truth


def _frame(feed: feed_schemas.Feed, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a snapshot holds them; bookkeeping is filled in. Times: minutes of the day."""
    types = {**feed_schemas.stored_dtypes(feed), "withdrawn_at": "datetime64[us, UTC]"}
    given: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in types}
    size = len(rows)
    given |= {
        "seq": list(range(1, size + 1)), "batch": [1] * size, "row": list(range(1, size + 1)),
        "precision": ["menit"] * size, "latihan": [False] * size,
        "id": [row.get("id") or f"R{n}" for n, row in enumerate(rows)],
    }  # fmt: skip
    for name, dtype in types.items():
        if dtype.startswith("datetime"):
            source = "occurred" if name == "occurred_at" else "known"
            cells = [row[source] for row in rows] if name != "withdrawn_at" else [None] * size
            start = pd.Timestamp(DAY).tz_convert(UTC)
            given[name] = list(start + pd.to_timedelta(np.round(np.array(cells, "float64")), "min"))
    return pd.DataFrame({name: pd.Series(given[name], dtype=types[name]) for name in types})


def _stations(register: Register, rng: random.Random, truth: Planted, planted: bool) -> Any:
    table = register.tps
    codes = list(table["code"])
    voters = dict(zip(codes, table["dpt"].astype("float64"), strict=True))
    chosen = rng.sample(codes, 40) if planted else []
    late, silent, fell, above, lost = (set(chosen[n : n + 8]) for n in range(0, 40, 8))
    rows: Rows = []

    def tell(code: str, occurred: float, delay: float, **cells: Any) -> None:
        desa, _, number = code.rpartition(".")
        rows.append({"kecamatan": code[:8], "desa": desa, "tps": number, "occurred": occurred,
                     "known": occurred + delay, **cells})  # fmt: skip

    for code in codes:
        tell(code, rng.uniform(290, 395), rng.uniform(2, 9), fase="logistik_tiba")
        opens = rng.uniform(420, 430)
        if code in late:
            opens = rng.uniform(455, 530)
            truth.plant("belum_dibuka", code, 450)
        tell(code, opens, rng.uniform(1, 18), fase="dibuka")
        _counts(code, opens, voters[code], rng, tell, truth, silent, fell, above)
        tell(code, rng.uniform(785, 800), rng.uniform(1, 9), fase="ditutup")
        counted = rng.uniform(880, 1050)
        tell(code, counted, rng.uniform(1, 15), fase="hitung_selesai")
        left = counted + rng.uniform(30, 100)
        tell(code, left, rng.uniform(1, 10), fase="kotak_bergeser")
        if code in lost:
            truth.plant("kotak", code, round(left) + 150)
        else:
            tell(code, left + rng.uniform(25, 135), rng.uniform(1, 9), fase="kotak_tiba_ppk")
            if rng.random() < 0.1:
                tell(code, rng.uniform(1210, 1437), 1, fase="kotak_tiba_kpu")
    if planted:  # nobody tells anything of TPS for so long
        rows = [row for row in rows if not 1325 <= row["known"] < 1430]
        last = max(row["known"] for row in rows if row["known"] < 1430)
        truth.plant("sumber_senyap", "tps", round(last) + 90)
    rows.sort(key=lambda row: row["known"])
    return _frame(feed_schemas.TPS, rows)


def _counts(
    code: str,
    opens: float,
    voters: float,
    rng: random.Random,
    tell: Any,
    truth: Planted,
    silent: set[str],
    fell: set[str],
    above: set[str],
) -> None:
    heads = 0.0
    wrong, told = rng.choice([600, 660, 720]), True
    for hour in range(480, 781, 60):
        heads += voters * rng.uniform(0.08, 0.16)
        if hour <= opens or (code in silent and 540 < hour <= 720):
            continue
        if rng.random() < 0.04 and hour < 780 and told and code not in fell | above | silent:
            told = False
            continue  # one hour is forgotten, the next is told
        told = True
        number = round(heads)
        delay = rng.uniform(2, 25)
        if code in fell and hour == wrong:
            number = round(heads * 0.3)
            truth.plant("hadir_turun", code, round(hour + delay))
        if code in above and hour == 780:
            number = round(1.35 * voters) + 1
            truth.plant("hadir_lebih", code, round(hour + delay))
        tell(code, hour, delay, hadir=number)
    if code in silent:
        truth.plant("tps_diam", code, 690)  # the count of 10.00, late at 10.30


def _officers(
    register: Register, rng: random.Random, truth: Planted, planted: bool
) -> dict[str, Any]:
    """Build an officer for each two TPS of a desa, with check-ins; some do not come."""
    pairs = [
        list(some["code"].iloc[n : n + 2])
        for _desa, some in register.tps.groupby("desa", sort=False)
        for n in range(0, len(some), 2)
    ]
    wide = [list(some["code"]) for _desa, some in register.tps.groupby("desa", sort=False)
            if len(some) >= 6]  # fmt: skip
    thin = wide[rng.randrange(len(wide))] if planted and wide else []
    if thin:
        pairs = [pair for pair in pairs if pair[0] not in thin] + [thin]
        for code in thin:
            truth.plant("kurang_pola", code, 240)
    absent = set(rng.sample(range(len(pairs) - 1), 6)) if planted else set()
    orders: Rows = []
    words: Rows = []
    for number, pair in enumerate(pairs):
        who, code = f"P{number}", pair[0]
        desa = code.rpartition(".")[0]
        place = {"kecamatan": code[:8], "desa": desa, "petugas": who}
        listed = ",".join(one.rpartition(".")[2] for one in pair)
        orders.append({**place, "penugasan": "tps", "tps": listed, "occurred": -900, "known": -890})
        spoken = {**place, "tps": code.rpartition(".")[2], "instansi": "polri"}
        if number in absent:
            for one in pair:
                truth.plant("tanpa_petugas", one, 405)
            continue
        arrives = rng.uniform(330, 390)
        words.append({**spoken, "checkin": "tiba_di_tps", "occurred": arrives,
                      "known": arrives + rng.uniform(1, 10)})  # fmt: skip
        for hour in range(480, 1400, 120):
            told_at = hour + rng.uniform(0, 60)
            words.append({**spoken, "checkin": "laporan_berkala", "occurred": told_at,
                          "known": told_at + rng.uniform(1, 10)})  # fmt: skip
    words.sort(key=lambda row: row["known"])
    return {
        "postings": _frame(feed_schemas.POSTINGS, orders),
        "personnel": _frame(feed_schemas.PERSONNEL, words),
    }


_STEPS = ((8, "diverifikasi"), (20, "ditangani"), (150, "selesai"))


def _case(name: str, start: float, code: str, steps: Any = _STEPS, **cells: Any) -> Rows:
    """A report, and the words that take it further in time."""
    jenis = cells.get("jenis", "logistik")
    first = {"tingkat": "rendah", **cells}
    found = [incident(id=name, at=at(start), known=at(start), kecamatan=code, **first)]
    for after, status in steps:
        found.append(
            incident(id=name, at=at(start), known=at(start + after), kecamatan=code, jenis=jenis,
                     tingkat=None, status=status)
        )  # fmt: skip
    return found


def _cases(register: Register, rng: random.Random, truth: Planted, planted: bool) -> Any:
    rows: Rows = []
    for code in register.kecamatan:
        for hour in range(4, 24):
            minute = at(60 * hour + rng.uniform(1, 20))
            rows.append(incident(id=f"N{code}{hour}", at=minute, known=minute, kecamatan=code,
                                 jenis="nihil", status="nihil", situasi="hijau"))  # fmt: skip
        for n in range(3):  # far apart, as nothing is planted of bursts here
            rows += _case(f"C{code}{n}", 300 + 330 * n + rng.uniform(0, 60), code)
    if planted:
        rows = _trouble(rows, rng.sample(list(register.kecamatan), 6), truth)
    rows.sort(key=lambda row: row["known_at"])
    return incidents(*rows)


def _trouble(rows: Rows, codes: list[str], truth: Planted) -> Rows:
    """The rows with grave cases, crowds, late ones, and a time in which no post could tell."""
    for n, code in enumerate(codes[:2]):
        rows += _case(f"G{n}", 640 + 37 * n, code, tingkat="tinggi")
        truth.plant("berat", f"G{n}", 640 + 37 * n)
    for n, code in enumerate(codes[2:4]):
        start = 700 + 41 * n
        crowd = {"jenis": "unjuk_rasa", "tingkat": "sedang"}
        rows += _case(f"K{n}", start, code, situasi="kuning", **crowd)
        worse = incident(id=f"K{n}", at=at(start), known=at(start + 30), kecamatan=code,
                         situasi="merah", status="ditangani", **crowd)  # fmt: skip
        rows.append(worse)
        truth.plant("keramaian", f"K{n}", start)
        truth.plant("berat", f"K{n}", start + 30)
    for n, code in enumerate(codes[4:]):
        rows += _case(f"L{n}", 800 + 23 * n, code, ())
        truth.plant("lewat_waktu", f"L{n}", 860 + 23 * n)
    there = [row for row in rows if not at(1030) <= row["known_at"] < at(1130)]
    last = max(row["known_at"] for row in there if row["known_at"] < at(1130))
    truth.plant("sumber_senyap", "incidents", (last - DAY) / timedelta(minutes=1) + 60)
    _also_late(there, truth)
    return there


def _also_late(rows: Rows, truth: Planted) -> None:
    """Cases of which the closing word was lost in the silence stay open, and become overdue."""
    closed = {row["id"] for row in rows if row["status"] == "selesai"}
    for row in rows:
        name = row["id"]
        if row["status"] == "dilaporkan" and name not in closed and name[0] in "CGK":
            steps = {one["status"] for one in rows if one["id"] == name}
            start = (row["known_at"] - DAY) / timedelta(minutes=1)
            due = 60 if "diverifikasi" not in steps else 180 if "ditangani" not in steps else 720
            if start + due < 1439:
                truth.plant("lewat_waktu", name, start + due)


def _neutrality(truth: Planted, planted: bool) -> Any:
    def word(name: str, days: float, step: str) -> dict[str, Any]:
        told_at = DAY - timedelta(days=days)
        return report(id=name, at=told_at, langkah=step, reported_at=told_at)

    rows = [word("E1", 20, "lp_propam"), word("E1", 9, "selesai"), word("E2", 5, "lp_propam")]
    if planted:
        rows.append(word("E3", 13.5, "lp_propam"))
        truth.plant("netralitas", "E3", 12 * 60)
    return rows_of(feed_schemas.NEUTRALITY, *rows)
