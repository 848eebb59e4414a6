"""How is an uploaded file put on the disk: complete and flushed under its name, or not at all?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Written under another name first; a disk that is full, or a process that dies, leaves no half file behind."""

    def _save(self, name: str, content: Any) -> str:
        part = f"{name}.{uuid4().hex}.part"
        try:
            super()._save(part, content)
            flush(self.path(part))
            name = self._give_name(part, name)
        finally:
            self.delete(part)
        flush(os.path.dirname(self.path(name)))  # noqa: PTH120 (the base class deals in text)
        return name

    def _give_name(self, part: str, name: str) -> str:
        """Link, because renaming would replace the file that somebody else has just put there."""
        while True:
            try:
                os.link(self.path(part), self.path(name))
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name


def flush(path: str | Path) -> None:
    """Wait until what stands there, a file or a folder with its names, has reached the disk itself."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
