"""A foreign key of several columns, which Django does not have, as a constraint of a table."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class Together(models.BaseConstraint):
    """What a row points to has these values together, as in one row of the table that is pointed to.

    That table needs a constraint by which the columns are unique. Looked at when a transaction ends, so both
    rows may change in any order; not looked at where one of the columns is empty (MATCH SIMPLE).
    """

    def __init__(
        self, *, fields: tuple[str, ...], table: str, columns: tuple[str, ...], name: str, **more: Any
    ) -> None:
        """`fields` are those of the model; `columns` those of the other `table`, in the same order."""
        super().__init__(name=name, **more)
        self.fields, self.table, self.columns = tuple(fields), table, tuple(columns)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "fields": self.fields, "table": self.table, "columns": self.columns}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Together) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.fields, self.table, self.columns))

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: Any) -> str:
        """Within CREATE TABLE, as SQLite makes a table anew."""
        if model is None:
            raise TypeError("a constraint is that of a table")
        quote = schema_editor.quote_name
        columns = [cast("models.Field[Any, Any]", model._meta.get_field(name)).column for name in self.fields]
        here = ", ".join(map(quote, columns))
        there = ", ".join(quote(column) for column in self.columns)
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({here}) REFERENCES {quote(self.table)} ({there})"
            " DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        if model is None or schema_editor is None:
            raise TypeError("a constraint is that of a table")
        sql = f"ALTER TABLE %(table)s ADD {self.constraint_sql(model, schema_editor)}"
        return Statement(sql, table=schema_editor.quote_name(model._meta.db_table))

    def remove_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        if model is None or schema_editor is None:
            raise TypeError("a constraint is that of a table")
        quote = schema_editor.quote_name
        sql = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"
        return Statement(sql, table=quote(model._meta.db_table), name=quote(self.name))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database does that."""
