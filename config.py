"""What does this installation need to know before it starts: one frozen Settings, read once.

What a city tunes (limits, calendars, categories, units, texts) is data with screens, never a setting.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from setting_checks import (
    is_breach_list,
    is_field_key,
    is_host,
    is_https_or_none,
    is_network,
    is_scanner,
    is_switch,
    is_url,
    is_weighted,
    is_word,
    is_zone,
)

_ROOT = Path(__file__).resolve().parent
_DEMO_SECRET = "demo-only-secret-key-not-for-production"  # noqa: S105 - refused outside demo mode
_DEMO_FIELD_KEY = base64.b64encode(b"demo-only-field-key-not-for-prod").decode()
_DEMO_PASSWORD = "Yunjiang-12345"  # noqa: S105 - printed at start, refused outside demo mode
_PASSWORD_PROFILES = ("djbh", "asvs")
_ENVIRONMENTS = ("demo", "development", "production")
_SECRET_LENGTH = 32
_HIGHEST_PORT = 65_535


class SettingsError(Exception):
    """Every missing or malformed variable at once, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; see .env.example for what each means."""

    env: str
    database_url: str
    secret_key: str
    field_key: str
    base_url: str
    port: int
    city_zone: str
    city_name: str
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_from: str
    twilio_api_base: str
    tencent_secret_id: str
    tencent_secret_key: str
    tencent_app_id: str
    tencent_sign: str
    tencent_templates: str
    tencent_callback_key: str
    tencent_region: str
    tencent_api_base: str
    relay_url: str
    relay_secret: str
    relay_old_secret: str
    relay_networks: tuple[str, ...]
    outbound_hosts: tuple[str, ...]
    clamd_address: str
    sms_providers: tuple[str, ...]
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: bool
    mail_from: str
    mail_bounces: str
    bounce_host: str
    bounce_port: int
    bounce_user: str
    bounce_password: str
    bounce_tls: bool
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_second_factor: tuple[str, ...]
    password_profile: str
    password_words: tuple[str, ...]
    breached_passwords: str
    demo_password: str = _DEMO_PASSWORD

    @property
    def is_demo(self) -> bool:
        return self.env == "demo"

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def sealing_keys(self) -> list[tuple[str, bytes]]:
        """The keys of HOTLINE_FIELD_KEY with what each is for, the one that writes first."""
        named = (each.rpartition(":") for each in self.field_key.split())
        return [(use or "aes", base64.b64decode(key)) for use, _, key in named]

    @property
    def sms_weights(self) -> dict[str, float]:
        """The SMS providers with their weights: those that were named, else all that are configured."""
        if not self.sms_providers:
            return {name: 1.0 for name, first in _SMS_FIRST.items() if getattr(self, first)}
        named = (each.partition(":") for each in self.sms_providers)
        return {name: float(weight or 1) for name, _, weight in named}

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check everything; raises SettingsError naming every bad variable at once."""
        return _Reader(environ).settings()


_UNLIKE_THEIR_NAME = {
    "env": "HOTLINE_ENV",
    "field_key": "HOTLINE_FIELD_KEY",
    "base_url": "HOTLINE_BASE_URL",
    "city_zone": "TZ_CITY",
    "demo_password": "HOTLINE_DEMO_PASSWORD",
}
VARIABLES: Mapping[str, str] = {
    field.name: _UNLIKE_THEIR_NAME.get(field.name, field.name.upper()) for field in fields(Settings)
}
# Whoever has the first has them all, or it is a mistake. Without one of the first three no SMS goes out.
_SMS_FIRST = {"twilio": "twilio_account_sid", "tencent": "tencent_secret_id", "relay": "relay_url"}
_TOGETHER = {
    "twilio": ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
    "tencent": tuple(
        f"tencent_{name}" for name in ("secret_id", "secret_key", "app_id", "sign", "templates")
    ),
    "relay": ("relay_url", "relay_secret"),
    "single sign-on": ("oidc_issuer", "oidc_client_id", "oidc_client_secret"),
    "mail": ("smtp_host", "mail_from"),
    "bounces": ("bounce_host", "bounce_user", "bounce_password"),
}


