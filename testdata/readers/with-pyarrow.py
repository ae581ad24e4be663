"""Prints a Parquet file's rows as pyarrow reads them, page checksums verified: a line per row, values as OtherReadersTest wants them."""
import struct
import sys

import pyarrow
import pyarrow.parquet


def text(value):
    if value is None:
        return "N"
    if isinstance(value, list):
        return "[" + ", ".join(map(text, value)) + "]"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    if isinstance(value, str):
        return value.encode().hex()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


table = pyarrow.parquet.read_table(sys.argv[1], page_checksum_verification=True, partitioning=None)
columns = [c.cast(pyarrow.int64()) if pyarrow.types.is_timestamp(c.type) else c for c in table.columns]
print("\t".join(table.column_names))
for row in zip(*(c.to_pylist() for c in columns)):
    print("\t".join(map(text, row)))
