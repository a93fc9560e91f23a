"""Texts of the CMS that authors meet and that Wagtail has no Chinese for, or not the word we use.

Named here so that `make messages` collects them; our catalogue goes before Wagtail's.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

CMS_WORDS = (
    gettext_noop("Pages"),
    gettext_noop("Search all pages…"),
    gettext_noop("Page types usage"),
    gettext_noop("Shortcuts"),
    gettext_noop("Actions"),
    gettext_noop("Actions (footer)"),
    gettext_noop("Wagtail %(current_version)s editor guide"),
    gettext_noop("Edit account avatar"),
    gettext_noop("Autosave is paused"),
    gettext_noop("Autosave is <span>paused</span>"),
    gettext_noop("Locking: "),
    gettext_noop("Checks"),
    gettext_noop("Toggle checks"),
    gettext_noop("Content metrics"),
    gettext_noop("Words"),
    gettext_noop("Reading time"),
    gettext_noop("Readability"),
    gettext_noop("This data explained"),
    gettext_noop("Preview cannot display due to validation errors. <br /> Click save to highlight the relevant fields."),
    gettext_noop("Correct the validation errors to resume preview (saving will highlight errors)"),
    gettext_noop("- Select an option -"),
    ngettext_lazy("Referenced %(count)s time", "Referenced %(count)s times", "count"),
    ngettext_lazy(
        '%(total)s Page <span class="w-sr-only">created in %(site_name)s</span>',
        '%(total)s Pages <span class="w-sr-only">created in %(site_name)s</span>',
        "total",
    ),
)
