"""The words for a call's set-up: what is wrong or doubtful about its file, its stages, days and questions."""

from collections.abc import Mapping
from typing import Any

from babel import Locale

from callflow.core import formats
from callflow.core.i18n import LOCALES, language
from callflow.core.i18n import lazy_gettext as _l

FINDINGS = {
    # the text of the file
    "file_too_big": _l("The file is larger than %(maximum)s kB. A set-up file holds texts only."),
    "file_empty": _l("The file is empty."),
    "not_utf8": _l("This is no text in UTF-8. Save the file as UTF-8 in your editor."),
    "tab": _l("There is a tab on this line. Use spaces."),
    "control_character": _l("There is a character here that cannot be seen. Type the text anew."),
    "second_document": _l("A second document begins here (---). A file holds one call."),
    "too_deep": _l("The lists stand too deep inside one another here."),
    "anchor": _l("An anchor (&%(name)s) is not taken. Write the text out where it belongs."),
    "alias": _l("A reference (*%(name)s) is not taken. Write the text out where it belongs."),
    "tag": _l("A type with an exclamation mark (%(name)s) is not taken. Leave it out."),
    "key_not_text": _l("What stands before the colon must be one word."),
    "key_twice": _l("“%(key)s” stands here a second time; the first is on line %(first)s."),
    "yaml_colon": _l(
        "A colon stands where none can. Put a text with a colon in quotes, or mind the indentation."
    ),
    "yaml_no_colon": _l("A colon is missing after the key."),
    "yaml_indent": _l("The indentation does not fit the lines above."),
    "yaml_quote_open": _l("A quotation mark is opened here and never closed."),
    "yaml_start": _l("A text cannot begin with this character. Put the text in quotes."),
    "yaml_bracket": _l("A bracket is opened and not closed, or a comma is missing."),
    "yaml_other": _l("The file cannot be read from here on (%(problem)s)."),
    # single keys
    "no_setup": _l("This is no set-up file: it must begin with keys such as format, call and lots."),
    "key_missing": _l("%(key)s is missing."),
    "key_misspelt": _l("There is no key “%(given)s”. Do you mean %(close)s?"),
    "key_unknown": _l("There is no key “%(given)s”. Here can stand: %(known)s."),
    "comma_unquoted": _l("“%(given)s” is read as a key of its own. Put a text with a comma in quotes."),
    "language_missing": _l("%(key)s: the text in %(language)s is missing."),
    "wants_twin": _l("%(key)s: write the text under nl and under fr."),
    "wants_keys": _l("%(key)s: here must stand keys, each with its value."),
    "wants_list": _l("%(key)s: here must stand a list, each entry after a dash."),
    "wants_text": _l("%(key)s: here must stand a text."),
    "wants_number": _l("%(key)s: “%(given)s” is no whole number. Write figures only, for example 60."),
    "wants_yes_no": _l("%(key)s: write yes or no."),
    "text_empty": _l("%(key)s is empty."),
    "text_blank": _l("%(key)s holds nothing that can be seen."),
    "text_too_long": _l("%(key)s has %(length)s characters; at most %(maximum)s fit."),
    "number_too_small": _l("%(key)s: at least %(limit)s."),
    "number_too_big": _l("%(key)s: at most %(limit)s."),
    "list_too_short": _l("%(key)s: at least %(limit)s must stand here."),
    "list_too_long": _l("%(key)s: at most %(limit)s can stand here."),
    "not_a_choice": _l("%(key)s: “%(given)s” cannot be chosen. Choose from: %(choices)s."),
    "not_moment": _l("%(key)s: “%(given)s” is no day with an hour. Write 2026-11-30 12:00."),
    "not_day": _l("%(key)s: “%(given)s” is no day. Write 2027-02-05."),
    "not_money": _l("%(key)s: “%(given)s” is no amount. Write 60000 or 1250.50, without spaces."),
    "not_number": _l("%(key)s: “%(given)s” is no number. Write 10 or 10.5."),
    "not_email": _l("%(key)s: “%(given)s” is no mail address."),
    "not_website": _l("%(key)s: an address begins with https and two slashes."),
    "bad_form": _l("%(key)s: “%(given)s” is not written as it must be; an example: %(example)s."),
    # authorities, lots and procedure
    "authority_unknown": _l("No authority has the key “%(given)s”. There are: %(known)s."),
    "authority_unused": _l("The authority “%(given)s” decides on no lot."),
    "country_of_law": _l("An authority under %(law)s lies in %(country)s."),
    "language_of_law": _l("The legal language of an authority under %(law)s is %(language)s."),
    "confirmation_half": _l("Write both confirmed_by and confirmed_on, or neither."),
    "appeal_unconfirmed": _l(
        "Nobody has confirmed the appeal text of %(authority)s. No letter can leave before."
    ),
    "appeal_lacks": _l(
        "The appeal text of %(authority)s does not hold the words “%(words)s”. Have it looked at."
    ),
    "courtesy_by_residence": _l(
        "%(authority)s would send translations by residence. A Flemish authority normally writes Dutch "
        "only; ask it."
    ),
    "lot_twice": _l("There are two lots with the key “%(given)s”."),
    "lot_unknown": _l("No lot has the key “%(given)s”. There are: %(known)s."),
    "envelope_missing": _l("The lot “%(lot)s” gives money: write its envelope."),
    "coaching_days_missing": _l("The lot “%(lot)s” gives coaching: write its coaching_days."),
    "not_offered_here": _l("%(key)s does not belong to a lot that offers %(offer)s."),
    "envelope_empty": _l("The envelope is zero."),
    "minimum_above_maximum": _l("The minimum is above the maximum."),
    "maximum_above_envelope": _l("The most for one project is above the envelope of the lot."),
    "days_each_above_days": _l("One project would get more days than the lot has."),
    "joint_twice": _l("There are two joint envelopes with the key “%(given)s”."),
    "quota_twice": _l("There are two quotas with the key “%(given)s”."),
    "lot_in_two_joints": _l("The lot “%(given)s” has a joint envelope already: one lot, one at most."),
    "joint_without_money": _l("The lot “%(lot)s” gives no money: a joint envelope cannot pay for it."),
    "quota_of_nothing": _l("The quota “%(given)s” asks for nothing: write least or most."),
    "quota_half": _l("Write both question and choices, or neither."),
    "question_unknown": _l("The form has no choice question “%(given)s”. There are: %(known)s."),
    "choice_unknown": _l("The question has no choice “%(given)s”. There are: %(known)s."),
    "municipality_unknown": _l("No municipality is called “%(given)s”. Write its official name or its code."),
    "municipality_misspelt": _l("No municipality is called “%(given)s”. Do you mean %(close)s?"),
    "municipality_ambiguous": _l("Several municipalities are called “%(given)s”. Write the code: %(codes)s."),
    "municipality_twice": _l("%(given)s stands twice in the area."),
    "sessions_without_coaching": _l("Sessions are asked for, but the call has no coaching."),
    "coaching_offered_not_given": _l("The lot “%(lot)s” offers coaching, but the procedure has none."),
    "coaching_without_sessions": _l(
        "The call has coaching but asks for no session: a project can go on without any."
    ),
    "window_missing": _l("The procedure says “%(when)s”: the calendar needs %(key)s, with from and until."),
    "window_unneeded": _l("The procedure says “%(when)s”: the calendar has no %(key)s. Leave it out."),
    "report_part_missing": _l("Projects report at the end: %(key)s is missing."),
    "report_part_unneeded": _l("Projects do not report: leave %(key)s out."),
    "preapplication_part_missing": _l("Groups hand in a short form first: %(key)s is missing."),
    "preapplication_part_unneeded": _l("There is no short form in this call: leave %(key)s out."),
    "short_role_missing": _l(
        "Who reads the short form needs the %(role)s: write short: yes at the question %(field)s."
    ),
    "short_is_all": _l("Every question is in the short form: nothing is left to be asked afterwards."),
    "full_short": _l(
        "From the last invitation groups have %(days)s days to write the whole application: fewer than two "
        "weeks."
    ),
    "interim_part_missing": _l("Projects report halfway: %(key)s is missing."),
    "interim_part_unneeded": _l("Projects do not report halfway: leave %(key)s out."),
    "interim_without_report": _l("A report halfway needs one at the end: write report: yes."),
    "signatures_without_agreement": _l("Nobody accepts an agreement that is not made: write agreement: yes."),
    "articles_missing": _l("The agreement needs its articles."),
    "articles_unneeded": _l("Only the agreement has articles, not %(kind)s."),
    "placeholder_undated": _l("{%(given)s} would stay empty: the calendar has no %(key)s."),
    "procedure_broken": _l("The procedure has a hole: %(problem)s."),
    # forms, rubric and checklist
    "section_twice": _l("There are two sections with the id “%(given)s”."),
    "field_twice": _l("There are two questions with the id “%(given)s”."),
    "choice_twice": _l("There are two choices with the id “%(given)s”."),
    "choices_missing": _l("The question “%(field)s” needs choices."),
    "not_for_kind": _l("%(key)s does not belong to a question of the kind %(kind)s."),
    "role_twice": _l("The role “%(given)s” stands twice."),
    "role_of_kind": _l("The role %(role)s belongs to a question of the kind %(kind)s."),
    "role_required": _l("“%(field)s” has the role %(role)s and must be required (yes)."),
    "role_missing": _l("No question has the role %(role)s. Give it to one of the kind %(kind)s."),
    "amount_unneeded": _l("The form asks for an amount, but no lot gives money."),
    "criterion_twice": _l("The criterion “%(given)s” stands twice."),
    "criterion_unknown": _l("No criterion has the key “%(given)s”. There are: %(known)s."),
    "weights_not_100": _l("The weights add up to %(total)s, not to 100."),
    "levels_count": _l("There are %(given)s levels; scores from 0 to %(highest)s need %(wanted)s."),
    "minimum_above_scale": _l("The minimum is above the highest score, %(highest)s."),
    "no_tie_breaks": _l("No criterion breaks a tie: equal projects at the limit will be shown as undecided."),
    "article_twice": _l("There are two articles with the number %(given)s."),
    "article_unknown": _l("The rules have no article %(given)s. There are: %(known)s."),
    "point_twice": _l("There are two points with the key “%(given)s”."),
    # languages, letters and mails
    "language_twice": _l("The language %(given)s stands twice."),
    "language_wanted": _l("A call is always in Dutch and French: %(language)s is missing here."),
    "french_spaces": _l(
        "%(key)s: French wants a no-break space before colon, semicolon and question mark, and inside "
        "its quotes."
    ),
    "same_text_twice": _l("%(key)s: the Dutch and the French text are the same."),
    "kind_missing": _l("%(part)s: the texts of %(kind)s are missing; dossiers of this call can come to it."),
    "kind_unreached": _l("No dossier of this call comes to %(kind)s."),
    "obligations_missing": _l(
        "The letter to a selected project must say what it commits to: write obligations."
    ),
    "obligations_unneeded": _l("The letter %(kind)s has no obligations. Leave them out."),
    "placeholder_unknown": _l("{%(given)s} is not known in %(kind)s. There are: %(known)s."),
    "placeholder_empty": _l(
        "{%(given)s} would stay empty for the lot “%(lot)s”. Write the sentence without it."
    ),
    "placeholders_differ": _l("The text in %(language)s uses other names in braces than the Dutch one."),
    "braces_in_appeal": _l("The appeal text is printed as it stands: leave out the braces."),
    # calendar
    "dates_out_of_order": _l("%(key)s must come after %(before)s."),
    "rules_after_opening": _l("The rules are dated after the opening of the call."),
    "info_after_closing": _l("This meeting is held after the call has closed."),
    "hour_skipped": _l("%(given)s does not exist: that night the clocks go forward. Choose another hour."),
    "hour_twice": _l("%(given)s comes twice: that night the clocks go back. Choose another hour."),
    "night_of_time_change": _l(
        "%(given)s is in the night in which the clocks change. People will mistake it by an hour."
    ),
    "at_midnight": _l("%(given)s is the beginning of that day, not its end. Do you mean the evening before?"),
    "nobody_answers": _l(
        "The call closes when nobody answers the telephone. Noon on a working day is kinder."
    ),
    "call_short": _l(
        "The call is open for %(days)s days only. Groups with a meeting a month need four weeks."
    ),
    "window_short": _l("%(key)s leaves %(working)s working days only."),
    "window_too_short": _l(
        "%(key)s leaves %(working)s working days, fewer than the %(each)s days of one project."
    ),
    "on_weekend": _l("%(key)s: %(day)s is in a weekend."),
    "on_holiday": _l("%(key)s: %(day)s is a public holiday in %(country)s."),
    "silence_early": _l(
        "Lot %(lot)s: two months of silence count as a refusal in French law, for the first dossiers on "
        "%(first)s. That is before the decision; for the last ones it is %(last)s."
    ),
    "silence_all": _l(
        "Lot %(lot)s: two months of silence count as a refusal in French law, between %(first)s and "
        "%(last)s. All of that is before the decision."
    ),
    "silence_unsure": _l(
        "Lot %(lot)s: the decision comes after two months (%(first)s to %(last)s). Whether silence is "
        "then a refusal for coaching without money is not certain; ask the authority."
    ),
}

