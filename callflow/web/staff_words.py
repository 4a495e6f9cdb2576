"""The words for what staff read: refusals, what comes next, what happened, and kinds of things."""

from collections.abc import Callable
from typing import Any

from callflow.core.i18n import lazy_gettext as _l

TASKS = {"coach": _l("coach"), "juror": _l("jury member"), "handler": _l("case handler")}

REFUSALS: dict[str, Any] = {
    # tasks
    "scoring_over": _l("The scoring of this dossier is closed. Ask the coordinator what can still be done."),
    "lacks_role": _l("This person does not have that role for this lot. Give the role first."),
    "has_task": _l("This person is already %(task)s of this dossier. Nobody is two things on one dossier."),
    "has_conflict": _l("This person has a conflict of interest with this dossier. Choose somebody else."),
    "has_no_task": _l("This person has no task on this dossier any more."),
    "nobody_chosen": _l("Choose somebody from the list."),
    "conflict_reason_missing": _l("Write in a few words what the conflict is."),
    "task_first": _l("Take the task away from this person first."),
    "already_excluded": _l("The conflict of this person is already noted."),
    "excuse_reason_missing": _l("Write why this jury member is excused, for example: ill until February."),
    "already_scored": _l("This jury member has handed in the scores. They count, so nobody is excused now."),
    # the jury of a call
    "nothing_to_assign": _l("There is nobody on the jury of this call, or nothing to judge."),
    "loads_cross": _l("The greatest load is less than the smallest."),
    "apart_from_self": _l("Choose two different people to keep apart."),
    "proposal_gone": _l("This proposal was confirmed already, or a newer one was asked for."),
    "proposal_stale": _l(
        "Something changed since this was worked out: the jury, an application, a conflict or an assignment. "
        "Ask for a new proposal."
    ),
    "juror_reads_nothing": _l("Tick at least one language."),
    "no_such_choice": _l("This call has no such choice."),
    "names_long": _l("Write at most %(most)s names, each of %(limit)s characters at most."),
    "already_excused": _l("This jury member is excused already."),
    "not_excused": _l("This jury member is not excused."),
    "lift_reason_missing": _l("Write why this is no conflict: the reason stays in the history."),
    "own_conflict": _l("Nobody lifts a conflict of their own. A colleague can look at it."),
    "nothing_to_lift": _l("This conflict was lifted already, or somebody spoke of it and it stays."),
    "recusal_reason_missing": _l("Write why the scores count or are left out."),
    "recusal_without_scores": _l("This jury member had handed in no scores."),
    # screening
    "screening_over": _l("The screening of this dossier is closed. Its checklist can no longer change."),
    "point_unknown": _l("The checklist of this call has no such point."),
    "article_unnamed": _l("Name the article that is not met: the decision rests on it."),
    "due_missing": _l("Choose the day until which it can be completed."),
    "asked_what_missing": _l("Choose what is asked for, or empty this line."),
    "paper_unnamed": _l("Write which paper is missing."),
    "asked_twice": _l("This is asked for twice. Put both reasons on one line."),
    "check_reason_missing": _l("Write why this point is not in order: the decision rests on it."),
    # steps for many
    "no_dossier_chosen": _l("Tick at least one dossier."),
    "step_unknown": _l("This step cannot be taken for many dossiers at once."),
    # coaching
    "coaching_over": _l("Dossier %(reference)s is no longer being coached."),
    "session_before_call": _l(
        "The call opened on %(earliest_day)s: there was no session before. Check the year."
    ),
    "session_ahead": _l("This day has not come yet. A session is noted after it took place."),
    "day_of_session_missing": _l("Choose the day of the session."),
    "minutes_impossible": _l("Write the length in minutes, between 1 and 1440, for example 90."),
    "place_missing": _l("Write where you met."),
    "summary_missing": _l("Write in a few sentences what was said and agreed."),
    "advice_unknown": _l("This advice does not belong to this dossier."),
    "advice_elsewhere": _l("There is advice for a dossier that did not take part in the session."),
    "criterion_unknown": _l("The rubric of this call has no such criterion."),
    "question_unknown": _l("The form of this call has no such question."),
    "appointment_past": _l("The next appointment comes after the session. Choose a later day."),
    "session_changed": _l(
        "You put this session right in another window meanwhile. Compare below and save again."
    ),
    "advice_changed": _l("Somebody noted meanwhile what became of this advice. Look at it again below."),
    "nothing_to_waive": _l("This dossier is not being coached now, so there is nothing to waive."),
    "waiver_reason_missing": _l("Write why this group can do with fewer sessions."),
    "already_waived": _l("The missing sessions of this dossier were waived before."),
    "note_missing": _l("Write the note first."),
    "coach_speaks_nothing": _l("Choose at least one language."),
    "has_coach": _l("Dossier %(reference)s got a coach meanwhile. Look at it again below."),
    "profile_changed": _l("Somebody changed this profile meanwhile. Compare below and save again."),
    # jury
    "declaration_first": _l("Sign the declaration of this call first. Then your pile opens."),
    "scoring_not_open": _l("This dossier is not being scored now."),
    "already_handed_in": _l(
        "You have handed in these scores. Take them back first if you want to change them."
    ),
    "not_handed_in": _l("These scores were not handed in."),
    "sheet_changed": _l("You saved these scores in another window meanwhile. Compare below and save again."),
    "score_off_scale": _l("Choose a score from 0 to %(top)s."),
    "score_missing": _l("Choose a score, or: not applicable."),
    "reason_missing": _l("Write a sentence: the group reads your reason, without your name."),
    "reason_long": _l("Write at most %(limit)s characters."),
    "nothing_scored": _l("Nothing was scored. Abstain if you cannot judge this dossier."),
    "abstention_reason_missing": _l("Write why you abstain."),
    # decisions
    "nothing_to_decide": _l("No decision is prepared here."),
    "number_missing": _l("Fill in the number of the decision in the minutes."),
    "body_missing": _l("Fill in which body decided."),
    "date_ahead": _l("This day has not come yet. A decision is noted after the body took it."),
    "same_person": _l("You prepared this decision yourself. A second person releases it."),
    "same_recorder": _l(
        "This offer was prepared by itself, and you noted what the body decided. A second person releases it."
    ),
    "tie_undecided": _l(
        "Projects with the same score get different outcomes, and no published rule says why. "
        "Let the body decide with a reason, or treat them alike."
    ),
    "nothing_chosen": _l("Choose at least one decision."),
    "nothing_to_release": _l("No decision is ready to be released."),
    "reasons_over": _l("The group was told; the reasons can no longer change."),
    "nothing_to_prepare": _l("There is no project left for which the rule says what to prepare."),
    "valid_until_missing": _l("Choose until which day places on the reserve list hold."),
    "too_many_ways": _l(
        "There are too many equal scores to work out the rule exactly. Break some ties first."
    ),
    "board_newer": _l("Somebody worked out another proposal meanwhile. It stands below."),
    "board_changed_meanwhile": _l("Somebody changed this board meanwhile. Look at it again below."),
    "board_stale": _l(
        "Scores or money changed since this proposal was worked out. What changed stands below."
    ),
    "board_over": _l("The decisions of this proposal are prepared. Work out a new one for what is left."),
    "board_conflict": _l(
        "You have a conflict of interest with a project of this call. A colleague without one makes the "
        "selection."
    ),
    "board_contradiction": _l(
        "These demands cannot all be met together: %(demands)s. Nothing was worked out."
    ),
    "board_not_open": _l("A decision is prepared for this project already. Take it back first."),
    "board_below_threshold": _l("This project is below the threshold or a minimum: it cannot be selected."),
    "board_amount_low": _l("The amount is below what the lot gives at least."),
    "board_amount_high": _l("The amount is above what the lot gives at most."),
    "board_short": _l(
        "The money or the days do not reach. Lower an amount, or take another project out first."
    ),
    "ranking_changed": _l("The ranking changed after you opened this page. Look at it again below."),
    "decisions_changed": _l("These decisions changed after you opened this page. Look at them again below."),
    "day_missing": _l("Choose the day on which the body decided."),
}

