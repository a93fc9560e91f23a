"""The few pages that compose several apps."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What to do next, for the person who is logged in."""
    return render(request, "home.html")
