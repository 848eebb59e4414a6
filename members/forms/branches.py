"""What is typed to add or rename a branch?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.roles import date_field
from members.models import Branch


class BranchChoiceField(forms.ModelChoiceField):
    """Organisations with their superior's name, because many are called the same. Its query loads the parents."""

    def label_from_instance(self, branch: Branch) -> str:
        return f"{branch.parent.name} · {branch.name}" if branch.parent else branch.name


class AddBranchForm(forms.Form):
    """A new branch and its place in the tree."""

    parent = BranchChoiceField(label=_("Belongs to"), queryset=Branch.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=Branch.Kind, initial=Branch.Kind.BRANCH)
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_(
            "Capital letters, digits and hyphens, such as B012. It appears in addresses and files and never changes."
        ),
    )
    name = forms.CharField(label=_("Name of the branch"), max_length=60)
    founded_on = date_field(_("Founded on"), required=False)

    def __init__(self, *args, parents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents

    def clean_code(self):
        return self.cleaned_data["code"].upper()


class RenameBranchForm(forms.Form):
    """The new name."""

    name = forms.CharField(label=_("Name of the branch"), max_length=60)
