"""Run the command line: `python -m situasi`."""

import re
import sys

import typer
from typer.exceptions import Abort, TyperException

from situasi.cli import app

# What the library says of a command that it cannot run, and what is said instead.
_MESSAGES = (
    (r"Missing argument '(.+?)'\.", "Argumen {0} wajib diisi."),
    (r"Missing (?:option|parameter) '(.+?)'\.", "Pilihan {0} wajib diisi."),
    (r"No such command '(.+?)'\.", "Perintah “{0}” tidak ada."),
    (r"No such option: ([^\s?]+)", "Pilihan {0} tidak ada."),
    (r"Option '(.+?)' requires (?:an argument|\d+ arguments)\.", "Pilihan {0} perlu isi."),
    (r"Option '(.+?)' does not take a value\.", "Pilihan {0} tidak berisi nilai."),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", "Argumen berlebih: {0}."),
    (
        r"Invalid value for '(.+?)': Input should be a valid (?:integer|number)",
        "{0} harus bilangan.",
    ),
    (r"Invalid value for '(.+?)': Input should be (?!a valid)(.+)", "{0}: isi dengan {1}."),
    (r"Invalid value for '(.+?)': Input should be", "{0}: isinya tidak sah."),
    (r"Invalid value for '(.+?)': (.+)", "{0}: {1}"),
    (r"Invalid value: (.+)", "{0}"),
)
_HELP = "Petunjuk: tambahkan --help di belakang perintah."


def translate_error(message: str) -> str:
    """Return in Indonesian what the library says; a sentence of our own as it is."""
    for pattern, words in _MESSAGES:
        if match := re.match(pattern, message, re.DOTALL):
            return words.format(*match.groups())
    return message


def run() -> None:
    """Run one command and end with its exit code."""
    try:
        code = app(standalone_mode=False)
    except Abort:
        sys.exit("Dibatalkan.")
    except TyperException as error:
        message = error.format_message()
        if message.strip():
            typer.echo(f"{translate_error(message)}\n{_HELP}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    run()
