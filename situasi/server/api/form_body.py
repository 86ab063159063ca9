"""Bodies of programs that bring messages: JSON, or the fields of a form."""

from typing import Any
from urllib.parse import parse_qsl

from situasi.server.api import request_body
from situasi.server.api.problem_details import Problem

FORM = "application/x-www-form-urlencoded"
_MAX_FIELDS = 100
_JSON_TYPES = (request_body.JSON, "text/plain", "application/octet-stream", "")
# Old gateways write forms in these; JSON is UTF-8 always.
_CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "latin-1"}


def parse_document(content_type: str, body: bytes) -> Any:
    """Return the JSON document of a body, or the fields of a form. Raises Problem 415 and 422."""
    declared, charset = _split_content_type(content_type)
    if declared not in (*_JSON_TYPES, FORM):
        expected = f"{request_body.JSON} atau {FORM}"
        raise Problem(415, f'Kirim pesan sebagai {expected}, bukan "{declared[:60]}".')
    start = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in {b"{", b"["}:  # curl calls every body a form
        return request_body.parse_json(body)
    if declared != FORM:
        raise Problem(422, "Isi ini bukan JSON: objek pesan, atau daftar objek pesan.")
    return parse_form(body, charset)


def parse_form(body: bytes, charset: str) -> dict[str, str]:
    """Return the fields of a form, each of which may be there once. Raises Problem 415 and 422."""
    encoding = _CHARSETS.get(charset)
    if encoding is None:
        raise Problem(415, f'Huruf "{charset[:40]}" tidak dikenal; kirim sebagai UTF-8.')
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS,
            encoding=encoding, errors="strict",
        )  # fmt: skip
    except UnicodeError:
        raise Problem(422, "Formulir ini berisi huruf yang rusak (bukan UTF-8).") from None
    except ValueError:
        raise Problem(422, f"Formulir ini punya lebih dari {_MAX_FIELDS} isian.") from None
    if len(dict(pairs)) < len(pairs):
        raise Problem(422, "Formulir ini memuat isian yang sama dua kali.")
    if not pairs:
        raise Problem(422, "Formulir ini kosong.")
    return dict(pairs)


def _split_content_type(content_type: str) -> tuple[str, str]:
    declared, _, parameters = content_type.partition(";")
    charset = "utf-8"
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip(" \"'").lower()
    return declared.strip().lower(), charset
