"""All cases from one database to another, each row compared afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import Connection, Select, String, Table, func, insert, select, text

from bot.cases.database import blocking_engine, migrate
from bot.cases.plain import plain
from bot.cases.tables import Base

_AT_ONCE = 500


class MovingError(Exception):
    """The cases cannot be moved; the text says why. Nothing is left half done."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A table that was moved, and how many rows it has."""

    table: str
    rows: int


def move(source: str, target: str, told: Callable[[Moved], None]) -> None:
    """Copy the store at the URL `source` into the empty one at `target`, and compare them row by row.

    `told` is called for each table. Raises `MovingError`; then the target is as empty as before.
    """
    migrate(source)
    migrate(target)
    origin, place = blocking_engine(source), blocking_engine(target)
    try:
        with origin.connect() as old, place.begin() as new:
            for table in Base.metadata.sorted_tables:
                if new.execute(select(table).limit(1)).first() is not None:
                    raise MovingError(f"The new store is not empty: its table {table.name} holds rows already.")
            for table in Base.metadata.sorted_tables:
                told(Moved(table.name, _copy(table, old, new)))
    finally:
        origin.dispose()
        place.dispose()


def _copy(table: Table, old: Connection, new: Connection) -> int:
    rows = _rows(table, old)
    while some := list(islice(rows, _AT_ONCE)):
        new.execute(insert(table), some)
    _count_on(table, new)
    number = 0
    for number, (before, after) in enumerate(zip_longest(_rows(table, old), _rows(table, new)), start=1):
        if before != after:
            raise MovingError(f"Row {number} of the table {table.name} came out differently; nothing was kept.")
    return number


def _rows(table: Table, connection: Connection) -> Iterator[dict[str, Any]]:
    query = _in_order(table, connection)
    with connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as found:
        for row in found.mappings():
            yield {name: _same(value) for name, value in row.items()}


def _in_order(table: Table, connection: Connection) -> Select[Any]:
    # by bytes on both: a language of its own would order texts otherwise
    by_bytes = connection.dialect.name == "postgresql"
    keys = (
        column.collate("C") if by_bytes and isinstance(column.type, String) else column
        for column in table.primary_key.columns
    )
    return select(table).order_by(*keys)


def _same(value: Any) -> Any:
    """Return a value as every database gives it back."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(str(key)): _same(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_same(each) for each in value]
    return bytes(value) if isinstance(value, memoryview) else value


def _count_on(table: Table, connection: Connection) -> None:
    """Have new rows numbered after those that were copied."""
    number = table.autoincrement_column
    if connection.dialect.name != "postgresql" or number is None or number.foreign_keys:
        return
    last = connection.scalar(select(func.max(number)))
    if last is not None:
        sequence = text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
        connection.execute(sequence, {"table": table.name, "column": number.name, "last": last})
