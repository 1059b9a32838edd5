"""Does an SMS reach Tencent as its package signs it, by approved template only. Speaks to a local stand-in."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from notifications.catalog import Channel
from notifications.providers.base import (
    NotCarried,
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    UnclearOutcome,
    Watched,
)
from notifications.providers.tencent_sms import (
    TemplatesError,
    TencentAccount,
    TencentSms,
    read_templates,
)
from notifications.words import Approved
from tests.notifications.loopback import Loopback, Said

OUTGOING = Outgoing(
    id="01a2",
    kind="accepted",
    channel=Channel.SMS,
    recipient="citizen:1",
    address="138 0000 1234",
    subject="20261123000123",
    text="【12345】您的诉求已受理。",
    template_code="SMS_ACCEPTED",
    facts={"number": "20261123000123", "query_code": "482913", "link": "https://hotline.example"},
)
TEMPLATES = {"SMS_ACCEPTED": Approved("1145141", ("number", "query_code"))}


def status(code="Ok", serial="2640:180011:1"):
    one = {
        "SerialNo": serial,
        "PhoneNumber": "+8613800001234",
        "Fee": 1,
        "SessionContext": "01a2",
        "Code": code,
        "Message": "",
        "IsoCode": "CN",
    }
    return Said(body=json.dumps({"Response": {"SendStatusSet": [one], "RequestId": "r"}}).encode())


def error(code):
    answer = {"Response": {"Error": {"Code": code, "Message": "no"}, "RequestId": "r"}}
    return Said(body=json.dumps(answer).encode())


@pytest.fixture
def tencent():
    with Loopback(lambda _asked: status()) as server:
        yield server


def sender(port, templates=TEMPLATES):
    account = TencentAccount(
        "AKIDtest", "key", "1400006666", "云江12345", "ap-guangzhou", f"http://127.0.0.1:{port}"
    )
    return TencentSms(account, templates)


def expected_signature(asked):
    """Tencent's TC3-HMAC-SHA256 over what it signs: method, path, content type, host and body."""
    headers, moment = asked.headers, int(asked.headers["x-tc-timestamp"])
    day = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
    signed = f"content-type:{headers['content-type']}\nhost:{headers['host']}\n"
    body = hashlib.sha256(asked.body).hexdigest()
    request = f"POST\n/\n\n{signed}\ncontent-type;host\n{body}"
    scope = f"{day}/sms/tc3_request"
    text = f"TC3-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"TC3key"
    for part in (day, "sms", "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def test_an_sms_goes_out_as_template_and_parameters_signed(tencent):
    assert sender(tencent.port).send(OUTGOING).reference == "2640:180011:1"
    (asked,) = tencent.asked
    assert (asked.headers["x-tc-action"], asked.headers["x-tc-version"]) == ("SendSms", "2021-01-11")
    assert f"Signature={expected_signature(asked)}" in asked.headers["authorization"]
    assert json.loads(asked.body) == {
        "PhoneNumberSet": ["+8613800001234"],
        "SmsSdkAppId": "1400006666",
        "TemplateId": "1145141",
        "SignName": "云江12345",
        "TemplateParamSet": ["20261123000123", "482913"],
        "SessionContext": "01a2",
    }


def test_a_text_without_an_approved_template_is_left_to_others_and_is_not_the_providers_fault(tencent):
    watched = Watched(sender(tencent.port))
    for _ in range(6):
        with pytest.raises(NotCarried, match="no_template"):
            watched.send(replace(OUTGOING, template_code="SMS_OTHER"))
    assert tencent.asked == []
    assert not watched.ask_leave()


@pytest.mark.parametrize(
    ("code", "kind", "is_unreachable"),
    [
        ("InvalidParameterValue.IncorrectPhoneNumber", PermanentFailure, True),
        ("FailedOperation.PhoneNumberInBlacklist", PermanentFailure, True),
        ("FailedOperation.ContainSensitiveWord", PermanentFailure, False),
        ("LimitExceeded.PhoneNumberDailyLimit", NotCarried, None),
        ("FailedOperation.TemplateIncorrectOrUnapproved", NotCarried, None),
        ("FailedOperation.InsufficientBalanceInSmsPackage", TemporaryFailure, None),
        ("LimitExceeded.AppDailyLimit", TemporaryFailure, None),
    ],
)
def test_tencents_word_about_a_message_decides(tencent, code, kind, is_unreachable):
    tencent.answer = lambda _asked: status(code)
    with pytest.raises(kind) as caught:
        sender(tencent.port).send(OUTGOING)
    assert type(caught.value) is kind
    assert caught.value.code == f"tencent_{code}"[:64]
    assert getattr(caught.value, "is_unreachable", None) is is_unreachable


@pytest.mark.parametrize("code", ["AuthFailure.SignatureFailure", "InternalError", "RequestLimitExceeded"])
def test_an_error_of_the_interface_is_ours_to_mend(tencent, code):
    tencent.answer = lambda _asked: error(code)
    with pytest.raises(TemporaryFailure) as caught:
        sender(tencent.port).send(OUTGOING)
    assert caught.value.code == f"tencent_{code}"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Said(500, b"oops"), TemporaryFailure),
        (Said(502, b"oops"), UnclearOutcome),
        (Said(200, b"<html>"), UnclearOutcome),
        (Said(200, b'{"Response": {"RequestId": "r", "SendStatusSet": []}}'), UnclearOutcome),
        (None, UnclearOutcome),
    ],
    ids=["500", "502", "no JSON", "no status", "nothing"],
)
def test_an_answer_that_is_none_leaves_open_what_it_leaves_open(tencent, answer, kind):
    tencent.answer = lambda _asked: answer
    with pytest.raises(TemporaryFailure) as caught:
        sender(tencent.port).send(OUTGOING)
    assert type(caught.value) is kind


def test_where_there_is_no_connection_nothing_was_sent():
    with pytest.raises(TemporaryFailure) as caught:
        sender(9).send(OUTGOING)
    assert type(caught.value) is TemporaryFailure


def test_the_file_of_templates_is_read(tmp_path):
    path = tmp_path / "templates.csv"
    path.write_text("code,template,facts\nSMS_ACCEPTED,1145141,number query_code\n", encoding="utf-8")
    assert read_templates(path) == TEMPLATES


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("code,number\n", "first line"),
        ("code,template,facts\nSMS_NO,1,number\n", "line 2: no such code"),
        ("code,template,facts\nSMS_ACCEPTED,1,number colour\n", "line 2: no fact colour"),
        ("code,template,facts\nSMS_REJECTED,1,number path\n", "line 2: no fact path in the SMS"),
        ("code,template,facts\nSMS_ACCEPTED,1,number because\n", "line 2: no fact because in the SMS"),
    ],
)
def test_a_wrong_file_of_templates_is_refused_by_its_line(tmp_path, text, fault):
    path = tmp_path / "templates.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TemplatesError, match=fault):
        read_templates(path)
