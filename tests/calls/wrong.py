"""A table of mistakes: what stands in a demonstration call, what is written instead, what is then found."""

from dataclasses import dataclass
from pathlib import Path

from tests.calls import files


@dataclass(frozen=True)
class Wrong:
    """``old`` becomes ``new``; the finding ``code`` then stands where ``at`` (or ``new``) begins."""

    code: str
    old: str
    new: str
    at: str = ""
    path: Path = files.COACHED

    def data(self) -> bytes:
        return files.changed((self.old, self.new), path=self.path)

    def line(self) -> int:
        return files.line_of(self.at or self.new, self.data().decode())


TIE = "  tie_breaks: [participation, need_quality_of_life]\n"
VILLAGE = "      - id: village\n        kind: short_text\n"
WITHDRAWN = "nl: Op uw vraag is de aanvraag “{title}” ({reference}) van {group} ingetrokken."
CONFIRMED = "      confirmed_by: juridische dienst van de provincie (demo)\n"
TWO_STEPS = "  preapplication: yes\n  coaching: before\n"
CLOSES = "  closes: 2026-12-18 12:00\n"
SAME_DAY, LATE = "  full_until: 2026-12-22 12:00\n", "  full_until: 2027-01-06 20:00\n"
INVITED, FULL = "  invitations_on: 2026-12-22\n", "  full_until: 2027-01-04 12:00\n"
ASKED = files.between("  coaching: before\n", "interim_form:\n")
ALL_SHORT = ASKED.replace("  coaching: before\n", TWO_STEPS).replace(
    "        kind: ", "        short: yes\n        kind: "
)
COACHED = "  coaching: {from: 2027-01-11, until: 2027-02-26}\n"
ARTICLES = files.between("      articles:\n", "    reserve:\n")
OBLIGATIONS = files.between("      obligations:\n", "    reserve:\n")
WITHDRAWAL_MAIL = files.between(
    "    withdrawal_confirmed:\n      subject:", "    report_approved:\n      subject:"
)
GIVES = files.between("    offer: both\n    envelope: 40000", "    coaching_days: 60")
SHARED = "      lots: [vlaanderen, flandre]\n"
SECOND = "    - {key: second, name: {nl: Nog, fr: Encore, en: More}, amount: 1, lots: [flandre]}\n  quotas:\n"
WITH_JOINT = files.between("    envelope: 60000\n", "  quotas:\n")
ALONE = WITH_JOINT.replace("[vlaanderen, flandre]", "[flandre]")
LEVEL = "        - {nl: Geen nood beschreven., fr: Aucun besoin décrit.}\n"

