"""What does a member need to know?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branchportal.help.parts import Guide, Link, Section

MEMBER = Guide(
    slug="member",
    title=_("For members"),
    summary=_("The monthly self-review, your own result, activities, and what is kept about you."),
    sections=(
        Section(
            "signing-in",
            _("Signing in"),
            (
                _(
                    "Your branch secretary hands you an activation slip. Open the address on it, enter your number and "
                    "the code, and choose a password of your own with at least 10 characters. After that you sign in "
                    "with number and password."
                ),
                _("If you forget the password, ask the secretary for a new slip; the old password ends with it."),
            ),
            (Link(_("Use an activation slip"), "members:activate"), Link(_("My account"), "members:account")),
        ),
        Section(
            "self-review",
            _("Filing the monthly self-review"),
            (
                _(
                    "The card opens on the first day of the month and is due on the 15th, 23:59, unless your "
                    "committee has set another day. It looks back to the day after the previous deadline. Choose one "
                    "grade in each of the five dimensions; a line of explanation is optional."
                ),
                _(
                    "Last month's grades and your recorded activities stand beside the card to help your memory; they "
                    "are no suggestion. After submitting you can change the card and submit again until the deadline."
                ),
            ),
            (
                Link(_("This month's card"), "evaluations:review_card"),
                Link(_("My earlier months"), "evaluations:own_reviews"),
            ),
        ),
        Section(
            "interrupted",
            _("When the connection breaks"),
            (
                _(
                    "Everything you type is saved as a draft by itself; the time of the last saving stands at the foot "
                    "of the card. Without a connection your words stay on the phone and are sent when it is back. Open "
                    "the card again on the same phone and nothing is lost. A draft alone does not count: submit it."
                ),
            ),
        ),
        Section(
            "after-the-deadline",
            _("After the deadline"),
            (
                _(
                    "Your branch decides whether a late card is refused or accepted and marked as late. If the branch "
                    "returns your card, the reason stands on it: correct it and submit again."
                ),
            ),
        ),
        Section(
            "own-result",
            _("Your own result"),
            (
                _(
                    "When a ranking has been compiled you see your own place, total and every step of the sum, down to "
                    "the single months. You never see the figures of others, and they never see yours. A result is "
                    "only for the branch committee's consideration. If a figure looks wrong, tell your secretary. "
                    "Until a ranking is frozen its figures can still change; the page says when and by whom it was "
                    "frozen."
                ),
                _(
                    "The branch committee decides on a frozen ranking, person by person. Once the superior committee "
                    "has consented, what was decided about you stands above your result, with the reason where there "
                    "is one."
                ),
                _(
                    "Is a figure wrong? Open it on the page of your score and choose “Appeal”, within seven days after "
                    "the ranking was compiled or frozen. The superior committee alone reads it and answers within "
                    "seven days. Where you are right the figure is corrected and the ranking compiled again."
                ),
            ),
            (Link(_("My results"), "evaluations:own_rankings"), Link(_("Scoring schemes"), "evaluations:schemes")),
        ),
        Section(
            "notices",
            _("Public notices and objections"),
            (
                _(
                    "Whom a branch committee has selected is named on a public notice for five working days at least, "
                    "with class and stage dates. Whoever knows something against it objects there, in the own name and "
                    "with facts. Only reviewers of the superior committee read it."
                ),
                _(
                    "You get a receipt with a number. Keep it: with it you look up how far the objection is, and read "
                    "the reply by the promised day. The portal shows the number only once."
                ),
            ),
            (
                Link(_("Public notices"), "evaluations:public_notices"),
                Link(_("Look up an objection"), "evaluations:objection_state"),
            ),
        ),
        Section(
            "activities",
            _("Activities and hours"),
            (
                _(
                    "The activities of your branch are listed with day and location; sign up where places are limited. "
                    "When all places are taken you wait in order of arrival and move up by yourself. Whether you were "
                    "present, and for how many hours, is recorded by the branch and shown to you, with every later "
                    "change and its reason."
                ),
            ),
            (
                Link(_("Activities"), "activities:activities"),
                Link(_("My hours and awards"), "activities:my_hours"),
            ),
        ),
        Section(
            "three-ones",
            _("Three ones"),
            (
                _(
                    "Your branch may ask you to be there for a group of activists, a dormitory area or a class. The "
                    "page says how many entries each month expects, what is done and what is late; an entry is late "
                    "once its month is over, and can still be written until the month is rated."
                ),
                _(
                    "An entry takes a line: what you did, which topic, which day. A file as evidence is up to you, and "
                    "each file counts once. Write nothing about anybody's family, hardship or health."
                ),
            ),
            (Link(_("My three ones"), "activities:my_duties"),),
        ),
        Section(
            "own-data",
            _("What is kept about you"),
            (
                _(
                    "Your record shows all that the roster keeps about you, and who opened it or took it away in a "
                    "file. Sex, ethnicity, birthday and identity card number are not kept. If something is wrong, ask "
                    "for a correction; the secretary decides and you are told."
                ),
            ),
            (
                Link(_("My record"), "members:own_record"),
                Link(_("Everything about me"), "evaluations:my_data"),
                Link(_("Privacy notice"), "members:notice"),
            ),
        ),
        Section(
            "messages",
            _("Messages"),
            (
                _(
                    "The portal tells you when a month opens, when a deadline is near and when something about your "
                    "account changes. Add an e-mail address if you want to be told there too."
                ),
            ),
            (Link(_("Messages"), "members:messages"), Link(_("Change e-mail"), "members:email")),
        ),
    ),
)
