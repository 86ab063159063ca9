"""What is wrong with a command is said in Indonesian, with the exit code of the library."""

from __future__ import annotations

import pytest

from situasi.__main__ import run, translate_error


@pytest.mark.parametrize(
    ("command", "words", "code"),
    [
        (["ingest"], "Argumen files wajib diisi.", 2),
        (["tidakada"], "Perintah “tidakada” tidak ada.", 2),
        (["profile", "tidakada"], "Perintah “tidakada” tidak ada.", 2),
        (["ingest", "--taktahu"], "Pilihan --taktahu tidak ada.", 2),
        (["ingest", "--feed"], "Pilihan --feed perlu isi.", 2),
        (["undo", "tiga"], "batch harus bilangan.", 2),
        (["profile", "list", "lebih"], "Argumen berlebih: lebih.", 2),
    ],
)
def test_a_command_that_cannot_run_says_why(
    command: list[str],
    words: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["situasi", *command])
    with pytest.raises(SystemExit) as end:
        run()
    assert (end.value.code, words in capsys.readouterr().err) == (code, True)


def test_help_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["situasi", "ingest", "--help"])
    with pytest.raises(SystemExit) as end:
        run()
    assert end.value.code == 0
    assert "Masukkan berkas" in capsys.readouterr().out


def test_sentences_of_our_own_stay() -> None:
    assert translate_error("Berkas tidak ditemukan.") == "Berkas tidak ditemukan."
    assert translate_error("Invalid value: tanggal tidak sah") == "tanggal tidak sah"
