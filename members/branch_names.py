"""Does a text from a file mean this branch? Pure; whether another branch has just this name is asked elsewhere."""

from branchportal.spreadsheets.values import header_of

PARTY, COMMITTEE = "中共", "委员会"


def is_name_of(text: str, name: str, code: str) -> bool:
    """Whether `text` is the branch's name or code, in half width, with the Party's words around it or without."""
    return _plain(text) == _plain(name) or header_of(text) == header_of(code)


def may_be_name_of(text: str, name: str) -> bool:
    """Whether `text` is the name with the college before it, or without it: an own branch may be called so too."""
    said, called = _plain(text), _plain(name)
    return bool(said) and (said.endswith(called) or called.endswith(said))


def _plain(text: str) -> str:
    return header_of(text).removeprefix(PARTY).removesuffix(COMMITTEE)
