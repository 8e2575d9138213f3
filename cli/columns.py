"""What the command leaves to pyarrow: `read FILE` writes the rows of a Parquet or Arrow file as JSON Lines, and
`write FROM TO` makes Parquet files of the tables in CSV that are in a directory; `check` does nothing. An exit code of 3 says that pyarrow is
not there; of 1, that the last line of standard error says what is wrong."""

import sys

sys.path[:] = [entry for entry in sys.path if entry]  # nothing comes from the current directory
try:
    import pyarrow
except ImportError:
    sys.exit(3)
import json
import math
import os

SHORT = (",", ":")
ROWS = 4096  # of a batch: what a chunk of text takes in Python bounds the memory


def batches(path):
    with open(path, "rb") as file:
        magic = file.read(6)
    if magic[:4] == b"PAR1":
        from pyarrow import parquet

        with parquet.ParquetFile(path) as file:
            yield from file.iter_batches(ROWS)
        return
    with pyarrow.memory_map(path) as source:
        if magic == b"ARROW1":
            with pyarrow.ipc.open_file(source) as reader:
                for i in range(reader.num_record_batches):
                    yield reader.get_batch(i)
        else:
            with pyarrow.ipc.open_stream(source) as reader:
                yield from reader


def values(column):
    if pyarrow.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pyarrow.types.is_binary(column.type) or pyarrow.types.is_large_binary(column.type):
        column = column.cast(pyarrow.large_string())
    if pyarrow.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
    return column.to_pylist()


def other(value):
    if isinstance(value, bytes):
        return value.decode()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def finite(value):
    """JSON has no infinite numbers, and none that are not numbers."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, list) else value


def line(row):
    try:
        return json.dumps(row, ensure_ascii=False, separators=SHORT, allow_nan=False, default=other)
    except ValueError:
        return json.dumps(finite(row), ensure_ascii=False, separators=SHORT, default=other)


def read(path):
    out = sys.stdout.buffer
    for batch in batches(path):
        names = batch.schema.names
        for at in range(0, batch.num_rows, ROWS):
            columns = [values(column) for column in batch.slice(at, ROWS).columns]
            rows = (line(dict(zip(names, row))) for row in zip(*columns))
            out.write("".join(row + "\n" for row in rows).encode())
    out.flush()


NUMBERS = {"cluster", "section", "tokens", "begin", "end", "of_begin", "of_end", "conflicts"}
TEXTS = {"a", "b", "id", "article", "kept", "relation", "kind"}


def write(source, target):
    from pyarrow import csv, parquet

    for name in sorted(os.listdir(source)):
        path = os.path.join(source, name)
        with open(path, encoding="utf-8", newline="") as file:
            header = file.readline().strip().split(",")
        types = {
            column: pyarrow.int64() if column in NUMBERS else pyarrow.string() if column in TEXTS else pyarrow.float64()
            for column in header
        }
        if name == "clusters.csv":
            types["kept"] = pyarrow.bool_()
        table = csv.read_csv(
            path,
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(column_types=types),
        )
        beside = os.path.join(target, "." + name)
        parquet.write_table(table, beside)
        os.replace(beside, os.path.join(target, name[: -len("csv")] + "parquet"))


try:
    {"check": lambda: None, "read": read, "write": write}[sys.argv[1]](*sys.argv[2:])
except BrokenPipeError:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
except (pyarrow.ArrowException, OSError, ValueError) as error:
    print(str(error).partition("\n")[0], file=sys.stderr)
    sys.exit(1)
