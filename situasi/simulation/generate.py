"""Rehearsal day for any register, written as the feed files of an election day."""

from pathlib import Path

from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register
from situasi.simulation import activities, context, feed_rows
from situasi.simulation.context import SimulationContext
from situasi.simulation.feed_rows import FeedRow
from situasi.simulation.incidents import duplicates, incidents, neutrality, routine_reports
from situasi.simulation.incidents import rows as incidents_rows
from situasi.simulation.incidents.lifecycle import SimulatedIncident
from situasi.simulation.personnel import checkins, deployment, partner_agencies, roster
from situasi.simulation.personnel import orders as personnel_orders
from situasi.simulation.stations import stations as stations_stations

_AREA_COLUMNS = ("id", "waktu", "kode_kecamatan", "kecamatan")
_LOCATION_COLUMNS = (*_AREA_COLUMNS, "desa", "tps")
_LAST_COLUMNS = ("pelapor", "waktu_lapor", "sumber", "latihan")

HEADINGS: dict[str, tuple[str, ...]] = {
    "incidents": (
        *_LOCATION_COLUMNS, "lat", "lon", "jenis", "tingkat", "status", "uraian", "pelapor",
        "waktu_lapor", "situasi", "keandalan", "kredibilitas", "ditugaskan", "rujukan", "sumber",
        "latihan",
    ),
    "tps": (
        *_LOCATION_COLUMNS, "fase", "hadir", "hadir_dpt", "hadir_dptb", "hadir_dpk", "kontak",
        "pengawal", "uraian", *_LAST_COLUMNS,
    ),
    "personnel": (
        *_LOCATION_COLUMNS, "lat", "lon", "petugas", "instansi", "checkin", "uraian",
        *_LAST_COLUMNS,
    ),
    "activities": (
        *_AREA_COLUMNS, "giat", "fungsi", "status", "tahapan", "sop", "mitra", "lokasi", "jumlah",
        "uraian", *_LAST_COLUMNS,
    ),
    "roster": (*_AREA_COLUMNS, "petugas", "pangkat", "satuan", "instansi", *_LAST_COLUMNS),
    "postings": (
        *_LOCATION_COLUMNS, "petugas", "penugasan", "lokasi", "uraian", *_LAST_COLUMNS,
    ),
    "neutrality": (*_AREA_COLUMNS, "langkah", "asal", "satuan", "uraian", *_LAST_COLUMNS),
}  # fmt: skip
_ID_PREFIXES = {
    "incidents": "", "tps": "T", "personnel": "P", "activities": "G",
    "roster": "R", "postings": "K", "neutrality": "N",
}  # fmt: skip


def generate_day(register: Register, boundaries: Boundaries, seed: int, folder: Path) -> list[Path]:
    """Write FEED.csv into the folder for every feed of HEADINGS; return the paths.

    One realistic day, marked latihan=ya in every row and ordered by waktu_lapor. The same register,
    boundaries and seed give the same bytes. Raises ValueError if the register has no TPS.
    """
    setup = context.build_context(register, boundaries, seed)
    cases = incidents.simulate_incidents(setup)
    cases += duplicates.simulate_duplicates(setup, cases)
    busy = {incident.place.kecamatan for incident in cases if incident.is_crowd}
    outages = feed_rows.draw_kecamatan_outages(setup, busy, setup.rng("silences"))
    undelayed = _build_feeds(setup, cases).items()
    feeds = {feed: feed_rows.delay_rows(rows, outages) for feed, rows in undelayed}
    feeds["incidents"] += routine_reports.simulate_routine_reports(setup, cases, outages)
    folder.mkdir(parents=True, exist_ok=True)
    write = feed_rows.write_feed_file
    return [
        write(folder / f"{feed}.csv", HEADINGS[feed], rows, _ID_PREFIXES[feed], seed)
        for feed, rows in feeds.items()
    ]


def _build_feeds(
    simulation_context: SimulationContext, simulated_incidents: list[SimulatedIncident]
) -> dict[str, list[FeedRow]]:
    """Build the rows of every feed, as if there were no outages."""
    initial = deployment.build_initial_orders(
        simulation_context, roster.build_police_roster(simulation_context)
    )
    orders = [
        *initial,
        *partner_agencies.build_partner_orders(simulation_context),
        *deployment.build_redeployment_orders(simulation_context, initial, simulated_incidents),
    ]
    stations, box_arrivals = stations_stations.simulate_stations(
        simulation_context,
        simulated_incidents,
        personnel_orders.assign_box_escorts(simulation_context, orders),
    )
    return {
        "incidents": [
            row
            for incident in simulated_incidents
            for row in incidents_rows.build_incident_rows(simulation_context, incident)
        ],
        "tps": stations,
        "personnel": checkins.simulate_checkins(simulation_context, orders, box_arrivals),
        "activities": activities.simulate_activities(simulation_context),
        "roster": personnel_orders.build_roster_rows(simulation_context, orders),
        "postings": personnel_orders.build_order_rows(simulation_context, orders),
        "neutrality": neutrality.simulate_neutrality(simulation_context),
    }
