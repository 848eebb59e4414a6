"""How does somebody sign in during a journey?"""

from __future__ import annotations

PASSWORD = "zhibu-menhu-1026"


def sign_in(page, url: str, user) -> None:
    """At the log-in page, once the privacy notice was read; ends on the home page."""
    page.goto(f"{url}/login/")
    page.fill("[name=number]", user.number)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(f"{url}/")