NEXT: dict[str, Any] = {
    "next_screen": _l("Check completeness and admissibility"),
    "next_completion": _l("The group completes its application"),
    "next_overdue": _l("Not completed in time: judge it as it is, or refuse"),
    "next_coach": _l("Assign a coach"),
    "next_coaching": _l("Coaching is under way"),
    "next_jury": _l("Give it to jury members"),
    "next_scores": _l("The jury is scoring"),
    "next_recusal": _l("Decide on the scores of the jury member who stepped aside"),
    "next_replace": _l("Give it to another jury member: one stepped aside"),
    "next_close_scoring": _l("Close the scoring"),
    "next_prepare": _l("Prepare the decision"),
    "next_decision": _l("Decision and release"),
    "next_report": _l("The group writes its report"),
    "next_present": _l("Have the project presented to the jury"),
    "next_approve": _l("Read and approve the report"),
    "next_close": _l("Close the dossier"),
    "next_nothing": _l("Nothing more to do"),
}
"""What comes next with a dossier, by the codes of desk/next.py."""

WHY: dict[str, Any] = {
    "why_screen": _l("Every point of the checklist is in order."),
    "why_return_for_completion": _l("Says what is missing and until when. The group changes only that."),
    "why_judge_as_is": _l("The application goes on as it was submitted, without what was asked."),
    "why_refuse": _l("Names the article of the rules. A letter follows, released by a second person."),
    "why_reopen": _l("The group was not told. The dossier returns to where it was."),
    "why_finish_coaching": _l("The sessions that the call asks for took place."),
    "why_close_scoring": _l("The scores are added up; nobody can change them afterwards."),
    "why_select": _l("Only prepares: the body decides, and a second person releases the letter."),
    "why_reserve": _l("Only prepares: with a place and a day until which it holds."),
    "why_decline": _l("Only prepares: the letter gives the reasons per criterion."),
    "why_finish_guidance": _l("The sessions that the call asks for took place."),
    "why_close": _l("The group gets a letter that the report is approved."),
}
"""What a step means, beside its button."""

KINDS: dict[str, Any] = {
    "similar_title": _l("similar title"),
    "similar_text": _l("similar text"),
    "same_group": _l("same group"),
    "same_place": _l("same municipality"),
    "way_on_site": _l("on site"),
    "way_online": _l("online"),
    "way_phone": _l("by telephone"),
    "decision_prepared": _l("prepared"),
    "decision_decided": _l("decided by the body"),
    "decision_released": _l("released"),
    "letter_acknowledgement": _l("Acknowledgement of receipt"),
    "letter_incomplete": _l("Request for additional documents"),
    "letter_inadmissible": _l("Not admissible"),
    "letter_selected": _l("Selected"),
    "letter_reserve": _l("Reserve list"),
    "letter_not_selected": _l("Not selected"),
    "letter_withdrawal_confirmed": _l("Withdrawal confirmed"),
    "letter_report_approved": _l("Report approved"),
    "letter_agreement": _l("Project agreement"),
    "letter_agreement_accepted": _l("Agreement concluded"),
    "proposed_selected": _l("Would be selected"),
    "proposed_reserve": _l("Would go on the reserve list"),
    "proposed_below_minimum": _l("Would not be selected"),
    "proposed_undecided": _l("Tie: undecided"),
    "because_fits": _l("fits in the budget"),
    "because_costs_more_than_left": _l("asks more than is left"),
    "because_list_ended": _l("the list ended before"),
    "because_scores_too_little": _l("below the threshold"),
    "because_minimum_of_criterion": _l("under the minimum of a criterion"),
    "because_order_of_ties": _l("depends on who of the equals comes first"),
    "because_order_of_earlier_ties": _l("depends on a tie higher up"),
    "rule_skip": _l("Skip what does not fit"),
    "rule_stop": _l("Stop at the first that does not fit"),
    "rule_best": _l("Best sum of scores, with the quotas"),
    "proposed_declined": _l("Would not be selected"),
    "because_fits_jointly": _l("fits in the joint envelope"),
    "because_in_the_best": _l("belongs to the best selection"),
    "because_not_in_the_best": _l("does not belong to the best selection"),
    "because_in_some_of_the_best": _l("belongs to some of the best selections, not to all"),
    "because_by_hand": _l("changed by hand"),
    "because_prepared": _l("A decision is prepared already."),
    "choice_selected": _l("Select"),
    "choice_reserve": _l("To the reserve list"),
    "choice_declined": _l("Do not select"),
    "choice_proposed": _l("As it was proposed"),
    "board_line_gone": _l("is no longer among the scored projects"),
    "board_line_new": _l("was scored meanwhile"),
    "board_line_score": _l("has another score"),
    "board_line_cost": _l("asks another amount"),
    "board_line_state": _l("moved on: a decision was prepared or taken back"),
    "board_line_quota": _l("counts for other quotas"),
    "board_pots": _l("The envelopes changed."),
    "board_quotas": _l("The quotas changed."),
    "board_threshold": _l("The threshold changed."),
}
"""Names of ways, states of decisions, letters and outcomes."""

EVENTS: dict[str, Any] = {
    "assigned": _l("Task given"),
    "unassigned": _l("Task taken away"),
    "excluded": _l("Conflict of interest noted"),
    "checked": _l("Checklist filled in"),
    "checks_reopened": _l("Points of the checklist to look at again"),
    "session_logged": _l("Coaching session noted"),
    "advice_done": _l("Advice followed up"),
    "advice_open": _l("Advice opened again"),
    "advice_dropped": _l("Advice dropped"),
    "session_corrected": _l("Coaching session corrected"),
    "sessions_waived": _l("Missing coaching sessions waived"),
    "note_written": _l("Note for staff written"),
    "coach_stepped_aside": _l("Coach stepped aside"),
    "coach_profile_kept": _l("Profile of a coach kept"),
    "declared": _l("Declaration signed"),
    "conflict_declared": _l("Jury member stepped aside"),
    "conflict_found": _l("Conflict of interest found"),
    "conflict_reported": _l("Conflict of interest noted"),
    "conflict_lifted": _l("Conflict of interest ended"),
    "recusal_decided": _l("Decided on scores given before a conflict"),
    "assignment_asked": _l("Proposal for the jury asked for"),
    "assignment_worked_out": _l("Proposal for the jury worked out"),
    "assignment_confirmed": _l("Jury assigned as proposed"),
    "juror_profile_kept": _l("Profile of a jury member kept"),
    "juror_excused": _l("Jury member excused from the call"),
    "juror_called_back": _l("Jury member takes part again"),
    "scoring_started": _l("Jury member began to score"),
    "scores_handed_in": _l("Scores handed in"),
    "scores_taken_back": _l("Scores taken back"),
    "abstained": _l("Jury member abstained"),
    "reasons_edited": _l("Reasons of the letter edited"),
    "decision_decided": _l("Decision of the body noted"),
    "board_made": _l("Selection worked out"),
    "board_changed": _l("Selection changed by hand"),
    "board_applied": _l("Decisions of the selection prepared"),
    "decision_released": _l("Decision released"),
}
"""What happened, as the first words of a line of a timeline."""

TOPICS = (REFUSALS, NEXT, WHY, KINDS)
FORMATS: dict[str, Callable[[Any], str]] = {"task": lambda value: str(TASKS.get(value, value))}
