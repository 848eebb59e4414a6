"""How does the first branch come into an empty portal? `manage.py create_branch UNI "党委" --kind committee`."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from members.models import Branch
from members.services.branches import add_branch


class Command(BaseCommand):
    help = "Add a committee, general branch or branch."

    def add_arguments(self, parser):
        parser.add_argument("code", metavar="CODE", help="capital letters, digits and hyphens, such as B001")
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--kind", choices=Branch.Kind.values, help="default: branch, committee without --parent")
        parser.add_argument("--parent", metavar="CODE", help="code of what it belongs to")

    def handle(self, *args, **options):
        parent = self._parent(options["parent"])
        kind = options["kind"] or (Branch.Kind.BRANCH if parent else Branch.Kind.COMMITTEE)
        try:
            branch = add_branch(code=options["code"], name=options["name"], kind=kind, parent=parent, by=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{branch.get_kind_display()} {branch.code} {branch.name}")

    def _parent(self, code):
        if code is None:
            return None
        parent = Branch.objects.filter(code=code).first()
        if parent is None:
            raise CommandError(f"There is no branch with the code {code}. Create it first.")
        return parent
