"""How does somebody use the portal over the network, and how does he know what was taken?

Only an answer that arrived whole counts as acknowledged; a broken line tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import uuid4

TOKEN = "t" * 32
BROKEN = (OSError, HTTPException)
SECONDS = 40


@dataclass(frozen=True)
class Answer:
    """What came back; `status` 0: the line broke, and nobody knows."""

    status: int
    location: str = ""
    content: bytes = b""

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass(frozen=True)
class Visitor:
    """One browser that is signed in."""

    port: int
    session: str

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def file(self, path: str) -> tuple[int, bytes]:
        """The status and the whole content."""
        answer = self.get(path)
        return answer.status, answer.content

    def post(self, path: str, fields: dict[str, object], **files: tuple[str, bytes]) -> Answer:
        """Send a form; a file is (its name, its content)."""
        fields = {"csrfmiddlewaretoken": TOKEN, **fields}
        if not files:
            return self._ask("POST", path, urlencode(fields, doseq=True).encode(), {"Content-Type": FORM})
        boundary = uuid4().hex
        body = multipart(boundary, fields, files)
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def headers(self) -> dict[str, str]:
        return {
            "Host": "127.0.0.1", "Origin": "https://127.0.0.1", "X-Forwarded-Proto": "https", "Connection": "close",
            "Accept": "text/html", "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}; django_language=en",
        }  # fmt: skip

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        line = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            line.request(method, path, body, {**self.headers(), **headers})
            answer = line.getresponse()
            return Answer(answer.status, answer.getheader("Location", ""), answer.read())
        except BROKEN:
            return Answer(0)
        finally:
            line.close()


FORM = "application/x-www-form-urlencoded"


def multipart(boundary: str, fields: dict[str, object], files: dict[str, tuple[str, bytes]]) -> bytes:
    """The body of a form with files."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (file_name, content) in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])
