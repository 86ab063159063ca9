"""Messages over HTTP reach the tray once, redacted, and nothing of them enters a feed by itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from situasi.domain.feed_schemas import FEEDS
from situasi.ingest import message_tray
from situasi.ingest.message_tray import TrayMessage
from situasi.server.api.limits import Limits
from tests.server.api.conftest import Asking, session

MESSAGES = "/api/v1/pesan"
FORM = "application/x-www-form-urlencoded"
NUMBER = "+62 812-3456-7890"
TEXT = "TPS 3 Ds Lorok hadir 118 jam 9"
ONE = {"teks": TEXT, "pengirim": NUMBER, "waktu": "2024-11-27T02:10:00Z", "id": "m-1"}


def key_of(asking: Asking, name: str = "gateway", **rights: Any) -> dict[str, str]:
    return asking.key(name, messages=True, **rights)


def counts(answer: requests.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    ledger = answer.json()
    return [ledger[name] for name in ("read", "accepted", "duplicate", "ignored")]


def tray(asking: Asking, *area: str) -> list[TrayMessage]:
    store, context = asking.board.store, asking.board.ingest_context
    items = message_tray.list_items(store, area)
    return [message_tray.load_message(store, item, note, context) for item, note in items]


def dumped(asking: Asking) -> str:
    """All that the store keeps, contents of waiting messages unpacked."""
    connection = sqlite3.connect(asking.board.settings.data_folder / "situasi.db")
    text = "\n".join(connection.iterdump())
    connection.close()
    store = asking.board.store
    contents = [store.waiting_content(item.number) for item in store.waiting_items()]
    return text + json.dumps(contents, ensure_ascii=False)


def test_a_message_waits_with_its_proposal_and_no_feed_has_a_row(asking: Asking) -> None:
    answer = asking.post(MESSAGES, ONE, key_of(asking))
    assert counts(answer) == [1, 1, 0, 0] and answer.json()["profile"] == "umum"
    (message,) = tray(asking)
    assert message.number in answer.json()["numbers"]
    assert message.proposal.text == TEXT and message.note.is_clear
    (row,) = message.proposal.rows
    assert (row.feed, row.cells["hadir"], row.cells["tps"]) == ("tps", "118", "003")
    assert all(len(asking.board.store.rows_after(feed)) == 0 for feed in FEEDS.values())


def test_the_number_of_the_sender_and_names_and_votes_are_kept_nowhere(asking: Asking) -> None:
    text = "Lapor Bripka Andi Wijaya NRP 87041234, TPS 3 Ds Lorok hadir 118. Paslon 1: 77 suara."
    asking.post(MESSAGES, {**ONE, "teks": text}, key_of(asking))
    stored = dumped(asking)
    # Not "7890" alone: four digits stand by chance in the hexadecimal of a picture or digest.
    number = ("8123456", "812-3456", "3456-7890", "34567890", "3456 7890")
    for secret in (*number, "Andi", "Wijaya", "87041234", "77 suara"):
        assert secret not in stored.replace("*****", ""), secret
    (message,) = tray(asking)
    assert message.proposal.pelapor is not None
    assert message.proposal.pelapor.startswith("pengirim ")
    assert message.note.sender and not message.note.is_clear


def test_what_is_tried_again_is_one_message_also_after_it_was_settled(asking: Asking) -> None:
    key = key_of(asking)
    assert counts(asking.post(MESSAGES, ONE, key)) == [1, 1, 0, 0]
    assert counts(asking.post(MESSAGES, ONE, key)) == [1, 0, 1, 0]
    (message,) = tray(asking)
    message_tray.settle(asking.board.store, message.number, message.arrived_at, "wati")
    assert counts(asking.post(MESSAGES, ONE, key)) == [1, 0, 1, 0]
    assert tray(asking) == []


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"id": "m-2"}, True),  # sender, time and text are the same
        ({"id": None}, True),
        ({"waktu": "2024-11-27T02:11:00Z"}, True),  # the id is
        ({"id": "m-2", "waktu": "2024-11-27T02:11:00Z"}, False),
        ({"id": "m-2", "teks": "TPS 4 Ds Lorok hadir 90"}, False),
        ({"id": "m-2", "pengirim": "08120000000"}, False),
    ],
)
def test_the_same_id_or_the_same_sender_time_and_text_is_the_same_message(
    asking: Asking, changes: dict[str, Any], is_same: bool
) -> None:
    key = key_of(asking)
    asking.post(MESSAGES, ONE, key)
    assert counts(asking.post(MESSAGES, {**ONE, **changes}, key))[1] == (0 if is_same else 1)


def test_without_time_and_id_the_same_text_is_one_for_ten_minutes(asking: Asking) -> None:
    key = key_of(asking)
    bare = {"teks": TEXT, "pengirim": NUMBER}
    assert counts(asking.post(MESSAGES, [bare, bare], key)) == [2, 1, 1, 0]
    (message,) = tray(asking)
    assert message.note.doubt and "waktu tiba" in message.note.doubt and not message.note.is_clear


def test_a_server_that_begins_anew_knows_what_came_before(
    asking: Asking, asking_with: Callable[[Limits], Asking]
) -> None:
    key = key_of(asking)
    asking.post(MESSAGES, ONE, key)
    again = asking_with(Limits())
    assert counts(again.post(MESSAGES, {**ONE, "id": "m-9"}, key)) == [1, 0, 1, 0]


def test_the_key_of_a_delivery_stands_for_the_ids_that_are_missing(asking: Asking) -> None:
    key = key_of(asking) | {"idempotency-key": "pagi-1"}
    rows = [{"teks": "TPS 1 Ds Lorok hadir 4"}, {"teks": "TPS 2 Ds Lorok hadir 5"}]
    assert counts(asking.post(MESSAGES, rows, key)) == [2, 2, 0, 0]
    assert counts(asking.post(MESSAGES, rows, key)) == [2, 0, 2, 0]


def test_a_message_that_its_sender_changed_comes_again_and_says_of_which(asking: Asking) -> None:
    def update(text: str, **more: Any) -> dict[str, Any]:
        body = {"message_id": 5, "chat": {"id": 1}, "from": {"id": 7}, "date": 1732673400,
                "text": text, **more}  # fmt: skip
        return {"update_id": 1, "edited_message" if more else "message": body}

    key = key_of(asking)
    asking.post(MESSAGES, update(TEXT), key)
    asking.post(MESSAGES, update("TPS 3 Ds Lorok hadir 119 jam 9", edit_date=1732673460), key)
    first, second = sorted(tray(asking), key=lambda message: message.number)
    assert second.note.edits == first.number and not second.note.is_clear


def test_a_message_and_its_change_in_one_delivery_are_two_and_the_change_is_not_clear(
    asking: Asking,
) -> None:
    first = {"event_id": "$1", "type": "m.room.message", "sender": "@pos4:polres",
             "origin_server_ts": 1732673400000, "content": {"body": TEXT}}  # fmt: skip
    new = {"body": "TPS 3 Ds Lorok hadir 119 jam 9"}
    content = {"body": "* baru", "m.new_content": new, "m.relates_to": {"event_id": "$1"}}
    changed = {**first, "event_id": "$2", "content": content}
    answer = asking.post(MESSAGES, {"events": [first, changed, first]}, key_of(asking))
    assert counts(answer) == [3, 2, 1, 0]
    clear = {one.proposal.text: one.note.is_clear for one in tray(asking)}
    assert clear == {TEXT: True, new["body"]: False}


@pytest.mark.parametrize("spelled", [urlencode(ONE), json.dumps(ONE)])
def test_a_form_is_taken_like_json_whatever_it_is_called(asking: Asking, spelled: str) -> None:
    assert counts(asking.post(MESSAGES, spelled.encode(), key_of(asking), FORM)) == [1, 1, 0, 0]
    assert tray(asking)[0].proposal.text == TEXT


def test_each_program_hears_what_it_waits_for(asking: Asking) -> None:
    key = key_of(asking)
    smssync = {
        "from": NUMBER,
        "message": TEXT,
        "sent_timestamp": "1732673400000",
        "message_id": "1",
    }
    answer = asking.post(MESSAGES, urlencode(smssync).encode(), key, FORM)
    assert answer.json() == {"payload": {"success": True, "error": None}}
    twilio = {"MessageSid": "SM1", "From": NUMBER, "Body": TEXT}
    answer = asking.post(MESSAGES, urlencode(twilio).encode(), key, FORM)
    assert answer.headers["content-type"].startswith("text/xml") and "<Response/>" in answer.text


def test_whatsapp_is_answered_its_challenge_by_the_key_and_nobody_else(asking: Asking) -> None:
    token = key_of(asking)["authorization"].removeprefix("Bearer ")
    query = f"?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}"
    answer = asking.get(MESSAGES + query)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    assert asking.get(MESSAGES + query[:-1]).status_code == 401
    assert asking.get(MESSAGES + query.replace("1158201444", "<b>")).status_code == 422


def test_only_a_key_with_the_right_brings_messages(asking: Asking) -> None:
    assert asking.post(MESSAGES, ONE, {}).status_code == 401
    for headers in (asking.key("lapor", feeds=("tps",)), asking.key("baca", read=True),
                    session("pimpinan")):  # fmt: skip
        assert asking.post(MESSAGES, ONE, headers).status_code == 403
    only_messages = key_of(asking)
    assert asking.post("/api/v1/tps", [{"hadir": 1}], only_messages).status_code == 403
    assert asking.get("/api/v1/tps", only_messages).status_code == 403
    assert tray(asking) == []


def test_a_person_of_an_area_sees_what_is_surely_of_it(asking: Asking) -> None:
    kandis, all_over = key_of(asking, "kandis", area=("16.10.13",)), key_of(asking)
    asking.post(MESSAGES, {"teks": "Mohon info", "id": "1"}, kandis)
    asking.post(MESSAGES, {"teks": "Mohon info", "id": "2"}, all_over)
    asking.post(MESSAGES, {**ONE, "id": "3"}, all_over)  # Lorok lies in Indralaya Utara
    asking.post(MESSAGES, {**ONE, "id": "4", "waktu": "2024-11-27T02:30:00Z"}, kandis)
    assert len(tray(asking)) == 4
    assert len(tray(asking, "16.10.13")) == 1
    assert len(tray(asking, "16.10.07")) == 2
    outside = next(one for one in tray(asking) if one.note.area and one.proposal.rows)
    assert not outside.note.is_clear


def test_incidents_come_first_and_then_the_oldest(asking: Asking) -> None:
    texts = ["TPS 1 Ds Lorok hadir 4", "TPS 2 Ds Lorok hadir 5",
             "Terjadi keributan di TPS 3 Ds Lorok jam 10.00"]  # fmt: skip
    asking.post(MESSAGES, [{"teks": text} for text in texts], key_of(asking))
    assert [one.proposal.text for one in tray(asking)] == [texts[2], texts[0], texts[1]]


HOSTILE = {
    "deep": (b'{"teks":' * 100_000, "application/json"),
    "a key twice": (b'{"teks":"a","teks":"b"}', "application/json"),
    "half a letter": (rb'{"teks":"\ud800"}', "application/json"),
    "bytes that are no letters": (b'{"teks":"\xff\xfe"}', "application/json"),
    "NaN": (b'{"teks":"a","waktu":NaN}', "application/json"),
    "nothing": (b"", "application/json"),
    "no shape": (b'{"halo":"dunia"}', "application/json"),
    "a number for a text": (b'{"teks":5}', "application/json"),
    "a field twice": (b"teks=a&teks=b", FORM),
    "a thousand fields": (b"&".join(b"a%d=1" % n for n in range(1000)), FORM),
    "a form that is no text": (b"teks=%ff%fe", FORM),
    "a form with raw bytes": (b"teks=\xff", FORM),
    "an empty form": (b"", FORM),
    "three hundred messages": (json.dumps([{"teks": "a"}] * 300).encode(), "application/json"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_in_one_sentence(asking: Asking, name: str) -> None:
    body, kind = HOSTILE[name]
    answer = asking.post(MESSAGES, body, key_of(asking), kind)
    assert answer.status_code == 422, answer.text[:300]
    detail = answer.json()["detail"]
    assert detail.endswith(".") and len(detail) < 400 and "Traceback" not in answer.text
    assert tray(asking) == []


def test_another_type_charset_or_packing_is_named(asking: Asking) -> None:
    key, body = key_of(asking), urlencode(ONE).encode()
    for kind in ("text/html", "multipart/form-data; boundary=x", f"{FORM}; charset=utf-7"):
        assert asking.post(MESSAGES, body, key, kind).status_code == 415
    packed = {**key, "content-encoding": "gzip"}
    assert asking.post(MESSAGES, body, packed, FORM).status_code == 415
    old = b"teks=Kec.+Kandis+aman+%e9&id=9"
    assert counts(asking.post(MESSAGES, old, key, f"{FORM}; charset=iso-8859-1")) == [1, 1, 0, 0]


def test_size_number_and_room_are_limited(asking_with: Callable[[Limits], Asking]) -> None:
    asking = asking_with(Limits(message_bytes=2_000, new_messages_per_hour=2))
    key = key_of(asking)
    assert asking.post(MESSAGES, {"teks": "a" * 3_000}, key).status_code == 413
    for number in range(2):
        assert counts(asking.post(MESSAGES, {**ONE, "teks": f"pesan {number}",
                                             "id": str(number)}, key))[1] == 1  # fmt: skip
    answer = asking.post(MESSAGES, {"teks": "lagi"}, key)
    assert answer.status_code == 429 and "pesan baru" in answer.json()["detail"]
    full = asking_with(Limits(max_messages_waiting=2))
    assert full.post(MESSAGES, {"teks": "lagi"}, key).status_code == 503


def test_two_people_do_not_both_settle_a_message(asking: Asking) -> None:
    asking.post(MESSAGES, ONE, key_of(asking))
    (message,) = tray(asking)
    store, now, number = asking.board.store, message.arrived_at, message.number
    message_tray.claim(store, number, now, "wati")
    message_tray.claim(store, number, now, "wati")  # again by the same person
    with pytest.raises(message_tray.MessageTaken, match="sedang dibuka wati"):
        message_tray.claim(store, number, now, "budi")
    assert message_tray.list_claims(store, now) == {number: "wati"}
    later = now + message_tray.CLAIM_TIME
    message_tray.claim(store, number, later, "budi")  # her browser was closed meanwhile
    message_tray.release(store, number, later, "wati")  # not hers any more
    with pytest.raises(message_tray.MessageTaken, match="budi"):
        message_tray.claim(store, number, later, "wati")
    message_tray.settle(store, number, later, "budi", dropped_because="salah kirim")
    with pytest.raises(message_tray.MessageTaken, match="sudah disisihkan budi"):
        message_tray.settle(store, number, later, "wati")
    with pytest.raises(message_tray.MessageTaken, match="sudah disisihkan budi"):
        message_tray.claim(store, number, later + message_tray.CLAIM_TIME, "wati")


def test_a_proposal_of_another_version_is_read_anew(asking: Asking) -> None:
    asking.post(MESSAGES, ONE, key_of(asking))
    store, context = asking.board.store, asking.board.ingest_context
    ((item, note),) = message_tray.list_items(store, ())
    content = store.waiting_content(item.number)
    content["proposal"]["kind"] = "entah"

    class Old:
        def waiting_content(self, _number: int) -> Any:
            return content

    message = message_tray.load_message(Old(), item, note, context)  # type: ignore[arg-type]
    assert message.proposal.rows[0].cells["hadir"] == "118"
