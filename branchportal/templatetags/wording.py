"""How does a template put names in a row? `{% load wording %}{{ names|listed }}`."""

from django import template

from branchportal.wording import listed

register = template.Library()
register.filter("listed", listed)