SINGLE_KEYS = [
    Wrong("no_setup", files.text(), "hallo"),
    Wrong("key_missing", "  reference: dorpen-aan-zet-2026\n", "", at="call:\n"),
    Wrong("key_misspelt", "legal_basis:", "legal_bases:"),
    Wrong("key_unknown", "    law: be_public\n", "    vat: 1\n    law: be_public\n"),
    Wrong("comma_unquoted", "{nl: Uw dorp, fr", "{nl: Uw dorp, stad, fr"),
    Wrong("language_missing", "      fr: Province de Westkant (démo)\n", "", at="    name:\n"),
    Wrong("language_missing", "    fr: Villages en projet 2026\n", "    fr:\n"),
    Wrong("wants_twin", "title: {nl: Uw project, fr: Votre projet, en: Your project}", "title: Uw project"),
    Wrong("wants_keys", COACHED, "  coaching: in January\n"),
    Wrong("wants_list", "languages: [nl, fr]", "languages: nl"),
    Wrong("wants_text", "phone: +32 50 00 00 10\n", "phone: [1, 2]\n"),
    Wrong("wants_number", "weight: 20", "weight: twenty"),
    Wrong("wants_number", "weight: 20", "weight: ٢٠"),
    Wrong("wants_number", "weight: 20", "weight: 1e2"),
    Wrong("wants_yes_no", "required: yes", "required: maybe"),
    Wrong("text_empty", "town: Voorbeeldstad", "town:"),
    Wrong("text_blank", "town: Voorbeeldstad", 'town: "\\u200b\\u00ad"'),
    Wrong("text_too_long", "town: Voorbeeldstad", f"town: {'x' * 121}"),
    Wrong("number_too_small", "weight: 10", "weight: 0"),
    Wrong("number_too_big", "weight: 10", "weight: 101"),
    Wrong("number_too_big", "max_length: 80", "max_length: 301"),
    Wrong("list_too_short", "languages: [nl, fr]", "languages: [nl]"),
    Wrong("list_too_long", "languages: [nl, fr]", "languages: [nl, fr, en, nl]"),
    Wrong("not_a_choice", "law: be_public", "law: belgian"),
    Wrong("not_moment", "closes: 2026-12-18 12:00", "closes: 2026-12-18"),
    Wrong("not_moment", "closes: 2026-12-18 12:00", "closes: 2026-02-30 12:00"),
    Wrong("not_moment", "closes: 2026-12-18 12:00", "closes: 2026-12-18 24:00"),
    Wrong("not_moment", "closes: 2026-12-18 12:00", "closes: 18/12/2026 12:00"),
    Wrong("not_moment", "closes: 2026-12-18 12:00", "closes: 0026-12-18 12:00"),
    Wrong("not_day", "jury_on: 2027-03-12", "jury_on: 12 maart"),
    Wrong("not_day", "minimum: 2027-04-01", "minimum: soon"),
    Wrong("not_money", "envelope: 60000", "envelope: 60.000,00"),
    Wrong("not_money", "envelope: 60000", "envelope: -1"),
    Wrong("not_number", "minimum: 500\n        maximum", "minimum: none\n        maximum"),
    Wrong("not_number", "minimum: 500\n        maximum", "minimum: NaN\n        maximum"),
    Wrong("not_email", "email: dorpen@provincie-westkant.example", "email: dorpen at westkant"),
    Wrong("not_website", "website: https://www.cnil.fr", "website: javascript:alert(1)"),
    Wrong("bad_form", "prefix: DAZ26", "prefix: daz 26"),
    Wrong("bad_form", "reference: dorpen-aan-zet-2026", "reference: ../admin"),
    Wrong("bad_form", "  demo_provincie:\n", "  demo provincie:\n"),
]

MEANS = [
    Wrong("authority_unknown", "    authority: demo_provincie", "    authority: other"),
    Wrong(
        "authority_unused",
        "    authority: demo_provincie",
        "    authority: demo_communaute",
        at="  demo_provincie:",
    ),
    Wrong("country_of_law", "    country: BE", "    country: FR"),
    Wrong(
        "language_of_law",
        "    language: fr\n    country",
        "    language: nl\n    country",
        at="    language: nl\n    country: FR",
    ),
    Wrong("confirmation_half", "      confirmed_on: 2026-09-14\n", "", at="    appeal:\n"),
    Wrong("appeal_unconfirmed", f"{CONFIRMED}      confirmed_on: 2026-09-14\n", "", at="    appeal:\n"),
    Wrong("appeal_lacks", "bij de Raad van State", "bij de Raad", at="        nl: >-\n          Tegen"),
    Wrong("courtesy_by_residence", "    courtesy: on_request", "    courtesy: by_residence"),
    Wrong(
        "lot_twice",
        "  - key: flandre\n",
        "  - key: vlaanderen\n",
        at="  - key: vlaanderen\n    authority: demo_comm",
    ),
    Wrong(
        "lot_unknown",
        "        - text:\n            nl: U voert",
        "        - lots: [x]\n          text:\n            nl: U voert",
    ),
    Wrong("envelope_missing", "    envelope: 60000\n", "", at="  - key: vlaanderen"),
    Wrong("coaching_days_missing", "    coaching_days: 80\n", "", at="  - key: vlaanderen"),
    Wrong("not_offered_here", "    offer: both\n", "    offer: coaching\n", at="    envelope: 60000"),
    Wrong(
        "envelope_empty", WITH_JOINT, ALONE.replace("envelope: 60000", "envelope: 0"), at="    envelope: 0"
    ),
    Wrong("minimum_above_maximum", "    minimum_amount: 500", "    minimum_amount: 20000"),
    Wrong("maximum_above_envelope", "    maximum_amount: 10000", "    maximum_amount: 75000.01"),
    Wrong("days_each_above_days", "    coaching_days_each: 4", "    coaching_days_each: 81"),
    Wrong("municipality_unknown", "[Alveringem, De Panne", "[Zzyzx, De Panne"),
    Wrong("municipality_misspelt", "[Alveringem, De Panne", "[Alveringhem, De Panne"),
    Wrong("municipality_twice", "[Alveringem, De Panne", "[Alveringem, 38002, De Panne"),
    Wrong("sessions_without_coaching", "  coaching: before\n", "  coaching: none\n", at="  sessions_needed"),
    Wrong("coaching_offered_not_given", "  coaching: before\n", "  coaching: none\n"),
    Wrong("coaching_without_sessions", "  sessions_needed: 2\n", "", at="procedure:"),
    Wrong("window_missing", COACHED, "", at="calendar:"),
    Wrong(
        "window_unneeded",
        COACHED,
        f"{COACHED}  guidance: {{from: 2027-04-01, until: 2027-06-01}}\n",
        at="  guidance",
    ),
    Wrong("report_part_missing", "  report_due: 2028-03-31\n", "", at="calendar:"),
    Wrong("report_part_unneeded", "  report: yes", "  report: no", at="report_form:"),
    Wrong("preapplication_part_missing", "  coaching: before\n", TWO_STEPS, at="calendar:"),
    Wrong("preapplication_part_unneeded", CLOSES, f"{CLOSES}{INVITED}{FULL}", at=INVITED),
    Wrong(
        "preapplication_part_unneeded",
        "        role: summary\n",
        "        role: summary\n        short: yes\n",
        at="        short: yes\n",
    ),
    Wrong("interim_part_missing", "  interim_due: 2027-10-15\n", "", at="calendar:"),
    Wrong("interim_part_unneeded", "  interim: yes", "  interim: no", at="interim_form:"),
    Wrong("interim_without_report", "  report: yes", "  report: no", at="  interim: yes"),
    Wrong("signatures_without_agreement", "  agreement: yes\n", "  signatures: 2\n"),
    Wrong("report_part_unneeded", "  report: yes", "  report: no", at="  report_due:"),
]

