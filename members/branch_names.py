"""Does a text from a file mean this branch? Pure: the names of the other branches are an argument."""

from branchportal.spreadsheets.values import header_of

PARTY, COMMITTEE = "中共", "委员会"


def is_meant(text: str, name: str, code: str, others: set[str]) -> bool:
    """Whether `text` is the branch's name or code: with the college before it or without, and in half width.

    What is exactly the name of one of the `others` means that one.
    """
    said, called = _plain(text), _plain(name)
    if said == called or said == header_of(code):
        return True
    if not said or said in {_plain(other) for other in others}:
        return False
    return said.endswith(called) or called.endswith(said)


def _plain(text: str) -> str:
    return header_of(text).removeprefix(PARTY).removesuffix(COMMITTEE)
