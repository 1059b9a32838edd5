"""Who may sign in, in which roles, and through which sessions and tokens."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt, BigIntPk
from sealing import SealedText
from workflows.vocabulary import Word

# How long a session lasts that nobody uses, and one however busy.
SESSION_IDLE = timedelta(minutes=30)
SESSION_LASTS = timedelta(hours=12)


class UserKind(Word):
    """Whether an account belongs to somebody or to another system."""

    PERSON = "person", "人员", "Person"
    SYSTEM = "system", "系统", "System"


class Theme(Word):
    """Whether screens are light or dark."""

    AUTO = "auto", "跟随系统", "As the system"
    LIGHT = "light", "浅色", "Light"
    DARK = "dark", "深色", "Dark"


class Density(Word):
    """How close rows and controls stand."""

    COMPACT = "compact", "紧凑", "Compact"
    NORMAL = "normal", "正常", "Normal"
    COSY = "cosy", "宽松", "Roomy"


class Scope(Word):
    """What a token of the API is for."""

    READ = "read", "查询", "Read"
    WRITE = "write", "办理", "Act"
    INTAKE = "intake", "登记工单", "Register tickets"
    CALLS = "calls", "来电", "Announce calls"


class User(Base):
    """A login account of a member of staff or of another system."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'system')", name="kind_is_known"),
        CheckConstraint("language IN ('zh', 'en')", name="language_is_known"),
    )

    id: Mapped[BigIntPk]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    staff_number: Mapped[str] = mapped_column(String(32), default="")
    # Empty for a system, which has tokens only; an empty hash verifies no password.
    password_hash: Mapped[str] = mapped_column(String(255), default="")
    # Nobody is looked up by these, so they have no hash; one signs in by name or by the city's own sign-in.
    phone: Mapped[str] = mapped_column(SealedText("users.phone"), default="")
    email: Mapped[str] = mapped_column(SealedText("users.email"), default="")
    unit_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("units.id"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    # How the screens look and listen: with the account, since desks are shared.
    theme: Mapped[str] = mapped_column(String(8), default=Theme.AUTO.value, server_default="auto")
    density: Mapped[str] = mapped_column(String(8), default=Density.NORMAL.value, server_default="normal")
    has_single_keys: Mapped[bool] = mapped_column(default=True, server_default=true())
    kind: Mapped[str] = mapped_column(String(8), default=UserKind.PERSON.value)
    is_active: Mapped[bool] = mapped_column(default=True)
    has_trusted_intake: Mapped[bool] = mapped_column(default=False)
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    # None for a password older than this column: it counts from the day of the account.
    password_set_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]
    # Counts the changes of the account; whoever changes it names the one they saw.
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class UserRole(Base):
    """One role of one user."""

    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)


class UserSession(Base):
    """One signed-in browser; deleting or revoking the row signs it out at once."""

    __tablename__ = "user_sessions"

    id: Mapped[BigIntPk]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    ip: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(255), default="")
    # Begun at the city's own sign-in and not by the account's password.
    is_sso: Mapped[bool] = mapped_column(default=False, server_default=false())
    # By which substitution its owner acts for a colleague; None in their own right.
    substitution_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("substitutions.id"))


class KnownDevice(Base):
    """A browser in which somebody signed in before, with the failures since; only its mark's hash is kept."""

    __tablename__ = "known_devices"
    __table_args__ = (UniqueConstraint("user_id", "token_hash"),)

    id: Mapped[BigIntPk]
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64))
    last_used_at: Mapped[datetime]
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class LinkedIdentity(Base):
    """Somebody at the city's own sign-in, by issuer and subject, whom an account belongs to."""

    __tablename__ = "linked_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    id: Mapped[BigIntPk]
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("users.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token of the API; only its hash is kept, the text is shown once."""

    __tablename__ = "api_tokens"

    id: Mapped[BigIntPk]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    # Words of Scope with blanks between them.
    scopes: Mapped[str] = mapped_column(String(64), server_default="read write intake calls")
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class UsedPassword(Base):
    """A password somebody had, so that it is not taken again too soon; the present one is the youngest."""

    __tablename__ = "used_passwords"

    id: Mapped[BigIntPk]
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    set_at: Mapped[datetime]


class PasswordLink(Base):
    """A link by which somebody sets the password of their account, once; only its hash is kept."""

    __tablename__ = "password_links"

    id: Mapped[BigIntPk]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
