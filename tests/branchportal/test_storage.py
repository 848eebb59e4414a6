"""Does a file lie under its name only when it is complete?"""

from __future__ import annotations

import errno

import pytest
from django.core.files.base import ContentFile

from branchportal.storage import WholeFileStorage


@pytest.fixture
def storage(tmp_path):
    return WholeFileStorage(location=tmp_path)


def files(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_lies_under_its_name(storage, tmp_path):
    assert storage.save("evidence/a.pdf", ContentFile(b"whole")) == "evidence/a.pdf"
    assert files(tmp_path) == {"evidence/a.pdf": b"whole"}


def test_a_disk_that_gets_full_leaves_nothing(storage, tmp_path):
    class Full(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        storage.save("evidence/a.pdf", Full(b"half of it"))
    assert files(tmp_path) == {}


def test_two_who_save_the_same_name_at_once_have_a_file_each(storage, tmp_path):
    """The second has asked for a free name before the first has taken it."""
    first = storage._save("a.pdf", ContentFile(b"1"))
    second = storage._save("a.pdf", ContentFile(b"2"))
    storage.delete(second)
    assert (first, files(tmp_path)) == ("a.pdf", {"a.pdf": b"1"})