QUOTA = "    - key: getting_around\n"
SELECTION = [
    Wrong("joint_twice", "  quotas:\n", SECOND.replace("second,", "border,"), at="    - {key: border"),
    Wrong("lot_in_two_joints", "  quotas:\n", SECOND, at="    - {key: second"),
    Wrong("joint_without_money", GIVES, "    offer: coaching\n", at=SHARED),
    Wrong("lot_unknown", SHARED, "      lots: [vlaanderen, picardie]\n"),
    Wrong("envelope_empty", "      amount: 15000\n", "      amount: 0\n"),
    Wrong(
        "quota_twice",
        QUOTA,
        "    - key: french_side\n",
        at="    - key: french_side\n      name: {nl: Verplaatsen",
    ),
    Wrong("minimum_above_maximum", "      least: 1\n", "      least: 3\n      most: 2\n"),
    Wrong("quota_of_nothing", "      least: 1\n", "      least: 0\n", at=QUOTA),
    Wrong("quota_half", "      question: theme\n", "", at=QUOTA),
    Wrong("question_unknown", "      question: theme\n", "      question: village\n"),
    Wrong("choice_unknown", "      choices: [mobility]\n", "      choices: [moving]\n"),
    Wrong("lot_unknown", "      lots: [flandre]\n", "      lots: [picardie]\n"),
    Wrong(
        "municipality_unknown",
        "      lots: [flandre]\n",
        "      lots: [flandre]\n      municipalities: [Nergenshuizen]\n",
        at="      municipalities:",
    ),
]