class _Reader:
    """Collects problems while it reads, so that a person fixes all of them in one go."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._problems: list[str] = []
        self._env = environ.get("HOTLINE_ENV", "demo")

    def settings(self) -> Settings:
        values = {**self._secrets(), **self._places(), **self._carriers()}
        for field in fields(Settings):
            if field.name not in values:
                values[field.name] = self._environ.get(VARIABLES[field.name], "").strip()
        self._check_groups(values)
        if self._problems:
            raise SettingsError(self._problems)
        return Settings(**values)  # type: ignore[arg-type]  # each value was checked above by its own reader

    def _secrets(self) -> dict[str, object]:
        return {
            "env": self._checked("HOTLINE_ENV", "demo", _ENVIRONMENTS.__contains__, ", ".join(_ENVIRONMENTS)),
            "secret_key": self._secret(
                "SECRET_KEY", _DEMO_SECRET, lambda v: len(v) >= _SECRET_LENGTH, "≥ 32 characters"
            ),
            "field_key": self._secret(
                "HOTLINE_FIELD_KEY", _DEMO_FIELD_KEY, is_field_key, "32 bytes in base64"
            ),
            "password_profile": self._checked(
                "PASSWORD_PROFILE", "djbh", lambda v: v in _PASSWORD_PROFILES, "djbh or asvs"
            ),
            "password_words": self._list("PASSWORD_WORDS", is_word, "a word of 4 characters or more"),
            "breached_passwords": self._checked("BREACHED_PASSWORDS", "", is_breach_list, "lines HASH:COUNT"),
            "oidc_issuer": self._checked("OIDC_ISSUER", "", self._is_issuer, "an https address"),
            "oidc_second_factor": self._list("OIDC_SECOND_FACTOR", bool, "a value of acr or amr"),
            "demo_password": self._environ.get("HOTLINE_DEMO_PASSWORD", _DEMO_PASSWORD),
        }

    def _places(self) -> dict[str, object]:
        port = self._number("PORT", 8000)
        city = "" if self._env == "production" else "云江市,Yunjiang"
        return {
            "database_url": self._database_url(),
            "base_url": self._base_url(port),
            "port": port,
            "city_zone": self._checked("TZ_CITY", "Asia/Shanghai", is_zone, "a zone such as Asia/Shanghai"),
            "city_name": self._checked("CITY_NAME", city, lambda v: v.count(",") == 1, "as 云江市,Yunjiang"),
            "clamd_address": self._checked("CLAMD_ADDRESS", "", is_scanner, "host:port or unix:/path"),
        }

    def _carriers(self) -> dict[str, object]:
        return {
            "twilio_api_base": self._url("TWILIO_API_BASE", "https://api.twilio.com"),
            "tencent_api_base": self._url("TENCENT_API_BASE", "https://sms.tencentcloudapi.com"),
            "tencent_region": self._environ.get("TENCENT_REGION", "").strip() or "ap-guangzhou",
            "relay_url": self._checked("RELAY_URL", "", is_https_or_none, "an https address"),
            "relay_networks": self._list("RELAY_NETWORKS", is_network, "a network such as 10.1.2.0/24"),
            "outbound_hosts": self._list("OUTBOUND_HOSTS", is_host, "a host name in lower case"),
            "sms_providers": self._list(
                "SMS_PROVIDERS", is_weighted, "twilio, tencent or relay, each with a weight such as relay:2"
            ),
            "smtp_port": self._number("SMTP_PORT", 587),
            "smtp_tls": self._is_on("SMTP_TLS"),
            "bounce_port": self._number("BOUNCE_PORT", 995),
            "bounce_tls": self._is_on("BOUNCE_TLS"),
        }

    def _is_issuer(self, value: str) -> bool:
        """Whoever could change what the provider says on its way could come in as anybody."""
        return is_https_or_none(value) or (self._env != "production" and is_url(value))

    def _url(self, name: str, default: str) -> str:
        return self._checked(name, default, is_url, "an http(s) address")

    def _is_on(self, name: str) -> bool:
        return self._checked(name, "1", is_switch, "0 or 1") == "1"

    def _list(self, name: str, is_good: Callable[[str], bool], cure: str) -> tuple[str, ...]:
        given = tuple(part for part in self._environ.get(name, "").replace(",", " ").split() if part)
        self._problems += [f"{name}: {part!r} is not {cure}" for part in given if not is_good(part)]
        return tuple(part for part in given if is_good(part))

    def _checked(self, name: str, default: str, is_good: Callable[[str], bool], cure: str) -> str:
        value = self._environ.get(name, "").strip() or default
        if not is_good(value):
            self._problems.append(f"{name}: {value!r} is not {cure}")
        return value

    def _number(self, name: str, default: int) -> int:
        value = self._checked(
            name,
            str(default),
            lambda v: v.isascii() and v.isdigit() and 0 < int(v) <= _HIGHEST_PORT,
            "a port",
        )
        return int(value) if value.isascii() and value.isdigit() else default

    def _secret(self, name: str, demo_value: str, is_good: Callable[[str], bool], cure: str) -> str:
        value = self._environ.get(name, "").strip()
        if not value and self._env == "demo":
            return demo_value
        if not value or value == demo_value:
            self._problems.append(f"{name}: must be set to your own value ({cure}) outside demo mode")
        elif not is_good(value):
            self._problems.append(f"{name}: must have {cure}")
        return value

    def _database_url(self) -> str:
        value = self._environ.get("DATABASE_URL", "").strip()
        if not value:
            if self._env == "production":
                self._problems.append("DATABASE_URL: must be set in production")
            return f"sqlite:///{_ROOT / 'instance' / 'hotline.db'}"
        # psycopg 3 is the only PostgreSQL driver installed; people paste the short form.
        for prefix in ("postgres://", "postgresql://"):
            if value.startswith(prefix):
                value = "postgresql+psycopg://" + value.removeprefix(prefix)
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            self._problems.append("DATABASE_URL: must start with sqlite:/// or postgresql://")
        return value

    def _base_url(self, port: int) -> str:
        value = self._url("HOTLINE_BASE_URL", f"http://127.0.0.1:{port}")
        if self._env == "production" and not value.startswith("https://"):
            self._problems.append("HOTLINE_BASE_URL: must be https in production")
        return value.rstrip("/")

    def _check_groups(self, values: Mapping[str, Any]) -> None:
        for group in _TOGETHER.values():
            missing = [name for name in group if not values[name]]
            if len(missing) < len(group):
                self._problems.extend(f"{VARIABLES[name]}: must be set" for name in missing)
        if values["tencent_templates"] and not Path(values["tencent_templates"]).is_file():
            self._problems.append(f"TENCENT_TEMPLATES: there is no file {values['tencent_templates']!r}")
        for name in ("relay_url", "oidc_issuer"):
            host = urlsplit(values[name]).hostname
            if host and host not in values["outbound_hosts"]:
                self._problems.append(f"OUTBOUND_HOSTS: must name {host}, the host of {VARIABLES[name]}")
        self._check_choice(values)

    def _check_choice(self, values: Mapping[str, Any]) -> None:
        named = {each.partition(":")[0] for each in values["sms_providers"]}
        lacking = sorted(name for name in named if not values[_SMS_FIRST[name]])
        self._problems += [f"SMS_PROVIDERS: {name} needs {VARIABLES[_SMS_FIRST[name]]}" for name in lacking]
        if self._env == "production":
            if not any(values[first] for first in _SMS_FIRST.values()):
                self._problems.append("TWILIO_ACCOUNT_SID, TENCENT_SECRET_ID or RELAY_URL: one must be set")
            if not values["smtp_host"]:
                self._problems.append("SMTP_HOST: must be set")
