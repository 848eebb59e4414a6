"""Which page opens for which person? One row per page; a page without a row fails the suite.

Columns: page | the thing in its address (see world.py; ? in its query) | answer where it opens | a sign per person:

    M member   S secretary   A acting deputy   D deputy beside a secretary   O organisation   P publicity
    I discipline   C counselor   R committee reviewer   K class contact   T system administrator

    +  opens      >  302, led on to the only branch      -  403, the role table does not include it

Where the address names a thing, the same thing of another committee is 404 for everybody who would get in, and for
offices of one branch so is that of the branch beside it. Nobody who is not signed in gets further than the log-in.
"""

from __future__ import annotations

from dataclasses import dataclass

PEOPLE = (
    "member", "secretary", "acting_deputy", "deputy", "organisation", "publicity", "discipline", "counselor",
    "reviewer", "class_contact", "administrator",
)  # fmt: skip

# Everybody is let in; what each finds there is his own.
PUBLIC = {
    "health", "set_language", "members:login", "members:logout", "members:activate", "members:notice", "help",
    "activities:calendar_file",
    "glossary", "guide_member", "guide_secretary", "guide_counselor", "guide_reviewer",
    "evaluations:judge", "evaluations:judge_speaker", "evaluations:judge_draft", "evaluations:judge_conflict",
    "evaluations:judge_link",
    "evaluations:public_notice_linked", "evaluations:public_notice_object_linked", "evaluations:objection_state",
}  # fmt: skip
# Of these the things whose keys stand in their addresses; whoever is no judge finds nothing (test_defence_pages.py).
BY_ADDRESS = {
    "evaluations:judge": "judged",
    "evaluations:judge_speaker": "judged_first",
    "evaluations:judge_draft": "judged_second",
    "evaluations:judge_conflict": "judged_second",
    "evaluations:judge_link": "judge_link",
    "evaluations:public_notice_linked": "notice_link",
    "evaluations:public_notice_object_linked": "notice_link",
}

