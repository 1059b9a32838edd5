"""What does this installation need to know before it starts: one frozen Settings, read once.

What a city tunes (limits, calendars, categories, units, texts) is data with screens, never a setting.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ROOT = Path(__file__).resolve().parent
_DEMO_SECRET = "demo-only-secret-key-not-for-production"  # noqa: S105 - refused outside demo mode
_DEMO_FIELD_KEY = base64.b64encode(b"demo-only-field-key-not-for-prod").decode()
_DEMO_PASSWORD = "Yunjiang-12345"  # noqa: S105 - printed at start, refused outside demo mode
_ENVIRONMENTS = ("demo", "development", "production")
_FIELD_KEY_BYTES = 32
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
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_from: str
    twilio_api_base: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: bool
    mail_from: str
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
    def field_key_bytes(self) -> bytes:
        return base64.b64decode(self.field_key)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check everything; raises SettingsError naming every bad variable at once."""
        return _Reader(environ).settings()


VARIABLES: Mapping[str, str] = {
    "env": "HOTLINE_ENV",
    "database_url": "DATABASE_URL",
    "secret_key": "SECRET_KEY",
    "field_key": "HOTLINE_FIELD_KEY",
    "base_url": "HOTLINE_BASE_URL",
    "port": "PORT",
    "city_zone": "TZ_CITY",
    "twilio_account_sid": "TWILIO_ACCOUNT_SID",
    "twilio_auth_token": "TWILIO_AUTH_TOKEN",
    "twilio_from": "TWILIO_FROM",
    "twilio_api_base": "TWILIO_API_BASE",
    "smtp_host": "SMTP_HOST",
    "smtp_port": "SMTP_PORT",
    "smtp_user": "SMTP_USER",
    "smtp_password": "SMTP_PASSWORD",
    "smtp_tls": "SMTP_TLS",
    "mail_from": "MAIL_FROM",
    "demo_password": "HOTLINE_DEMO_PASSWORD",
}


class _Reader:
    """Collects problems while it reads, so that a person fixes all of them in one go."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._problems: list[str] = []
        self._env = environ.get("HOTLINE_ENV", "demo")

    def settings(self) -> Settings:
        values = {**self._secrets(), **self._places()}
        for field in fields(Settings):
            if field.name not in values:
                values[field.name] = self._environ.get(VARIABLES[field.name], "").strip()
        self._check_groups(values)
        if self._problems:
            raise SettingsError(self._problems)
        return Settings(**values)  # type: ignore[arg-type]  # each value was checked above by its own reader

    def _secrets(self) -> dict[str, object]:
        return {
            "env": self._checked(
                "HOTLINE_ENV", "demo", lambda v: v in _ENVIRONMENTS, "demo, development or production"
            ),
            "secret_key": self._secret(
                "SECRET_KEY", _DEMO_SECRET, lambda v: len(v) >= _SECRET_LENGTH, "≥ 32 characters"
            ),
            "field_key": self._secret(
                "HOTLINE_FIELD_KEY", _DEMO_FIELD_KEY, _is_field_key, "32 bytes in base64"
            ),
            "demo_password": self._environ.get("HOTLINE_DEMO_PASSWORD", _DEMO_PASSWORD),
        }

    def _places(self) -> dict[str, object]:
        port = self._number("PORT", 8000)
        return {
            "database_url": self._database_url(),
            "base_url": self._base_url(port),
            "port": port,
            "city_zone": self._checked("TZ_CITY", "Asia/Shanghai", _is_zone, "a zone such as Asia/Shanghai"),
            "smtp_port": self._number("SMTP_PORT", 587),
            "smtp_tls": self._checked("SMTP_TLS", "1", lambda v: v in {"0", "1"}, "0 or 1") == "1",
            "twilio_api_base": self._checked(
                "TWILIO_API_BASE", "https://api.twilio.com", _is_url, "an http(s) address"
            ),
        }

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
        value = self._checked("HOTLINE_BASE_URL", f"http://127.0.0.1:{port}", _is_url, "an http(s) address")
        if self._env == "production" and not value.startswith("https://"):
            self._problems.append("HOTLINE_BASE_URL: must be https in production")
        return value.rstrip("/")

    def _check_groups(self, values: Mapping[str, object]) -> None:
        groups = (
            ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
            ("smtp_host", "mail_from"),
        )
        for group in groups:
            missing = [name for name in group if not values[name]]
            if missing and (self._env == "production" or len(missing) < len(group)):
                self._problems.extend(f"{VARIABLES[name]}: must be set" for name in missing)


def _is_url(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _is_field_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == _FIELD_KEY_BYTES
    except (binascii.Error, ValueError):
        return False
