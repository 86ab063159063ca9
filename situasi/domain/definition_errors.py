"""Errors in the files that define an election, in one sentence: file, line and remedy."""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LINE = re.compile(r"\(at line (\d+), column \d+\)")
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
    except tomllib.TOMLDecodeError as error:
        match = _LINE.search(str(error))
        line = f" baris {match[1]}" if match else ""
        raise DefinitionError(f"{path}{line}: bukan TOML yang benar ({error}). {REMEDY}") from error
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
