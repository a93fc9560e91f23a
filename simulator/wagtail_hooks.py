"""Scenarios in the CMS menu."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from simulator import authoring
from simulator.models import Scenario


class ScenarioViewSet(SnippetViewSet):
    model = Scenario
    icon = "group"
    menu_label = _("Scenarios")
    menu_order = 210
    add_to_admin_menu = True
    list_display = ["title_zh", "title_en", "slug", "live_version", UpdatedAtColumn()]
    list_export = ["slug", "title_zh", "title_en", "live_version"]
    search_fields = ["slug", "title_zh", "title_en"]
    ordering = ["slug"]
    edit_handler = authoring.edit_handler()


register_permission_policy(Scenario, authoring.AuthorsOnly(Scenario))
register_snippet(ScenarioViewSet)


@hooks.register("insert_global_admin_css")
def authoring_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("simulator/authoring.css"))