REFUSALS = {
    "call_in_use": _l("Groups have begun to write in this call. These keys can no longer change: %(keys)s."),
    "authority_in_use": _l(
        "This authority decides in a call in which groups have begun to write. These keys can no longer "
        "change: %(keys)s."
    ),
    "appeal_changed": _l(
        "The appeal text of %(authority)s changed, but its confirmation is the old one. Write the new "
        "confirmed_on."
    ),
    "lot_has_roles": _l(
        "Somebody holds a role for the lot “%(lot)s”. Take the role away before the lot goes."
    ),
}
"""Why a set-up cannot be loaded over the one that stands (calls/actions.py)."""


STAGES = {
    "preapplying": _l("You hand in a short form"),
    "inviting": _l("We read it and say who is invited to write the whole application"),
    "applying": _l("You submit your application"),
    "screening": _l("We check that it is complete and admissible"),
    "coaching": _l("A coach works it out with you"),
    "presenting": _l("You present your project to the jury"),
    "scoring": _l("The jury scores"),
    "meeting": _l("The jury meets"),
    "deciding": _l("The authority of your lot decides"),
    "guiding": _l("A coach guides the selected projects"),
    "agreement": _l("Selected projects and the authority conclude an agreement"),
    "interim_report": _l("Selected projects report halfway"),
    "reporting": _l("Selected projects report"),
    "closing": _l("The project is closed"),
}
"""The stages of a call, as groups read them (lifecycle/stages/)."""

DATES = {
    "opens": _l("The call opens"),
    "meeting": _l("Information meeting"),
    "preapplying": _l("Last hour to hand in the short form"),
    "inviting": _l("Invitations expected"),
    "closes": _l("Last hour to submit"),
    "screening": _l("Missing papers must be there"),
    "coaching": _l("The coaching begins"),
    "scoring": _l("The jury meets"),
    "deciding": _l("Decision expected"),
    "guiding": _l("The coaching of selected projects begins"),
    "interim_report": _l("Last day of the interim report"),
    "reporting": _l("Last day to report"),
}
"""What a calendar file calls each day."""

ROLES = {
    "title": _l("title"),
    "summary": _l("summary"),
    "municipality": _l("place"),
    "amount": _l("amount asked"),
}
"""What callflow itself uses an answer for."""

ANSWERS = {
    "short_text": _l("One line"),
    "long_text": _l("A text of several lines"),
    "number": _l("A number"),
    "money": _l("An amount in euro"),
    "date": _l("A day, month and year"),
    "choice": _l("Choose one"),
    "municipality": _l("The name of a municipality"),
    "file": _l("A file that you add on the site"),
    "budget": _l("A table of costs and income"),
}
"""What each kind of question takes, on a form that is printed."""

LAWS = {
    "be_public": _l("Belgian public body"),
    "fr_public": _l("French public body"),
    "private": _l("Private body"),
    "egtc": _l("European grouping of territorial cooperation"),
}
"""Under which law an authority decides."""

COACHING = {
    "none": _l("no coaching"),
    "before": _l("before the jury scores"),
    "after": _l("after selection"),
    "both": _l("before the jury scores and after selection"),
}
"""When a call has its projects coached."""


def say(code: str, parameters: Mapping[str, Any]) -> str:
    """The sentence for a finding, in the language in force. Raises KeyError for a code that has none."""
    words = FINDINGS.get(code) or REFUSALS[code]
    return str(words) % {name: _shown(code, name, value) for name, value in parameters.items()}


def _shown(code: str, name: str, value: Any) -> str:
    if name == "day" or (code.startswith("silence") and name in ("first", "last")):
        return formats.day(value)
    if name == "language":
        return str(_locale().languages.get(str(value), value))
    return str(_locale().territories.get(str(value), value)) if name == "country" else str(value)


def _locale() -> Locale:
    return Locale.parse(LOCALES[language()])
