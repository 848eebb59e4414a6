"""Which stored address may a page lead to? Forms take only web addresses; a page trusts nothing that is stored."""

WEB = ("https://", "http://")


def followable(link: str) -> str:
    """Return the address if it is one of the web, else nothing: a script must never stand in a link."""
    return link if link.lower().startswith(WEB) else ""
