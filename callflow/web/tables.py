"""A table as a file: for a spreadsheet, or as plain csv for other programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, stream_with_context

from callflow.core.errors import NotFound
from callflow.core.spreadsheet import workbook
from callflow.desk.export import cells, written

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(table: Iterable[Sequence[Any]], ending: str, name: str) -> Response:
    """The table, headings first, as csv or xlsx. Raises NotFound for any other ending.

    Nothing that somebody typed runs as a formula: in csv it is guarded, in xlsx it is a text.
    """
    if ending == "csv":
        answer = Response(stream_with_context(written(cells(table))), mimetype="text/csv")
    elif ending == "xlsx":
        file = workbook(table, name=name)
        answer = Response(stream_with_context(iter(lambda: file.read(65_536), b"")), mimetype=XLSX)
        answer.call_on_close(file.close)
    else:
        raise NotFound
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer
