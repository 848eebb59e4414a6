"""What does a branch secretary need to know, and whoever acts as one?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branchportal.help.parts import Guide, Link, Section

SECRETARY = Guide(
    slug="secretary",
    title=_("For secretaries and branch officers"),
    summary=_("Roster and accounts, the course of a month, rating, ranking, activities."),
    sections=(
        Section(
            "roster",
            _("Keeping the roster"),
            (
                _(
                    "Upload the Excel file that your branch keeps already, or the template filled in. The file is "
                    "checked first: you see what is new, what changes and which cells are wrong, and only then write "
                    "it. Wrong rows come back as a file and never hold up the good ones."
                ),
                _(
                    "Single people are added and corrected on their own pages. Somebody who moves is transferred and "
                    "leaves only when the other side has answered; a whole class graduates at once after a preview. "
                    "Earlier reviews and rankings stay."
                ),
            ),
            (
                Link(_("Roster"), "members:roster"),
                Link(_("Import a roster"), "members:roster_import"),
                Link(_("Transfers"), "members:transfers"),
                Link(_("Graduation"), "members:graduation"),
                Link(_("Requests for corrections"), "members:corrections"),
            ),
        ),
        Section(
            "accounts",
            _("Accounts and offices"),
            (
                _(
                    "Nobody gets a password from you: print activation slips and hand each over in person. Appoint the "
                    "deputy and the commissioners under offices. Where there is no secretary, the first of them acts "
                    "with the secretary's rights. Whoever is away for some days names somebody who stands in; that "
                    "ends with the office of either. Nobody decides about himself or about the one he stands in for."
                ),
            ),
            (
                Link(_("Accounts"), "members:accounts"),
                Link(_("Offices"), "members:roles"),
                Link(_("Absences"), "members:absences"),
            ),
        ),
        Section(
            "month",
            _("The course of a month"),
            (
                _(
                    "The month opens by itself on the 1st. Self-reviews are due on the 15th and branch ratings on the "
                    "20th, unless the committee has set other days. Then the month closes and the ranking is compiled."
                ),
                _(
                    "The page of the month says who has not filed. Remind all of them at once after a look at the "
                    "text, at most once a day per person, or copy the names into your group chat."
                ),
            ),
            (Link(_("Months"), "evaluations:months"),),
        ),
        Section(
            "reviews",
            _("Answering and returning self-reviews"),
            (
                _(
                    "Read the cards of the month one after the other and reply; the reply is dated and shown to the "
                    "member. A card that is incomplete can be returned with a reason; the member corrects it and "
                    "submits again. Whether late cards are accepted is your branch's choice."
                ),
            ),
        ),
        Section(
            "rating",
            _("Rating by keyboard"),
            (
                _(
                    "All members stand on one page. The keys 1 to 5 choose a grade from excellent to “to improve”, "
                    "Enter and the arrow keys lead to the next person. Every row is saved while you type and counts "
                    "once you give the ratings. Nobody rates himself: another officer does."
                ),
            ),
        ),
        Section(
            "paper",
            _("Cards on paper"),
            (
                _(
                    "Who has no phone at hand fills in a paper card. Download the sheet with all names on the page of "
                    "the month, enter the cards and upload it. Paper never replaces what somebody filed online."
                ),
            ),
        ),
        Section(
            "ranking",
            _("Ranking: compiling and explaining"),
            (
                _(
                    "A ranking follows the published scheme. Click a name to see every component, month and step of "
                    "the sum: that answers “why is this person third?”. People who are not ranked are listed with the "
                    "reason. Compile again after a correction; the earlier run stays and “Who moved” compares both."
                ),
                _(
                    "Once the committee goes by a ranking, propose it for freezing with your password. A reviewer of "
                    "the superior committee confirms it or sends it back with a reason; a frozen ranking never changes "
                    "and is not compiled again."
                ),
                _(
                    "A ranking advises. The branch committee discusses and decides, and writes down its reasons; equal "
                    "totals share a place."
                ),
            ),
            (
                Link(_("Rankings"), "evaluations:rankings"),
                Link(_("Compile ranking"), "evaluations:compile"),
                Link(_("Scoring schemes"), "evaluations:schemes"),
            ),
        ),
        Section(
            "decision",
            _("Decision of the branch committee"),
            (
                _(
                    "On a frozen ranking you begin a decision sheet. Everybody starts open; the committee says for "
                    "each person selected, not selected or postponed. The plan of places is a line in the list and "
                    "decides nothing. Save as often as you like while the meeting runs; the deputy secretary and the "
                    "organisation commissioner write on the same sheet."
                ),
                _(
                    "A reason is needed wherever the decision departs from the order: somebody is selected below "
                    "somebody who is not, two on the same place are decided differently, or somebody is selected who "
                    "is not ranked. The person concerned reads the reason, so it names nobody else."
                ),
                _(
                    "Record the sheet with your password when more than half of the committee was present and "
                    "everything is there. A reviewer of the superior committee consents or sends it back with a "
                    "reason; then you begin the next sheet, and the old one stays. Nobody decides about himself: what "
                    "is said of you somebody else of the committee enters."
                ),
            ),
            (Link(_("Decisions"), "evaluations:decisions"),),
        ),
        Section(
            "three-ones",
            _("Three ones"),
            (
                _(
                    "Give everybody a group of activists, a dormitory area or a class for a term on one screen: what "
                    "somebody had before is proposed, areas and classes can be spread over everybody from a list, and "
                    "activists are given to those who stand in the roster as their contacts."
                ),
                _(
                    "The list shows who is latest first; one button reminds them all, once a day. Completion is what "
                    "was written of what the months that are over expected."
                ),
                _(
                    "Rate the duties for some months when these are over: from then on their entries stand. A ranking "
                    "whose scheme counts the three ones takes the ratings whose months all lie in its period."
                ),
            ),
            (Link(_("Three ones"), "activities:duties"),),
        ),
        Section(
            "defences",
            _("Defences"),
            (
                _(
                    "Plan a defence with its day and criteria, choose who speaks, and put the panel together: people "
                    "of the committee by number, guests by name. A guest gets a link, shown once, with a QR code to "
                    "print; it works once."
                ),
                _(
                    "Opening draws the order. Each judge scores on the phone, one speaker per screen; a submitted "
                    "score is locked until whoever leads the session gives it back with a reason. Nobody sees a score "
                    "before the closing, only who has submitted."
                ),
                _(
                    "Whoever speaks in a session, or stands in for somebody who does, leads nothing of it: somebody "
                    "above the branch does. A recusal by a slip and a wrong date can be put right, with a reason, "
                    "while the session is under way."
                ),
                _(
                    "Closing counts what is submitted then. From five scores on, the highest and the lowest are left "
                    "out. A defence for development candidates or conversion feeds a component of a ranking whose "
                    "source is the defence."
                ),
            ),
            (Link(_("Defences"), "evaluations:defences"), Link(_("Plan a defence"), "evaluations:defence_add")),
        ),
        Section(
            "notices",
            _("Public notices"),
            (
                _(
                    "Once the superior has consented to a decision, prepare its public notice: name, class and stage "
                    "dates come from the roster, nothing else is shown. Choose who can read it, look at the preview, "
                    "then publish. It hangs out for five working days at least, by the holidays and make-up days; the "
                    "day of publishing does not count. Where next year's holidays are not announced yet, the last day "
                    "is marked as provisional."
                ),
                _(
                    "It comes down by itself. Taking it down earlier and correcting it need a reason, and the new "
                    "notice hangs out its full days. You don't see objections; the committee records the outcome, and "
                    "you get a message. Then enter the new stage in each record: the page of the notice leads there. "
                    "Print it on office paper: there is room for the seal."
                ),
            ),
            (Link(_("Public notices"), "evaluations:public_notices"),),
        ),
        Section(
            "figures",
            _("Figures from Excel, bonuses and deductions"),
            (
                _(
                    "Bring in grade points, failed courses or votes with a sheet: the head of a column is its name, by "
                    "which components and conditions of a scheme find it. Choose the day that the figures are about; "
                    "a ranking counts them if its period holds that day. Upload the same column for the same day again "
                    "to correct it."
                ),
                _(
                    "Bonuses and deductions are written down with what they are for and what shows them. Where a "
                    "category counts only the highest, the list marks which entry that is. Changing one and taking it "
                    "back need a reason; the person gets a message, and nobody writes about himself."
                ),
            ),
            (
                Link(_("Figures from Excel"), "evaluations:columns"),
                Link(_("Bonuses and deductions"), "evaluations:points"),
            ),
        ),
        Section(
            "activities",
            _("Recording activities"),
            (
                _(
                    "Record meetings, lectures, theme Party days and services with their day, location and person in "
                    "charge. Once an activity has begun, mark who was present, excused or absent; the hours count "
                    "for those who were present and appear beside their self-review. A general branch marks its "
                    "people branch by branch. Changing times or hours afterwards needs a reason that those who were "
                    "there can read; so does taking somebody off a list of people who signed up."
                ),
            ),
            (
                Link(_("Activities"), "activities:activities"),
                Link(_("Record an activity"), "activities:add"),
                Link(_("Hours and awards"), "activities:hours"),
            ),
        ),
    ),
)
