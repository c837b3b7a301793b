"""Read a workbook in a process of its own: ``python workbook_reader.py REQUEST < file > answer``.

A damaged workbook can end the process that reads it: the reader behind asks for as much memory as the
file claims and gives up the ghost when there is none. So it runs where nothing else is lost, under a
limit of memory. Only the standard library and the reader are imported, which keeps the start short.

Request and answer are JSON. Request: ``{"sheet": name, position or null, "names_only": bool, "rows": int,
"columns": int, "cells": int, "megabytes": int}``. Answer: ``{"titles": [...], "visible": [...], "sheets":
[{"name", "rows", "merged"}]}`` or ``{"fault": code, ...}``.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from typing import Any


def main() -> None:
    """Answer the request in the first argument about the file on standard input."""
    request = json.loads(sys.argv[1])
    _limit_memory(request["megabytes"])
    try:
        answer = read_workbook(sys.stdin.buffer.read(), request)
    except MemoryError:
        answer = {"fault": "sheet_too_large"}
    sys.stdout.write(json.dumps(answer))


def _limit_memory(megabytes: int) -> None:
    size = megabytes * 1024**2
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        return  # Windows has no such limit, macOS may refuse it; the limit on cells remains


def read_workbook(content: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a request about a workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum, XmlError, ZipError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        answer: dict[str, Any] = {"titles": book.sheet_names, "visible": visible or book.sheet_names, "sheets": []}
        wanted = _wanted(answer, request)
        if wanted is None:
            return {"fault": "sheet_missing", "titles": book.sheet_names}
        for title in wanted:
            sheet = book.get_sheet_by_name(title)
            height, width = (place + 1 for place in (sheet.end or (-1, -1)))
            for fault in ("rows", "columns"):
                if (height if fault == "rows" else width) > request[fault]:
                    return {"fault": f"table_too_many_{fault}", "sheet": title, "columns": width}
            if height * width > request["cells"]:
                return {"fault": "sheet_too_large"}
            rows = sheet.to_python(skip_empty_area=False) if height else []
            merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
            answer["sheets"].append(
                {"name": title, "rows": [[_plain(c) for c in row] for row in rows], "merged": merged}
            )
    except PasswordError:
        return {"fault": "workbook_encrypted"}
    except BaseException as fault:  # the reader behind panics on damaged XLS, and its panics are no Exception
        is_said = isinstance(fault, (CalamineError, XmlError, ZipError, OSError, ValueError))
        if not is_said and type(fault).__name__ != "PanicException":
            raise
        return {"fault": "workbook_unreadable"}
    return answer


def _wanted(answer: dict[str, Any], request: dict[str, Any]) -> list[str] | None:
    sheet, titles = request["sheet"], answer["titles"]
    if request["names_only"]:
        return []
    if sheet is None:
        return list(answer["visible"])
    if isinstance(sheet, int):
        return [titles[sheet]] if 0 <= sheet < len(titles) else None
    return [sheet] if sheet in titles else None


def _plain(cell: Any) -> Any:
    """Return a cell as JSON knows it: text, number or truth; dates as ISO text."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return cell if isinstance(cell, (str, bool, int, float)) else str(cell)


if __name__ == "__main__":
    main()
