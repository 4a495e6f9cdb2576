"""Every address for everybody who may be near a dossier: in one table, and by rules no table may break."""

import pytest
from flask import Flask

from tests.architecture import access, urls

Answers = dict[str, dict[str, int]]
ABOUT_A_DOSSIER = ("<ref>", "<int:group_id>", "<int:mail_id>")
KEPT_OUT = (403, 404)


@pytest.fixture
def answers(app: Flask) -> Answers:
    return access.table(app)


@pytest.fixture
def closed(app: Flask, answers: Answers) -> Answers:
    """What is not for everybody."""
    public = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if app.view_functions[rule.endpoint].access == "public"
        for method in rule.methods or ()
    }
    return {where: each for where, each in answers.items() if where not in public}


def test_everybody_is_answered_as_the_rules_and_the_table_say(answers: Answers, closed: Answers):
    dossier = {
        where: each for where, each in closed.items() if any(part in where for part in ABOUT_A_DOSSIER)
    }
    call = {where: each for where, each in closed.items() if "<reference>" in where}
    jury = {where: each for where, each in dossier.items() if " /jury" in where}

    assert broken(answers, lambda who, status: status < 500) == {}
    assert broken(closed, lambda who, status: who != "nobody" or status == 303) == {}
    for outsider in ("stranger", "coordinator_elsewhere", "coach_of_others", "juror_of_others", "admin"):
        assert broken(dossier, kept_out(outsider)) == {}
    for outsider in ("stranger", "coordinator_elsewhere"):
        assert broken(call, kept_out(outsider)) == {}
    assert broken(jury, kept_out("juror_aside")) == {}
    assert broken(jury, kept_out("coordinator")) == {}
    assert urls.differing(access.written(answers), access.FILE) == [], "make urls accepts the change"


def kept_out(outsider):
    return lambda who, status: who != outsider or status in KEPT_OUT


def broken(answers: Answers, holds) -> Answers:
    """The addresses and people for whom a rule does not hold."""
    found = {
        where: {who: status for who, status in each.items() if not holds(who, status)}
        for where, each in answers.items()
    }
    return {where: each for where, each in found.items() if each}
