"""Is the portal closed for maintenance, until when, and why? A file in the data folder says so; no database is asked.

`manage.py maintenance on` writes the file, `off` removes it; every process of the machine looks at it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

FILE = "maintenance.json"
RETRY_SECONDS = 600  # where no end is known, or the end has passed
OPEN_PATHS = ("/health/", "/logout/", "/language/")


@dataclass(frozen=True)
class Notice:
    """What the page of the maintenance says: its end, if that is known, and a sentence of the administrator."""

    until: datetime | None = None
    text: str = ""

    def retry_after(self, now: datetime) -> int:
        """In how many seconds a browser or a program may try again."""
        left = int((self.until - now).total_seconds()) if self.until else 0
        return left if left > 0 else RETRY_SECONDS


def file() -> Path:
    return Path(settings.DATA_DIR) / FILE


def begin(notice: Notice) -> None:
    """Close the portal. The file appears complete or not at all."""
    words = {"until": notice.until.isoformat() if notice.until else "", "text": notice.text}
    fresh = file().with_suffix(".new")
    fresh.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    fresh.replace(file())


def end() -> bool:
    """Open the portal; tell whether it was closed."""
    was_closed = file().exists()
    file().unlink(missing_ok=True)
    return was_closed


def present() -> Notice | None:
    """What the file says; a file that somebody made by hand or damaged closes the portal all the same."""
    try:
        words = json.loads(file().read_text(encoding="utf-8"))
        return Notice(datetime.fromisoformat(words["until"]) if words["until"] else None, words["text"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Notice()


class MaintenanceMiddleware:
    """While the portal is closed every page answers 503 and nothing is written; health and leaving go on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        notice = None if request.path in OPEN_PATHS else present()
        if notice is None:
            return self.get_response(request)
        now = timezone.now()
        until = timezone.localtime(notice.until) if notice.until else None
        context = {
            "until": until,
            "is_today": bool(until) and until.date() == timezone.localdate(now),
            "text": notice.text,
            "was_sent": request.method == "POST",
        }
        page = render_to_string("branchportal/maintenance.html", context)
        headers = {"Retry-After": str(notice.retry_after(now)), "Cache-Control": "no-store"}
        return HttpResponse(page, status=503, headers=headers)
