"""Answers that every app gives: back to where somebody came from, and a refusal on a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, target: str, otherwise: str) -> str:
    """`target`, if it is a path of this site; it came from a browser and may be anything."""
    own = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if own and target.startswith("/") else otherwise


def not_understood(request: HttpRequest, sentence: str = "") -> HttpResponse:
    """400: what was sent cannot have come from one of our pages as they are now; `sentence` says what does not fit."""
    return render(request, "400.html", {"sentence": sentence}, status=400)
