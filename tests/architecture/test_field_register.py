"""The register of fields holds every column there is, with a class, a purpose and a time."""

from database import Base
from tests.architecture import field_register as register
from tests.architecture.field_classes import FIELDS

_SEALED_ALL = {"citizens", "incoming_calls", "jottings", "inbound_messages"}


def test_every_column_has_a_class_and_no_name_is_left_over() -> None:
    assert register.list_unknown() == []
    assert {kind for _, _, kinds in FIELDS.values() for kind in kinds} <= set(register.CLASSES)


def test_the_page_is_current_and_holds_every_column() -> None:
    page = register.PAGE.read_text(encoding="utf-8")
    assert page == register.render(), "run python -m tests.architecture.field_register"
    columns = [
        f"| `{table.name}.{column.name}` |"
        for table in Base.metadata.sorted_tables
        for column in table.columns
    ]
    assert [name for name in columns if page.count(name) != 1] == []


def test_what_tells_who_a_citizen_is_lies_sealed_or_hashed() -> None:
    open_ones = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name in _SEALED_ALL
        for column in table.columns
        if register.holds_words(column) and register.class_of(table, column) in {"personal", "sensitive"}
        if not register.is_sealed(column) and not column.name.endswith("_hash") and column.name != "language"
    ]
    assert open_ones == []