FORMS = [
    Wrong(
        "section_twice",
        "  - id: village_life",
        "  - id: project",
        at="  - id: project\n    title: {nl: Uw dorp",
    ),
    Wrong(
        "field_twice",
        "      - id: for_whom",
        "      - id: need",
        at="      - id: need\n        kind: long_text\n        max_length: 800",
    ),
    Wrong(
        "choice_twice",
        "          - id: services",
        "          - id: meeting",
        at="          - id: meeting\n            label: {nl: Winkel",
    ),
    Wrong("choices_missing", VILLAGE, "      - id: village\n        kind: choice\n"),
    Wrong("not_for_kind", VILLAGE, f"{VILLAGE}        minimum: 3\n", at="        minimum: 3\n"),
    Wrong(
        "role_twice",
        VILLAGE,
        f"{VILLAGE}        required: yes\n        role: title\n        help: {{nl: a, fr: b}}\n",
        at="        role: title\n        help: {nl: a",
    ),
    Wrong("role_of_kind", "        role: summary", "        role: amount"),
    Wrong(
        "role_required",
        "        role: title\n        required: yes",
        "        role: title\n        required: no",
        at="      - id: title",
    ),
    Wrong("role_missing", "        role: amount\n", "", at="form:\n"),
    Wrong("short_role_missing", "  coaching: before\n", TWO_STEPS, at="      - id: title"),
    Wrong("short_is_all", ASKED, ALL_SHORT, at="form:\n"),
    Wrong("criterion_twice", TIE, "  tie_breaks: [participation, participation]\n"),
    Wrong(
        "criterion_twice",
        "    - key: feasibility",
        "    - key: participation",
        at="    - key: participation\n      weight: 20",
    ),
    Wrong("criterion_unknown", TIE, "  tie_breaks: [beauty]\n"),
    Wrong("weights_not_100", "      weight: 20", "      weight: 21", at="  criteria:"),
    Wrong("levels_count", LEVEL, "", at="      levels:"),
    Wrong("minimum_above_scale", "      minimum: 3", "      minimum: 5.5"),
    Wrong("no_tie_breaks", TIE, "", at="rubric:"),
    Wrong(
        "article_twice",
        '    - number: "2"',
        '    - number: "1"',
        at='    - number: "1"\n      title:\n        nl: Wie',
    ),
    Wrong("article_unknown", '    article: "4"', '    article: "11"'),
    Wrong("point_twice", "  - key: in_area", "  - key: on_time", at='  - key: on_time\n    article: "2"'),
]

TEXTS = [
    Wrong("language_twice", "  languages: [nl, fr]", "  languages: [nl, fr, fr]"),
    Wrong("language_wanted", "  languages: [nl, fr]", "  languages: [nl, en]"),
    Wrong(
        "language_missing",
        "  languages: [nl, fr]",
        "  languages: [nl, fr, en]",
        at="      capacity:\n        nl: dossierbehandelaar",
    ),
    Wrong("french_spaces", "fr: Villages en projet 2026", 'fr: "Villages: en projet"'),
    Wrong("kind_unreached", "  reserve: yes", "  reserve: no", at="    reserve:\n      opening"),
    Wrong("placeholder_unknown", WITHDRAWN, WITHDRAWN.replace("{group}", "{gruop}")),
    Wrong("placeholder_unknown", WITHDRAWN, WITHDRAWN.replace("{group}", "{group.__class__}")),
    Wrong("placeholder_unknown", WITHDRAWN, WITHDRAWN.replace("{group}", "{rank}")),
    Wrong("placeholder_unknown", WITHDRAWN, WITHDRAWN.replace("{group}", "{group")),
    Wrong("placeholder_unknown", WITHDRAWN, WITHDRAWN.replace("{group}", "{{group}}")),
    Wrong(
        "placeholders_differ",
        WITHDRAWN,
        WITHDRAWN.replace(" ({reference})", ""),
        at="      opening:\n        nl: Op uw vraag",
    ),
    Wrong(
        "braces_in_appeal",
        "een beroep tot nietigverklaring",
        "een {beroep} tot nietigverklaring",
        at="        nl: >-\n          Tegen",
    ),
    Wrong("obligations_missing", OBLIGATIONS, "", at="    selected:\n      opening"),
    Wrong(
        "obligations_unneeded",
        "    withdrawal_confirmed:\n      opening",
        "    withdrawal_confirmed:\n      obligations:\n        - text: {nl: a, fr: b}\n      opening",
        at="      obligations:\n        - text: {nl: a",
    ),
    Wrong("articles_missing", ARTICLES, "", at="    agreement:\n      opening"),
    Wrong(
        "articles_unneeded",
        "    withdrawal_confirmed:\n      opening",
        "    withdrawal_confirmed:\n      articles:\n        - title: {nl: a, fr: b}\n"
        "          text: {nl: c, fr: d}\n      opening",
        at="      articles:\n        - title: {nl: a",
    ),
    Wrong(
        "placeholder_undated",
        "  interim_due: 2027-10-15\n",
        "",
        at="            nl: >-\n              Ten laatste op {interim_due}",
    ),
    Wrong("kind_missing", WITHDRAWAL_MAIL, "", at="  mails:"),
    Wrong(
        "same_text_twice",
        "fr: Votre accompagnateur vous contacte dans les deux semaines pour convenir des premières étapes.",
        "fr: Uw begeleider neemt binnen twee weken contact op om de eerste stappen af te spreken.",
        at="      closing:\n        nl: Uw begeleider",
    ),
    Wrong("placeholder_empty", "krijgt {days} begeleiding.", "krijgt {amount}.", path=files.IDEAS),
    Wrong(
        "amount_unneeded",
        "      - id: sketch\n",
        "      - {id: a, kind: money, role: amount, label: {nl: Bedrag, fr: Montant}}\n      - id: sketch\n",
        at="form:\n",
        path=files.IDEAS,
    ),
]

