"""Errors in the files that define an election, in one sentence: file, line and remedy."""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_LINE = re.compile(r"\(at line (\d+), column \d+\)")
# How tomllib begins to say that an entry or a table was there before.
_WRITTEN_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine")
REMEDY = "Perbaiki, lalu mulai lagi."


class DefinitionError(ValueError):
    """A file that defines an election cannot be used; the message says where, and what to do."""


@contextmanager
def wrap_definition_errors(path: Path) -> Iterator[None]:
    """Raise any error in the block as a DefinitionError about this file."""
    try:
        yield
    except DefinitionError:
        raise
    except FileNotFoundError as error:
        raise DefinitionError(
            f"{error.filename or path} tidak ada. Periksa SITUASI_ELECTION, atau ambil berkas itu"
            " dari pemilihan lain atau dari cadangan."
        ) from error
    except OSError as error:
        raise DefinitionError(f"{path} tidak terbaca ({error.strerror}). {REMEDY}") from error
    except json.JSONDecodeError as error:
        raise DefinitionError(
            f"{path} baris {error.lineno}: bukan JSON yang benar ({error.msg}). {REMEDY}"
        ) from error
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{path} bukan teks UTF-8. Simpan sebagai UTF-8.") from error
    except KeyError as error:
        raise DefinitionError(
            f"{path}: entri {error} tidak ada. Bandingkan dengan berkas pemilihan lain. {REMEDY}"
        ) from error
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise DefinitionError(f"{path}: {error}. {REMEDY}") from error


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file, also one with a byte order mark. Raises DefinitionError naming the line."""
    with wrap_definition_errors(path):
        text = path.read_text("utf-8-sig")
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DefinitionError(_describe_syntax_error(path, text, str(error))) from error


def _describe_syntax_error(path: Path, text: str, reason: str) -> str:
    lines = text.rstrip().split("\n")
    match = _LINE.search(reason)
    number = min(int(match[1]), len(lines)) if match else len(lines)
    problem = "tertulis dua kali" if reason.startswith(_WRITTEN_TWICE) else "bukan TOML yang benar"
    return f"{path} baris {number}: {lines[number - 1].strip()[:80]!r} {problem}. {REMEDY}"
