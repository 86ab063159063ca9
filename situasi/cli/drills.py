"""The command that plays an exercise scenario into a rehearsal store."""

import time
from typing import Annotated

import typer

from situasi.actions import exercise_controller
from situasi.actions.exercise_controller import ExerciseController, ExerciseRefused, ExerciseRun
from situasi.cli.common import actor, err, fail, now, open_cli_board, parse_time_of_day, print_line
from situasi.domain import exercise_scenarios
from situasi.domain.exercise_scenarios import Scenario


def drill(
    name: Annotated[
        str | None, typer.Argument(help="Nama skenario; tanpa nama: daftarnya.")
    ] = None,
    at: Annotated[
        str, typer.Option("--at", help="now, atau jam latihan saat skenario mulai: 09.30.")
    ] = "now",
    leave: Annotated[
        bool, typer.Option("--leave", help="Hanya mulai; papan yang berjalan mengirim pesannya.")
    ] = False,
) -> None:
    """Putar satu skenario latihan (LATIHAN) ke penyimpanan latihan, pesan demi pesan."""
    with open_cli_board() as board:
        try:
            scenarios = exercise_scenarios.load(board.register)
            if name is None:
                return _print_scenarios(scenarios)
            if name not in scenarios:
                raise fail(f'skenario "{name}" tidak ada; yang ada: {", ".join(scenarios) or "-"}')
            election = board.register.election
            starts_at = None if at == "now" else parse_time_of_day(at, election, "09.30")
            run = exercise_controller.start(board, scenarios[name], actor(), now(), starts_at)
            err.print(f"{run.id} dimulai.", highlight=False)
            if not leave:
                _play_messages(ExerciseController(board, now), run)
        except (ExerciseRefused, ValueError) as error:
            raise fail(error) from error
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
    return None


def _print_scenarios(scenarios: dict[str, Scenario]) -> None:
    for code, scenario in scenarios.items():
        print_line(f"{code}\t{scenario.name}")


def _play_messages(player: ExerciseController, run: ExerciseRun) -> None:
    """Report until all messages of this exercise are delivered."""
    while any(due.id == run.id for due, _number, _message in player.pending_messages()):
        for result in player.report_due():
            err.print(f"{result.path}: {result.accepted} diterima", highlight=False, markup=False)
        if any(due.id == run.id for due, _number, _message in player.pending_messages()):
            time.sleep(exercise_controller.POLL_S)
