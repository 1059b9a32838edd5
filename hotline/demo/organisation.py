"""Which units does the invented city of Yunjiang have, where do they lie, and how is each reached?

Three tiers: district governments, the bureaux that answer for a trade, and the sub-districts that report to
their district's city-management bureau. City bureaux and utilities have no district. Every number is made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.calendars import ALWAYS_CALENDAR, CITY_CALENDAR
from hotline.models.organisation import Area, AreaLevel, Unit, UnitKind
from hotline.services.directory_changes import Signed
from hotline.services.units import NewUnit, UnitInput, create_unit
from workflows.definition import SYSTEM

CITY = "云江市"
CENTRE = "CENTRE"
FALLBACK_UNIT = "CITY-ZF"
DISTRICTS = {
    "WT": ("梧桐区", "Wutong"),
    "BJ": ("滨江区", "Binjiang"),
    "YS": ("云山区", "Yunshan"),
    "QH": ("清河区", "Qinghe"),
}
STREETS = {
    "WT": ("青桐街道", "栖凤街道", "石桥街道"),
    "BJ": ("望江街道", "渡口街道", "柳岸街道"),
    "YS": ("云麓街道", "茶亭街道", "松涛街道"),
    "QH": ("清源街道", "双塔街道", "𠮷祥街道"),
}
DISTRICT_BUREAUX = {
    "CG": ("城市管理局", "城管局", "City Management Bureau"),
    "ZJ": ("住房和城乡建设局", "住建局", "Housing and Construction Bureau"),
    "RS": ("人力资源和社会保障局", "人社局", "Human Resources Bureau"),
    "SJ": ("市场监督管理局", "市监局", "Market Supervision Bureau"),
    "JY": ("教育局", "教育局", "Education Bureau"),
    "WJ": ("卫生健康局", "卫健局", "Health Bureau"),
    "MZ": ("民政局", "民政局", "Civil Affairs Bureau"),
}
CITY_BUREAUX = {
    "CITY-JT": ("交通运输局", "Transport Bureau"),
    "CITY-ST": ("生态环境局", "Ecology and Environment Bureau"),
    "CITY-YB": ("医疗保障局", "Medical Insurance Bureau"),
    "CITY-RS": ("人力资源和社会保障局", "Human Resources and Social Security Bureau"),
    "CITY-GA": ("公安局", "Public Security Bureau"),
    "CITY-ZR": ("自然资源和规划局", "Natural Resources and Planning Bureau"),
    "CITY-NY": ("农业农村局", "Agriculture Bureau"),
    "CITY-WL": ("文化广电旅游体育局", "Culture, Tourism and Sport Bureau"),
    "CITY-SW": ("税务局", "Tax Bureau"),
    "CITY-GJ": ("住房公积金管理中心", "Housing Fund Centre"),
    "CITY-GX": ("工业和信息化局", "Industry Bureau"),
    "CITY-TX": ("通信管理局", "Communications Administration"),
    "CITY-ZF": ("政务服务管理局", "Public Service Administration"),
    "CITY-XF": ("信访联席会议办公室", "Joint Petition Office"),
}
UTILITIES = {
    "HEAT": ("热力公司", "Heating Company"),
    "WATER": ("水务集团", "Water Group"),
    "POWER": ("供电公司", "Power Company"),
    "GAS": ("燃气公司", "Gas Company"),
    "BUS": ("公交集团", "Bus Group"),
}
_FIRST_PHONE = 13_900_000_100


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """One unit before it has a row; `parent` is a code."""

    code: str
    name: str
    short_name: str
    name_en: str
    kind: UnitKind
    tier: int
    parent: str = ""
    district: str = ""


def planned_units() -> Iterator[PlannedUnit]:
    """List every unit, parents before children."""
    yield PlannedUnit(CENTRE, f"{CITY} 12345 中心", "12345 中心", "Yunjiang 12345 Centre", UnitKind.CENTRE, 1)
    for code, (name, english) in CITY_BUREAUX.items():
        yield PlannedUnit(code, f"{CITY}{name}", f"市{name}", f"Yunjiang City {english}", UnitKind.BUREAU, 2)
    for code, (name, english) in UTILITIES.items():
        yield PlannedUnit(code, f"{CITY}{name}", f"云江{name}", f"Yunjiang {english}", UnitKind.UTILITY, 2)
    for code in DISTRICTS:
        yield from _district(code)


def seed_organisation(session: Session, now: datetime) -> dict[str, Unit]:
    """Add every area and unit, and give the units back by their codes."""
    seed_areas(session)
    signed = Signed(SYSTEM, now, "建立演示城市")
    units: dict[str, Unit] = {}
    for serial, planned in enumerate(planned_units()):
        parent = units[planned.parent].id if planned.parent else None
        written = UnitInput(
            name=planned.name,
            kind=planned.kind.value,
            short_name=planned.short_name,
            name_en=planned.name_en,
            district=planned.district,
            liaison_phone=f"+86{_FIRST_PHONE + serial}",
            liaison_email=f"{planned.code.lower()}@units.example.com",
        )
        calendar = ALWAYS_CALENDAR if planned.code == CENTRE else CITY_CALENDAR
        unit = create_unit(session, NewUnit(planned.code, parent, written, calendar), signed)
        units[planned.code] = unit
    return units


def seed_areas(session: Session) -> None:
    """Add the districts and their sub-districts."""
    for code, (name, _) in DISTRICTS.items():
        district = Area(code=code, name=name, level=AreaLevel.DISTRICT.value)
        session.add(district)
        session.flush()
        session.add_all(
            Area(code=f"{code}-{n}", name=street, level=AreaLevel.STREET.value, parent_id=district.id)
            for n, street in enumerate(STREETS[code], 1)
        )
    session.flush()


def unit_in_district(owner: str, district: str) -> str:
    """Find the code of the bureau of the owner's trade in that district; city-wide owners stay themselves."""
    area, _, trade = owner.partition("-")
    here = next((code for code, (name, _) in DISTRICTS.items() if name == district), "")
    return f"{here}-{trade}" if here and area in DISTRICTS else owner


def _district(code: str) -> Iterator[PlannedUnit]:
    name, english = DISTRICTS[code]
    government = PlannedUnit(
        f"{code}-GOV",
        f"{name}人民政府",
        f"{name}政府",
        f"{english} District Government",
        UnitKind.DISTRICT,
        1,
        district=name,
    )
    yield government
    for trade, (bureau, short, bureau_en) in DISTRICT_BUREAUX.items():
        yield replace(
            government,
            code=f"{code}-{trade}",
            name=f"{name}{bureau}",
            short_name=f"{name}{short}",
            name_en=f"{english} District {bureau_en}",
            kind=UnitKind.BUREAU,
            tier=2,
            parent=government.code,
        )
    yield from _streets(code, government)


def _streets(code: str, government: PlannedUnit) -> Iterator[PlannedUnit]:
    name, english = DISTRICTS[code]
    for number, street in enumerate(STREETS[code], 1):
        yield replace(
            government,
            code=f"{code}-JD{number}",
            name=f"{name}{street}办事处",
            short_name=street,
            name_en=f"{english} Sub-district {number}",
            kind=UnitKind.STREET,
            tier=3,
            parent=f"{code}-CG",
        )


def memory_of(now: datetime) -> datetime:
    """The moment from which the installation's policy counts: long before anything happened in it."""
    return now.replace(year=2000, month=1, day=1)