CALENDAR = [
    Wrong("dates_out_of_order", "  opens: 2026-10-05 09:00", "  opens: 2026-12-18 12:00", at="  closes:"),
    Wrong(
        "dates_out_of_order",
        "  completeness_until: 2027-01-08 12:00",
        "  completeness_until: 2026-12-17 12:00",
    ),
    Wrong("dates_out_of_order", COACHED, "  coaching: {from: 2027-02-26, until: 2027-01-11}\n"),
    Wrong(
        "dates_out_of_order", COACHED, "  coaching: {from: 2027-01-11, until: 2027-03-13}\n", at="  jury_on"
    ),
    Wrong("dates_out_of_order", COACHED, "  coaching: {from: 2026-12-01, until: 2027-02-26}\n"),
    Wrong("dates_out_of_order", "  jury_on: 2027-03-12", "  jury_on: 2026-12-18"),
    Wrong("dates_out_of_order", "  decision_on: 2027-03-25", "  decision_on: 2027-03-11"),
    Wrong("dates_out_of_order", "  report_due: 2028-03-31", "  report_due: 2027-03-25"),
    Wrong("dates_out_of_order", CLOSES, f"{CLOSES}{INVITED}{SAME_DAY}", at=SAME_DAY),
    Wrong("full_short", CLOSES, f"{CLOSES}{INVITED}{FULL}", at=FULL),
    Wrong("nobody_answers", CLOSES, f"{CLOSES}{INVITED}{LATE}", at=LATE),
    Wrong("rules_after_opening", "  date: 2026-09-17", "  date: 2026-10-06"),
    Wrong("info_after_closing", "    - at: 2026-11-26 18:30", "    - at: 2026-12-18 12:00"),
    Wrong("hour_skipped", "  completeness_until: 2027-01-08 12:00", "  completeness_until: 2027-03-28 02:30"),
    Wrong("hour_twice", "  opens: 2026-10-05 09:00", "  opens: 2026-10-25 02:30"),
    Wrong("night_of_time_change", "  opens: 2026-10-05 09:00", "  opens: 2026-10-25 04:00"),
    Wrong("at_midnight", "  closes: 2026-12-18 12:00", "  closes: 2026-12-18 00:00"),
    Wrong("nobody_answers", "  closes: 2026-12-18 12:00", "  closes: 2026-12-18 23:59"),
    Wrong("call_short", "  opens: 2026-10-05 09:00", "  opens: 2026-11-23 09:00", at="  closes:"),
    Wrong("window_short", COACHED, "  coaching: {from: 2027-01-11, until: 2027-01-22}\n"),
    Wrong("window_too_short", COACHED, "  coaching: {from: 2027-01-11, until: 2027-01-13}\n"),
    Wrong("on_weekend", "  jury_on: 2027-03-12", "  jury_on: 2027-03-13"),
    Wrong("on_holiday", "  decision_on: 2027-03-25", "  decision_on: 2027-03-29"),
    Wrong("silence_all", "  summary:", "  summary:", at="  decision_on:"),
    Wrong("silence_early", "  closes: 2026-12-18 12:00", "  closes: 2027-02-02 12:00", at="  decision_on:"),
    Wrong("silence_unsure", "  summary:", "  summary:", at="  decision_on:", path=files.IDEAS),
]
