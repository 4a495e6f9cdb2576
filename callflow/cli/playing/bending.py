"""What follows an outcome that bends, in the demonstration: proofs, a hearing, a revocation, an offer."""

from datetime import timedelta
from typing import Any

from callflow.applications.files import Examined
from callflow.cli.playing import acts, lines
from callflow.cli.playing.stage import Scene, Stage
from callflow.cli.playing.staging import resolve, tell
from callflow.cli.playing.talking import PAPER
from callflow.core.actor import Actor
from callflow.decisions import actions as decisions
from callflow.decisions.queries import of_dossier
from callflow.lifecycle import process, values

TIME_TO_ANSWER = timedelta(days=14)
"""From today on, so that whoever looks at the demonstration sees it open."""


def bend(stage: Stage) -> None:
    """Each scene that stays in the middle of something is brought there."""
    stage.do("heard", stage.until("selected_with_conditions"), lambda scene: _prove(stage, scene))
    stage.do("heard", stage.until("heard", "revoked"), lambda scene: _invite(stage, scene))
    stage.do("settled", stage.until("revoked"), lambda scene: _revoke(stage, scene))
    stage.do("settled", stage.until("offered"), lambda scene: _offer(stage, scene))
    for key in stage.language:
        settled = [each.entry.reference for each in stage.until("revoked", "offered") if each.lot == key]
        if settled:
            resolve(stage, key, settled, act="told")
            tell(stage, key, settled, act="told")


def _prove(stage: Stage, scene: Scene) -> None:
    """Two proofs, of which the coordinator has looked at the first."""
    group, coordinator = scene.entry.group, stage.coordinator(scene)
    dossier = acts.loaded(scene.entry, group)
    decision = of_dossier(dossier.id)
    for condition in decision.conditions[:2] if decision else ():
        proof = Examined(f"{condition.position}.pdf", "application/pdf", PAPER)
        decisions.add_proof(group, dossier, condition, proof, kept=0)
    again = acts.loaded(scene.entry, coordinator)
    for condition in decision.conditions[:1] if decision else ():
        decisions.judge(coordinator, again, condition, met=True, remark="")


def _invite(stage: Stage, scene: Scene) -> None:
    """The group is asked for its comments; one has given them."""
    language = stage.language[scene.lot]
    until = (stage.times.now + TIME_TO_ANSWER).date()
    given = values.Inviting(lines.word("grounds_article", language), lines.word("grounds", language), until)
    _step(scene, "hear", stage.coordinator(scene), given)
    if scene.until == "revoked":
        dossier = acts.loaded(scene.entry, scene.entry.group)
        decisions.remark(scene.entry.group, dossier, text=lines.word("comments", language))


def _revoke(stage: Stage, scene: Scene) -> None:
    language = stage.language[scene.lot]
    article, facts = lines.word("grounds_article", language), lines.word("grounds", language)
    given = values.Revoking(article, facts, None)
    _step(scene, "revoke", stage.coordinator(scene), given)


def _offer(stage: Stage, scene: Scene) -> None:
    """What the coordinator offers to the first of the list that fits."""
    coordinator, language = stage.coordinator(scene), stage.language[scene.lot]
    dossier = acts.loaded(scene.entry, coordinator, money=True)
    amount = scene.entry.story.amount if dossier.lot.envelope is not None else None
    until = (stage.times.now + TIME_TO_ANSWER).date()
    given = values.Promoting(amount, None, until, "", lines.word("order", language))
    process.take(dossier, "promote", actor=coordinator, values=given)


def _step(scene: Scene, trigger: str, actor: Actor, given: Any) -> None:
    acts.step(scene.entry, trigger, actor, given)
