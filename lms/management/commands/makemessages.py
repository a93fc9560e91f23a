"""Collect the texts of the pages; when a customer says what is told to authors, so the engine's own words for it are texts, too."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    # `CustomerAct("…")` in the engine, which knows nothing of translation; `simulator.authoring` translates it where it is shown.
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=CustomerAct:1"]
