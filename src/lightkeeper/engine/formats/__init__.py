"""Reading and writing the files that arrive and leave: one module per format."""

from lightkeeper.engine.formats.opening import open_table
from lightkeeper.engine.formats.sniff import FORMATS, sniff
from lightkeeper.engine.formats.table import Fault, Limits, Row, Table, Tally

__all__ = ["FORMATS", "Fault", "Limits", "Row", "Table", "Tally", "open_table", "sniff"]
