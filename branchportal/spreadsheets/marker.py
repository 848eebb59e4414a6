"""How does the sender's own workbook look with every wrong cell marked? Runs as a child process with limits.

Standard input: four bytes with the length of a JSON list of [sheet, row, column, message], the list, the workbook.
Standard output: the marked workbook. Imports nothing of the portal.
"""

import io
import json
import resource
import struct
import sys

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 60
FILE = 256 * 1024 * 1024
FILL = PatternFill("solid", fgColor="FFFFC7CE")


def limit_resources():
    """Let the kernel end this process instead of letting a file take the machine."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))


def mark(content, marks):
    """The workbook with a fill and a comment on each marked cell, everything else as openpyxl can keep it."""
    workbook = load_workbook(io.BytesIO(content), keep_links=False)
    for name, row, column, message in marks:
        cell = _top_left(workbook[name], row, column)
        cell.fill = FILL
        cell.comment = Comment(message, "", height=110, width=320)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _top_left(sheet, row, column):
    """Of merged cells only the first can carry a comment."""
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            return sheet.cell(merged.min_row, merged.min_col)
    return sheet.cell(row, column)


def main():
    """Read standard input under limits; any failure ends in a non-zero exit code."""
    limit_resources()
    (length,) = struct.unpack("!I", sys.stdin.buffer.read(4))
    marks = json.loads(sys.stdin.buffer.read(length))
    sys.stdout.buffer.write(mark(sys.stdin.buffer.read(), marks))


if __name__ == "__main__":
    main()
