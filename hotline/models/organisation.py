"""Which units handle tickets, and which areas does the city have."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt, BigIntPk
from hotline.models.calendars import CITY_CALENDAR
from sealing import SealedText
from workflows.vocabulary import Word


class UnitKind(Word):
    """What a unit is in the city's organisation."""

    CENTRE = "centre", "热线中心", "Hotline centre"
    DISTRICT = "district", "区政府", "District government"
    BUREAU = "bureau", "政府部门", "Government bureau"
    STREET = "street", "街道（镇）", "Sub-district"
    UTILITY = "utility", "公共服务企业", "Public utility"


class AreaLevel(Word):
    """How large an area is."""

    DISTRICT = "district", "区", "District"
    STREET = "street", "街道（镇）", "Sub-district"


class Unit(Base):
    """An organisation that handles tickets; units form a tree of up to three tiers."""

    __tablename__ = "units"
    __table_args__ = (CheckConstraint("tier BETWEEN 1 AND 3", name="tier_is_known"),)

    id: Mapped[BigIntPk]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    short_name: Mapped[str] = mapped_column(String(40), default="")
    parent_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("units.id"), index=True)
    tier: Mapped[int] = mapped_column(default=2)
    kind: Mapped[str] = mapped_column(String(16), default=UnitKind.BUREAU.value)
    # The area it serves, by name; empty for a unit of the whole city.
    district: Mapped[str] = mapped_column(String(60), default="")
    # The mobile and mailbox messages go to: often one person's, and no number that is given to the public.
    liaison_phone: Mapped[str] = mapped_column(SealedText("units.liaison_phone"), default="")
    liaison_email: Mapped[str] = mapped_column(SealedText("units.liaison_email"), default="")
    # A unit may switch the step off in which its leader approves a reply.
    has_reply_review: Mapped[bool] = mapped_column(default=True)
    # When its people are on duty and may be reminded: the code of a working calendar.
    calendar: Mapped[str] = mapped_column(String(32), default=CITY_CALENDAR, server_default=CITY_CALENDAR)
    # Whether it stands today: between the two dates below. Kept, since every list of choices asks.
    is_active: Mapped[bool] = mapped_column(default=True)
    valid_from_on: Mapped[date | None]
    # The first day without it; in the future while its end is only planned.
    ended_on: Mapped[date | None]
    # Who goes on with its work, where it is merged into another.
    successor_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("units.id"))
    # Counts its changes; whoever changes it names the one they saw.
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Area(Base):
    """A district or a sub-district of the city, as an address names it."""

    __tablename__ = "areas"

    id: Mapped[BigIntPk]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("areas.id"), index=True)
