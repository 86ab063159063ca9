"""What gateways and bridges send, in the shapes of their makers: one reader for all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.domain.settings import load
from situasi.ingest.message_files.gateway_messages import (
    GatewayDelivery,
    GatewayMessage,
    read_delivery,
    read_sent_time,
)
from situasi.ingest.message_files.gateway_profiles import load_profiles
from situasi.ingest.tables import SourceError
from tests.conftest import NOON

PROFILES = load_profiles(load({}).vocabulary_folder)
WIB = ZoneInfo("Asia/Jakarta")
NINE = datetime(2024, 11, 27, 2, 10, tzinfo=UTC)  # 09.10 WIB
NINE_S = int(NINE.timestamp())
TEXT = "TPS 3 Ds Lorok hadir 118"
LATEST = NOON + timedelta(minutes=10)


def read(document: Any, profile: str | None = None) -> GatewayDelivery:
    return read_delivery(document, PROFILES, WIB, NOON, LATEST, profile)


def only(document: Any, profile: str | None = None) -> GatewayMessage:
    (message,) = read(document, profile).messages
    return message


def whatsapp(**message: Any) -> dict[str, Any]:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62711", "phone_number_id": "1"},
        "contacts": [{"profile": {"name": "Andi"}, "wa_id": "628123456789"}],
        "messages": [message],
    }
    change = {"value": value, "field": "messages"}
    return {"object": "whatsapp_business_account", "entry": [{"id": "9", "changes": [change]}]}


SHAPES: dict[str, dict[str, Any]] = {
    "telegram-export": {
        "name": "PAM Kandis", "type": "private_supergroup", "id": 77,
        "messages": [{
            "id": 3, "type": "message", "date": "2024-11-27T09:10:00", "from": "Pos PAM",
            "date_unixtime": "1732673400", "from_id": "628123456789",
            "text": [TEXT[:4], {"type": "bold", "text": TEXT[4:]}],
        }],
    },
    "telegram-export-all": {
        "about": "semua", "chats": {"about": "", "list": [{"name": "PAM", "id": 1, "messages": [{
            "id": 3, "type": "message", "date_unixtime": "1732673400", "from": "Pos PAM",
            "from_id": "628123456789", "text": TEXT,
        }]}]},
    },
    "sms-gate": {
        "deviceId": "ffffffffceb0b1db0000018e937c815b",
        "event": "sms:received",
        "id": "Ey6ECgOkVVFjz3CL48B8C",
        "webhookId": "LreFUt-Z3sSq0JufY9uWB",
        "payload": {
            "messageId": "abc123",
            "message": TEXT,
            "sender": "+628123456789",
            "recipient": "+62711",
            "simNumber": 1,
            "receivedAt": "2024-11-27T09:10:00.000+07:00",
        },
    },
    "smssync": {
        "from": "+628123456789",
        "message": TEXT,
        "message_id": "80abfd1a-3a75-41b4-9a0a-6a1b2a0b8a3c",
        "sent_to": "+62711",
        "secret": "x",
        "device_id": "1",
        "sent_timestamp": str(NINE_S * 1000),
    },
    "httpsms": {
        "data": {
            "contact": "+628123456789",
            "content": TEXT,
            "message_id": "0b0123bb-ef2e-468f-908a-c026d51636aa",
            "owner": "+62711",
            "sim": "SIM1",
            "timestamp": "2024-11-27T02:10:00.524331882Z",
            "user_id": "XtABz6zdeFMoBLoltz6SREDvRSh2",
        },
        "datacontenttype": "application/json",
        "id": "f4aed1d3-ab4f-42b9-b9dd-9fc7182f7197",
        "source": "/v1/messages/receive",
        "specversion": "1.0",
        "time": "2024-11-27T02:10:01Z",
        "type": "message.phone.received",
    },
    "telegram": {
        "update_id": 10000,
        "message": {
            "date": NINE_S,
            "chat": {"last_name": "Test", "id": 1111111, "first_name": "Andi"},
            "message_id": 1365,
            "from": {"last_name": "Test", "id": 628123456789, "first_name": "Andi"},
            "text": TEXT,
        },
    },
    "whatsapp-cloud": whatsapp(
        id="wamid.HBg", timestamp=str(NINE_S), type="text", text={"body": TEXT},
        **{"from": "628123456789"},
    ),
    "waha": {
        "id": "evt_1",
        "event": "message",
        "session": "default",
        "engine": "NOWEB",
        "payload": {
            "id": "false_628123456789@c.us_AAA",
            "timestamp": NINE_S,
            "from": "628123456789@c.us",
            "fromMe": False,
            "body": TEXT,
            "hasMedia": False,
        },
    },
    "signal": {
        "jsonrpc": "2.0",
        "method": "receive",
        "params": {
            "account": "+62711",
            "envelope": {
                "source": "+628123456789",
                "sourceNumber": "+628123456789",
                "sourceUuid": "7ccae375-cd51-4c82-8b1e-7be3280aa485",
                "sourceName": "Andi",
                "timestamp": NINE_S * 1000,
                "dataMessage": {"timestamp": NINE_S * 1000, "message": TEXT},
            },
        },
    },
    "matrix": {
        "events": [
            {
                "type": "m.room.message",
                "event_id": "$1",
                "sender": "628123456789",
                "origin_server_ts": NINE_S * 1000,
                "content": {"msgtype": "m.text", "body": TEXT},
            }
        ]
    },
    "income-sms": {
        "from": "+628123456789",
        "text": TEXT,
        "sentStamp": NINE_S * 1000,
        "receivedStamp": NINE_S * 1000 + 900,
        "sim": "sim1",
    },
    "green-api": {
        "typeWebhook": "incomingMessageReceived",
        "instanceData": {"idInstance": 1234, "wid": "62711@c.us", "typeInstance": "whatsapp"},
        "timestamp": NINE_S,
        "idMessage": "F7AEC1B7086ECDC7E6E45923F5EDB825",
        "senderData": {
            "chatId": "120363@g.us", "sender": "628123456789@c.us", "chatName": "Posko",
            "senderName": "Andi", "senderContactName": "",
        },
        "messageData": {"typeMessage": "textMessage", "textMessageData": {"textMessage": TEXT}},
    },
    "fonnte": {
        "device": "62711", "sender": "120363@g.us", "message": TEXT, "text": "",
        "member": "628123456789", "name": "Andi", "location": "", "timestamp": NINE_S,
        "inboxid": 4711,
    },
    "umum": {"teks": TEXT, "pengirim": "+628123456789", "waktu": "2024-11-27T02:10Z", "id": "7"},
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_each_program_is_recognised_and_its_message_read(name: str) -> None:
    delivery = read(SHAPES[name])
    assert delivery.profile.name == name and delivery.ignored == ()
    (message,) = delivery.messages
    assert message.text == TEXT and message.doubt is None and not message.is_edit
    assert message.sender.strip("+").startswith("628123456789")
    assert message.sent_at is not None
    assert message.sent_at.replace(microsecond=0) == NINE
    assert message.ident or name in {"income-sms", "telegram-export-all"}


def test_every_profile_has_a_shape_or_is_tested_below() -> None:
    assert {profile.name for profile in PROFILES} == {*SHAPES, "twilio", "matrix-event"}


def test_twilio_says_no_time_so_the_time_of_arrival_counts_and_is_told() -> None:
    form = {"MessageSid": "SM1", "From": "whatsapp:+628123456789", "Body": TEXT, "NumMedia": "0"}
    message = only(form)
    assert (message.sent_at, message.ident) == (None, "SM1")
    assert message.doubt is not None and "waktu tiba" in message.doubt


def test_one_event_of_matrix_is_read_and_its_change_is_one() -> None:
    event = SHAPES["matrix"]["events"][0]
    assert only(event).text == TEXT
    new = {"msgtype": "m.text", "body": "baru"}
    changed = {**event, "event_id": "$2", "content": {"body": "* baru", "m.new_content": new}}
    assert only(changed).text == "baru" and only(changed).is_edit


@pytest.mark.parametrize(
    "document",
    [
        {"deviceId": "1", "event": "system:ping", "id": "1", "webhookId": "2", "payload": {}},
        {**SHAPES["sms-gate"], "event": "sms:delivered"},
        {**SHAPES["httpsms"], "type": "message.phone.sent"},
        {"update_id": 1, "callback_query": {"id": "1"}},
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": {"statuses": [
            {"id": "wamid.1", "status": "delivered"}]}}]}]},
        {**SHAPES["waha"], "payload": {**SHAPES["waha"]["payload"], "fromMe": True}},
        {**SHAPES["waha"], "event": "message.ack"},
        {**SHAPES["green-api"], "typeWebhook": "outgoingMessageReceived"},
        {"envelope": {"source": "+62", "timestamp": NINE_S * 1000, "typingMessage": {}}},
        {"events": [{"type": "m.reaction", "event_id": "$1", "content": {}}]},
        {"teks": "   "},
    ],
)  # fmt: skip
def test_what_is_no_message_is_counted_and_not_refused(document: Any) -> None:
    delivery = read(document)
    assert delivery.messages == () and len(delivery.ignored) == 1


def test_a_picture_is_read_by_its_caption() -> None:
    sent = whatsapp(id="1", timestamp=str(NINE_S), type="image", image={"caption": TEXT, "id": "2"})
    assert only(sent).text == TEXT


def test_an_answer_by_a_button_is_read_by_its_title() -> None:
    reply = {"type": "button_reply", "button_reply": {"id": "1", "title": TEXT}}
    sent = whatsapp(id="1", timestamp=str(NINE_S), type="interactive", interactive=reply)
    assert only(sent).text == TEXT


def test_a_changed_message_of_telegram_keeps_its_number() -> None:
    first = SHAPES["telegram"]["message"]
    changed = {"update_id": 2, "edited_message": {**first, "text": "baru", "edit_date": NINE_S + 9}}
    message = only(changed)
    assert message.is_edit and message.ident == only(SHAPES["telegram"]).ident


def test_many_messages_come_in_a_list_or_under_a_name() -> None:
    rows = [{"text": "satu"}, {"text": "dua"}]
    for document in (rows, {"messages": rows}, {"pesan": rows}):
        assert [message.text for message in read(document).messages] == ["satu", "dua"]


def test_in_a_group_the_member_is_the_sender() -> None:
    message = only({"device": "62711", "sender": "120363@g.us", "member": "62812", "message": "a"})
    assert message.sender == "62812"


def test_a_profile_can_be_named_and_must_be_there() -> None:
    assert only({"message": TEXT, "from": "1"}, "smssync").text == TEXT
    with pytest.raises(SourceError, match="tidak ada"):
        read({"teks": TEXT}, "pager")


@pytest.mark.parametrize(
    "document",
    [{}, [], [{}], "a", 1, None, {"halo": 1}, {"teks": 5}, {"teks": ["a"]}, {"teks": {"a": 1}},
     {"teks": "a", "pengirim": {}}, {"teks": "a", "waktu": []}, {"teks": "a", "waktu": True},
     {"teks": "a", "id": 1.5}, [{"teks": "a"}, 5]],
)  # fmt: skip
def test_a_shape_that_nobody_sends_is_told_in_a_sentence(document: Any) -> None:
    with pytest.raises(SourceError, match=r"\.$"):
        read(document)


def sent_time(value: Any, zone: str | None = None) -> tuple[datetime | None, str | None]:
    return read_sent_time(value, zone, WIB, NOON, LATEST)


@pytest.mark.parametrize(
    "value",
    [NINE_S, str(NINE_S), NINE_S * 1000, NINE_S * 10**6, float(NINE_S), f"{NINE_S}.5",
     "2024-11-27T02:10:00Z", "2024-11-27T09:10:00+07:00", "27/11/2024 11.10 WIT",
     "2024-11-27 09:10:00.123456789+07:00"],
)  # fmt: skip
def test_a_time_with_a_zone_is_read_without_a_doubt(value: Any) -> None:
    moment, doubt = sent_time(value)
    assert moment is not None and moment.replace(microsecond=0) == NINE and doubt is None


@pytest.mark.parametrize("value", ["2024-11-27T09:10:00", "27/11/2024 09.10", "27-11-2024 09:10"])
def test_a_time_without_a_zone_is_local_and_told_to_be_so(value: str) -> None:
    moment, doubt = sent_time(value)
    assert moment == NINE and doubt is not None and "tanpa zona" in doubt
    assert sent_time("2024-11-27T02:10:00", "UTC") == (NINE, None)


@pytest.mark.parametrize(
    "value", ["kemarin", "2024-11-27", "09.10", 0, 12, -5, "1970-01-01T00:00:00Z", "x" * 900,
              NINE_S + 86_400, 10**20, "2024-13-45T99:99:99", "\x00", "NaN"],
)  # fmt: skip
def test_a_time_that_cannot_be_is_that_of_arrival_and_told(value: Any) -> None:
    moment, doubt = sent_time(value)
    assert moment is None and doubt is not None and "waktu tiba" in doubt


@given(st.text(max_size=80) | st.integers() | st.floats(allow_nan=False))
def test_no_value_of_a_time_breaks_the_reader_or_goes_beyond_what_can_be(value: Any) -> None:
    moment, _doubt = sent_time(value)
    assert moment is None or NOON - timedelta(days=400) <= moment <= LATEST


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["event", "payload", "message", "text", "from", "deviceId", "events",
                             "type", "content", "entry", "envelope", "id", "update_id", "date"]),
            inner, max_size=4,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_whatever_is_sent_is_read_counted_or_refused(document: Any) -> None:
    try:
        delivery = read(document)
    except SourceError:
        return
    assert delivery.messages or delivery.ignored
    assert all(message.text.strip() for message in delivery.messages)
