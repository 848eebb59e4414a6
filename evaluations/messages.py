"""In which words is each notification of the months and rankings told?"""

from collections.abc import Callable
from typing import Any

TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {}
