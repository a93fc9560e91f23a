"""Facts in templates."""

from django import template
from django.utils.translation import get_language

from courses import facts

register = template.Library()


@register.inclusion_tag("courses/_facts.html")
def fact_ids(text: str) -> dict[str, object]:
    """The facts a field cites, each id with what it says in a few words."""
    language = get_language() or ""
    return {"facts": [(fact.id, fact.words(language)) for fact in facts.cited(text)]}


@register.filter
def at_key(mapping, key):
    """`mapping[key]`, for a key that is in a variable."""
    return mapping.get(key)
