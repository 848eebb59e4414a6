"""What can a ranking be for?"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a ranking is for; it decides who is ranked."""

    CANDIDATE = "candidate", _("Development candidates")
    CONVERSION = "conversion", _("Conversion to full member")
    APPRAISAL = "appraisal", _("Appraisal of student members")