MATRIX = """
page                              thing         opens  M S A D O P I C R K T
evaluations:home                  -             200    + + + + + + + + + + +
evaluations:changes_seen          -             405    - + + - - - - - + - -
evaluations:my_data               -             200    + + + + + + + + + + +
evaluations:my_data_workbook      -             200    + + + + + + + + + + +
evaluations:my_data_file          -             200    + + + + + + + + + + +
evaluations:who_looked            -             200    + + + + + + + + + + +
evaluations:my_data_section       own_section   200    + + + + + + + + + + +
members:account                   -             200    + + + + + + + + + + +
members:email                     -             200    + + + + + + + + + + +
members:password                  -             200    + + + + + + + + + + +
members:acknowledge_notice        -             405    + + + + + + + + + + +
members:retention                 -             200    + + + + + + + + + + +
members:mail_settings             -             200    + + + + + + + + + + +
members:messages                  -             200    + + + + + + + + + + +
members:read_messages             -             405    + + + + + + + + + + +
members:search                    -             200    + + + + + + + + + + +
members:open_message              message       405    + + + + + + + + + + +

members:own_record                -             200    + - - - - - - - - - -
members:own_history               -             200    + - - - - - - - - - -
members:own_corrections           -             200    + - - - - - - - - - -
members:ask_correction            own_field     200    + - - - - - - - - - -
members:withdraw_correction       own_wish      405    + - - - - - - - - - -
evaluations:review_card           -             200    + - - - - - - - - - -
evaluations:own_reviews           -             200    + - - - - - - - - - -
evaluations:own_month             filed_month   200    + - - - - - - - - - -
evaluations:review_of_month       own_month     200    + - - - - - - - - - -
evaluations:review_draft          own_month     405    + - - - - - - - - - -
evaluations:review_discard        own_month     405    + - - - - - - - - - -
evaluations:own_rankings          -             200    + - - - - - - - - - -
evaluations:own_ranking           run           200    + - - - - - - - - - -
evaluations:appeal_add            figure        200    + - - - - - - - - - -
evaluations:own_appeal            appeal        200    + - - - - - - - - - -
evaluations:appeal_withdraw       appeal        200    + - - - - - - - - - -

members:roster                    -             200    - + + + + + + + + - -
members:roster_download           -             200    - + + - + - - + + - -
members:corrections               -             200    - + + - + - - - - - -
members:correction                wish          200    - + + - + - - - - - -
members:person                    member        200    - + + + + + + + + - -
members:person_history            member        200    - + + - + - - - - - -
members:person_add                -             200    - + + - + - - - - - -
members:person_edit               member        200    - + + - + - - - - - -
members:person_end                member        200    - + + - + - - - - - -
members:person_resume             ended_member  200    - + + - + - - - - - -
members:person_transfer           member        200    - + + - - - - - - - -
members:graduation                -             200    - + + - + - - - - - -
members:transfers                 -             200    - + + - - - - - - - -
members:transfer                  leaving       200    - + + - - - - - - - -
members:transfer_letter           leaving       200    - + + - - - - - - - -
members:transfer_receipt          leaving       200    - + + - - - - - - - -
members:transfer_cancel           leaving       200    - + + - - - - - - - -
members:transfer_accept           arriving      200    - + + - - - - - - - -
members:transfer_decline          arriving      200    - + + - - - - - - - -
members:roster_import             -             200    - + + - + - - - - - -
members:roster_template           -             200    - + + - + - - - - - -
members:roster_import_result      roster_batch  200    - + + - + - - - - - -
members:roster_import_write       roster_batch  405    - + + - + - - - - - -
members:roster_import_marked      roster_batch  200    - + + - + - - - - - -
members:roster_import_failing     roster_batch  200    - + + - + - - - - - -

members:accounts                  -             200    - + + - - - - - - - +
members:member_slips              -             405    - + + - - - - - - - +
members:member_slip               member        200    - + + - - - - - - - +
members:staff_slip                staff         200    - + + - - - - - + - +
members:roles                     -             200    - + + - - - - - + - +
members:appoint                   branch        200    - + + - - - - - + - +
members:end_office                office        200    - + + - - - - - + - +
members:absences                  -             200    + + + + + + + + + + +
members:absence_add               office        200    - + + - - - - - + - +
members:absence_end               absence       200    - + + - - - - - + - +
members:branches                  -             200    - - - - - - - - - - +
members:add_branch                -             200    - - - - - - - - - - +
members:rename_branch             branch        200    - - - - - - - - - - +
members:close_branch              branch        200    - - - - - - - - - - +
members:audit                     -             200    - + + - - - - - + - -
members:technical_audit           -             200    - - - - - - - - - - +
members:health                    -             200    - - - - - - - - - - +
members:retry_job                 job           405    - - - - - - - - - - +

activities:activities             -             200    + + + + + + + + + + -
activities:activity               activity      200    + + + + + + + + + + -
activities:add                    -             200    - + + + - + - - - - -
activities:edit                   activity      200    - + + + - + - - - - -
activities:attendance             activity      302    - + + + - + - - - - -
activities:sign_up                activity      302    + + + + + + + + + + -
activities:sign_up_change         sign_up       200    - + + + - + - - - - -
activities:cancel                 activity      200    - + + + - + - - - - -
activities:kinds                  -             200    - - - - - - - - + - -
activities:add_kind               committee     200    - - - - - - - - + - -
activities:edit_kind              kind          200    - - - - - - - - + - -
activities:retire_kind            kind          405    - - - - - - - - + - -
activities:calendar               -             200    + + + + + + + + + + -
activities:calendar_address       -             200    + + + + + + + + + + -
activities:minutes                fixed_minutes 200    - + + + + + + + + - -
activities:minutes_edit           draft_minutes 200    - + + + - + - - - - -
activities:minutes_confirm        draft_minutes 200    - + + - - - - - - - -
activities:minutes_add            fixed_minutes 200    - + + + - + - - - - -
activities:ledger                 -             200    - + + + + + - + + - -
activities:hours                  -             200    - + + + + + + + + - -
activities:hours_download         -             200    - + + + + + - + + - -
activities:person_hours           member        200    - + + + + + + + + - -
activities:my_hours               -             200    + - - - - - - - - - -
activities:award_add              -             200    + - - - - - - - - - -
activities:award_edit             award         200    + - - - - - - - - - -
activities:award_withdraw         award         200    + - - - - - - - - - -
activities:own_evidence           award         200    + - - - - - - - - - -
activities:my_duties              -             200    + - - - - - - - - - -
activities:duty_entry_add         duty          200    + - - - - - - - - - -
activities:duty_entry_edit        duty_entry    200    + - - - - - - - - - -
activities:duty_entry_withdraw    duty_entry    200    + - - - - - - - - - -
activities:own_duty_evidence      duty_entry    200    + - - - - - - - - - -
activities:duties                 -             200    - + + + + + + + + - -
activities:duty                   duty          200    - + + + + + + + + - -
activities:duty_edit              duty          200    - + + + + - - - - - -
activities:duty_withdraw          duty          200    - + + + + - - - - - -
activities:duty_evidence          duty_entry    200    - + + + + + + + + - -
activities:duties_assign          coded_branch  200    - + + + + - - - - - -
activities:duties_remind          coded_branch  200    - + + + + - - + + - -
activities:duties_download        coded_branch  200    - + + + + + - + + - -
activities:awards                 -             200    - + + + + + + + + - -
activities:award                  award         200    - + + + + + + + + - -
activities:evidence               award         200    - + + + + + + + + - -

evaluations:spot_checks           own_month     200    - - - - - - - - + - -
evaluations:spot_check            spot_check    200    - - - - - - - - + - -
evaluations:calendar              -             200    - - - - - - - - + - -
evaluations:edit_month            cycle         200    - - - - - - - - + - -
evaluations:months                -             200    - > > > > > > + + - -
evaluations:month                 month         200    - + + + + + + + + - -
evaluations:remind_members        month         200    - + + + + - - + + - -
evaluations:remind_officers       month         200    - + + + + - - + + - -
evaluations:remind_branches       -             200    - + + + + - - + + - -
evaluations:reviews               month         200    - + + + + - + + + - -
evaluations:mark_reviews_read     month         200    - + + + - - - - - - -
evaluations:member_review         reviewed_member 200  - + + + + - + + + - -
evaluations:reply_to_review       reviewed_member 405  - + + + - - - - - - -
evaluations:return_review         reviewed_member 405  - + + + - - - - - - -
evaluations:late_policy           coded_branch  200    - + + - - - - - - - -
evaluations:duty_ratings          coded_branch  200    - + + + + + + - - - -
evaluations:ratings               month         200    - + + + + + + - - - -
evaluations:rating_draft          rated_member  405    - + + + + + + - - - -
evaluations:score_import          month         200    - + + - + - - - - - -
evaluations:score_template        month         200    - + + - + - - - - - -
evaluations:rating_sheet          month         200    - + + - + - - - - - -
evaluations:score_batch           score_batch   200    - + + - + - - - - - -
evaluations:score_marked_file     score_batch   200    - + + - + - - - - - -
evaluations:score_failing_rows    score_batch   200    - + + - + - - - - - -

evaluations:rankings              -             200    - + + + + - + + + - -
evaluations:ranking               run           200    - + + + + - + + + - -
evaluations:ranking_evidence      entry         200    - + + + + - + + + - -
evaluations:ranking_line          run           200    - + + + + - + + + - -
evaluations:ranking_moves         run           200    - + + + + - + + + - -
evaluations:freezing_propose      run           200    - + + - - - - - - - -
evaluations:freezing_withdraw     proposed_run  200    - + + - - - - - - - -
evaluations:freezing_confirm      proposed_run  200    - - - - - - - - + - -
evaluations:freezing_decline      proposed_run  200    - - - - - - - - + - -
evaluations:decisions             -             200    - + + + + - + + + - -
evaluations:decision              recorded_sheet 200   - + + + + - + + + - -
evaluations:decision_begin        frozen_run    405    - + + + + - - - - - -
evaluations:decision_edit         draft_sheet   200    - + + + + - - - - - -
evaluations:decision_record       draft_sheet   200    - + + - - - - - - - -
evaluations:decision_consent      recorded_sheet 200   - - - - - - - - + - -
evaluations:decision_send_back    recorded_sheet 200   - - - - - - - - + - -
evaluations:ranking_workbook      run           200    - + + - - - - + + - -
evaluations:ranking_workbooks     -             200    - + + - - - - + + - -
evaluations:month_workbook        ?month        200    - + + - - - - + + - -
evaluations:ranking_bundle        run           200    - + + - - - - - + - -
evaluations:compile               -             200    - + + - - - - - - - -
evaluations:compile_job           job           200    - + + - - - - - - - -
evaluations:compile_retry         job           405    - + + - - - - - - - -

evaluations:columns               -             200    - + + + + - + + + - -
evaluations:column                column        200    - + + + + - + + + - -
evaluations:column_withdraw       column        200    - + + - + - - - - - -
evaluations:column_import         coded_branch  200    - + + - + - - - - - -
evaluations:column_template       coded_branch  200    - + + - + - - - - - -
evaluations:column_batch          column_batch  200    - + + - + - - - - - -
evaluations:column_marked_file    column_batch  200    - + + - + - - - - - -
evaluations:column_failing_rows   column_batch  200    - + + - + - - - - - -
evaluations:points                -             200    - + + + + - + + + - -
evaluations:points_add            coded_branch  200    - + + - + - - - - - -
evaluations:points_edit           points        200    - + + - + - - - - - -
evaluations:points_withdraw       points        200    - + + - + - - - - - -
evaluations:points_file           points        200    - + + + + - + + + - -
evaluations:own_points_file       points        200    + - - - - - - - - - -

evaluations:appeals               -             200    - - - - - - - - + - -
evaluations:appeal                appeal        200    - - - - - - - - + - -
evaluations:appeal_uphold         appeal        200    - - - - - - - - + - -
evaluations:appeal_decline        appeal        200    - - - - - - - - + - -
evaluations:appeal_take_back      appeal        302    - - - - - - - - + - -
evaluations:appeal_compile        appeal        405    - - - - - - - - + - -

evaluations:own_defences          -             200    + + + + + + + + + + +
evaluations:own_defence           closed_defence 200   + - - - - - - - - - -
evaluations:defences              -             200    - + + + + - + + + - -
evaluations:defence               defence       200    - + + + + - + + + - -
evaluations:defence_sheets        closed_defence 200   - + + + + - + + + - -
evaluations:defence_workbook      closed_defence 200   - + + - - - - + + - -
evaluations:defence_add           -             200    - + + - - - - - + - -
evaluations:defence_edit          defence       200    - + + - - - - - + - -
evaluations:defence_speakers      defence       200    - + + - - - - - + - -
evaluations:defence_panel         defence       200    - + + - - - - - + - -
evaluations:defence_link          defence_judge 200    - + + - - - - - + - -
evaluations:defence_open          defence       200    - + + - - - - - + - -
evaluations:defence_delete        spare_defence 200    - + + - - - - - + - -
evaluations:defence_score         defence_cell  200    - + + - - - - - + - -
evaluations:defence_close         open_defence  200    - + + - - - - - + - -

evaluations:public_notices        -             200    + + + + + + + + + + -
evaluations:public_notice         notice        200    + + + + + + + + + + -
evaluations:public_notice_object  notice        200    + + + + + + + + + + -
evaluations:public_notice_prepare decided       200    - + + - - - - - - - -
evaluations:public_notice_edit    notice_draft  200    - + + - - - - - - - -
evaluations:public_notice_publish notice_draft  200    - + + - - - - - - - -
evaluations:public_notice_take_down notice      200    - + + - - - - - - - -
evaluations:public_notice_correct notice        200    - + + - - - - - - - -
evaluations:public_notice_outcome notice_over   200    - - - - - - - - + - -
evaluations:objections            -             200    - - - - - - - - + - -
evaluations:objection             objection     200    - - - - - - - - + - -
evaluations:objection_step        objection     405    - - - - - - - - + - -
evaluations:objection_decide      objection     405    - - - - - - - - + - -

evaluations:schemes               -             200    + + + + + + + + + + -
evaluations:scheme                scheme        200    + + + + + + + + + + -
evaluations:scheme_document       scheme        200    + + + + + + + + + + -
evaluations:scheme_add            -             200    - + + - - - - - + - -
evaluations:scheme_import         -             200    - + + - - - - - + - -
evaluations:scheme_approve        draft_scheme  200    - - - - - - - - + - -
evaluations:scheme_publish        draft_scheme  200    - - - - - - - - + - -
evaluations:scheme_delete         draft_scheme  200    - + + - - - - - + - -
evaluations:scheme_edit           draft_scheme  200    - + + - - - - - + - -
evaluations:scheme_preview        draft_scheme  200    - + + - - - - - + - -
evaluations:scheme_copy           scheme        200    - + + - - - - - + - -
"""

# Things of a whole committee, or of the person: there is no other one in the branch beside.
WITHOUT_SIBLING = {"committee", "kind", "cycle", "scheme", "own_month", "filed_month", "own_field", "own_section"}
WITHOUT_FOREIGN = {"own_month", "filed_month", "own_field", "own_section"}


@dataclass(frozen=True)
class Row:
    """One page: the thing in its address ("" for none), its answer, and what each person meets."""

    page: str
    thing: str
    opens: int
    signs: dict[str, str]

    def expected(self, person: str) -> int:
        """The status of the own thing."""
        return {"+": self.opens, ">": 302, "-": 403}[self.signs[person]]


def rows() -> dict[str, Row]:
    lines = [line.split() for line in MATRIX.splitlines()[2:] if line.strip()]
    return {
        page: Row(page, "" if thing == "-" else thing, int(opens), dict(zip(PEOPLE, signs, strict=True)))
        for page, thing, opens, *signs in lines
    }
