"""Are settings of providers refused with all that is wrong, at once and by name?"""

import pytest

from config import Settings, SettingsError
from notifications.catalog import Channel
from notifications.providers.registry import providers_for

TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+1555"}
RELAY = {"RELAY_URL": "https://gateway.example/sms", "RELAY_SECRET": "s", "OUTBOUND_HOSTS": "gateway.example"}


@pytest.fixture
def tencent(tmp_path):
    path = tmp_path / "templates.csv"
    path.write_text("code,template,facts\nSMS_ACCEPTED,1,number\n", encoding="utf-8")
    return {
        "TENCENT_SECRET_ID": "id",
        "TENCENT_SECRET_KEY": "key",
        "TENCENT_APP_ID": "1400",
        "TENCENT_SIGN": "云江12345",
        "TENCENT_TEMPLATES": str(path),
    }


def problems(environment):
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"HOTLINE_ENV": "demo", **environment})
    return caught.value.problems


def test_all_that_are_set_share_and_named_ones_have_their_weights(tencent):
    everybody = {"HOTLINE_ENV": "demo", **TWILIO, **tencent, **RELAY}
    assert Settings.from_env(everybody).sms_weights == {"twilio": 1.0, "tencent": 1.0, "relay": 1.0}
    some = Settings.from_env({**everybody, "SMS_PROVIDERS": "tencent:3, twilio"})
    assert some.sms_weights == {"tencent": 3.0, "twilio": 1.0}


def test_the_route_has_the_providers_of_the_settings(tencent):
    keys = {"SECRET_KEY": "x" * 40, "HOTLINE_FIELD_KEY": "dGhlIGZpZWxkIGtleSBvZiB0aGUgdGVzdHMgb25seSE="}
    settings = Settings.from_env({"HOTLINE_ENV": "development", **keys, **TWILIO, **tencent, **RELAY})
    routes = providers_for(settings, lambda: None)
    assert routes[Channel.SMS].names == ("twilio", "tencent", "relay")


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"SMS_PROVIDERS": "twilio"}, "SMS_PROVIDERS: twilio needs TWILIO_ACCOUNT_SID"),
        ({"SMS_PROVIDERS": "aliyun"}, "SMS_PROVIDERS: 'aliyun' is not twilio, tencent or relay"),
        ({"SMS_PROVIDERS": "twilio:0"}, "SMS_PROVIDERS: 'twilio:0' is not twilio, tencent or relay"),
        ({"TENCENT_SECRET_ID": "id"}, "TENCENT_SIGN: must be set"),
        (
            {**RELAY, "RELAY_URL": "http://gateway.example/"},
            "RELAY_URL: 'http://gateway.example/' is not an https",
        ),
        ({**RELAY, "OUTBOUND_HOSTS": ""}, "OUTBOUND_HOSTS: must name gateway.example"),
        ({"RELAY_URL": "https://gateway.example/"}, "RELAY_SECRET: must be set"),
        ({"RELAY_NETWORKS": "10.1.2.3/8"}, "RELAY_NETWORKS: '10.1.2.3/8' is not a network"),
        ({"BOUNCE_HOST": "pop.example"}, "BOUNCE_USER: must be set"),
        ({"BOUNCE_TLS": "yes"}, "BOUNCE_TLS: 'yes' is not 0 or 1"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named_with_its_cure(environment, told):
    assert any(problem.startswith(told) for problem in problems(environment)), problems(environment)


def test_a_file_of_templates_must_be_there_and_right(tencent, tmp_path, make_app):
    lost = {**tencent, "TENCENT_TEMPLATES": str(tmp_path / "lost.csv")}
    assert problems(lost) == [f"TENCENT_TEMPLATES: there is no file '{tmp_path / 'lost.csv'}'"]
    (tmp_path / "templates.csv").write_text("code,template,facts\nSMS_NO,1,x\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="line 2: no such code"):
        make_app(Settings.from_env({"HOTLINE_ENV": "demo", **tencent}))


def test_production_wants_one_way_to_send_sms_and_mail():
    told = problems({"HOTLINE_ENV": "production"})
    assert "TWILIO_ACCOUNT_SID, TENCENT_SECRET_ID or RELAY_URL: one must be set" in told
    assert "SMTP_HOST: must be set" in told
