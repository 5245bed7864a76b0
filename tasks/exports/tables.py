"""Rows in files: JSON lines, or Parquet whose schema follows from the row's model."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import Any, ClassVar, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from hcsp.frozen import Frozen
from tasks.files import read

Suffix = Literal["jsonl", "parquet"]
BATCH = 500
"""Rows of one row group of a Parquet file."""


class Row(Frozen):
    """A line of an exported file. A `sparse` one leaves out what is `None`."""

    sparse: ClassVar[bool] = False


class File(Frozen):
    """A file that was written; `rows` is `None` where it has none."""

    name: str
    rows: int | None
    bytes: int
    sha256: str


class MissingExtra(ValueError):
    """A package that only some formats need is not installed."""


R = TypeVar("R", bound=BaseModel)


def need_pyarrow() -> None:
    """Raises `MissingExtra` when Parquet can neither be written nor read."""
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415
    except ImportError:
        raise MissingExtra("this format is Parquet, which needs pyarrow: pip install -e '.[export]'") from None


def write_rows(path: Path, rows: Iterable[BaseModel], model: type[BaseModel]) -> File:
    """Write the rows in the form that the file's suffix names."""
    count = _write_parquet(path, rows, model) if path.suffix == ".parquet" else _write_lines(path, rows)
    return written(path, count)


def written(path: Path, rows: int | None = None) -> File:
    """What stands in a file now."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(name=path.name, rows=rows, bytes=path.stat().st_size, sha256=digest)


def read_rows(path: Path, model: type[R], what: str = "row of this format") -> Iterator[R]:
    """The rows of a file, each of them `what`; raises `ValueError` naming the first that is none."""
    numbered = enumerate(_read_parquet(path), start=1) if path.suffix == ".parquet" else read(path)
    for number, row in numbered:
        try:
            yield model.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ValueError(f"{path} row {number} is no {what} ({where}: {first['msg'].lower()})") from None


def _plain(row: BaseModel) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude_none=isinstance(row, Row) and row.sparse)


def _write_lines(path: Path, rows: Iterable[BaseModel]) -> int:
    count = 0
    with path.open("wb") as out:
        for row in rows:
            out.write(json.dumps(_plain(row), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
    return count


def _write_parquet(path: Path, rows: Iterable[BaseModel], model: type[BaseModel]) -> int:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema, waiting, count = pa.schema(_fields(model)), iter(rows), 0
    with pq.ParquetWriter(path, schema, compression="zstd") as out:
        while batch := [_plain(row) for row in islice(waiting, BATCH)]:
            out.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq  # noqa: PLC0415

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            yield from batch.to_pylist()


def _fields(model: type[BaseModel]) -> list[tuple[str, Any]]:
    return [(name, _arrow(field.annotation)) for name, field in model.model_fields.items()]


def _arrow(kind: Any) -> Any:
    """The Arrow type of a field: text, whole numbers, decimals, truth, tuples of one kind, models of these."""
    import pyarrow as pa  # noqa: PLC0415

    scalars = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    if kind in scalars:
        return scalars[kind]
    inner = [k for k in get_args(kind) if k not in (NoneType, Ellipsis)]
    if get_origin(kind) is tuple:
        return pa.list_(_arrow(inner[0]))
    if get_origin(kind) is Literal:
        return _arrow(type(inner[0]))
    return pa.struct(_fields(kind)) if isinstance(kind, type) else _arrow(inner[0])
