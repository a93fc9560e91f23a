"""Rendered lessons are kept by page and revision; another test has other pages under the same numbers."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_rendered_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
