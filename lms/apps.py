from django.apps import AppConfig


class LmsConfig(AppConfig):
    """The project itself: connects the reactions of `lms.wiring` when everything is loaded."""

    name = "lms"

    def ready(self) -> None:
        from lms import wiring
        from lms.core import bus

        bus.connect(wiring.REACTIONS)
