"""Who reacts to what, on one page.

| something happened | who reacts |
| --- | --- |
"""

from collections.abc import Callable
from typing import Any

REACTIONS: dict[type, list[Callable[[Any], None]]] = {}
