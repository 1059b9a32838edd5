"""What does somebody fill in for a row of the dispatch catalogue, and what of it is wrong?"""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from hotline.queries.catalogue_pages import RowLine
from hotline.queries.typed import row_id_in
from hotline.services.catalogue import RowInput


@dataclass(frozen=True, slots=True)
class TypedRow:
    """The form as it was sent; kept as typed when it comes back."""

    category: str = ""
    district: str = ""
    main_unit: str = ""
    co_units: tuple[str, ...] = ()
    limit_class: str = ""
    basis: str = ""


def read_row(form: MultiDict[str, str]) -> TypedRow:
    """Read the form; nothing is checked here, the service does that."""
    return TypedRow(
        category=form.get("category", ""),
        district=form.get("district", ""),
        main_unit=form.get("main_unit", ""),
        co_units=tuple(unit for unit in form.getlist("co_units") if unit),
        limit_class=form.get("limit_class", ""),
        basis=form.get("basis", ""),
    )


def filled_from(row: RowLine) -> TypedRow:
    """Fill the form from a row."""
    return TypedRow(
        str(row.category_id),
        row.district,
        str(row.unit_id),
        tuple(str(unit_id) for unit_id, _ in row.co_units),
        row.limit_class,
        row.basis,
    )


def input_of(typed: TypedRow, number: int | None) -> RowInput:
    """Make the service's input; a text that is no id becomes 0, an id no row has."""
    return RowInput(
        row_id_in(typed.category),
        typed.district,
        row_id_in(typed.main_unit),
        tuple(dict.fromkeys(row_id_in(unit_id) for unit_id in typed.co_units)),
        typed.limit_class,
        typed.basis,
        number,
    )
