"""Which drawing stands beside these words? `{% icon "download" %}` in any template (see settings.TEMPLATES)."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> str:
    """One drawing of static/vendor/icons.txt, as large as the text beside it; hidden from screen readers."""
    drawing = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    return format_html(drawing, static("vendor/tabler-icons/icons.svg"), name)
