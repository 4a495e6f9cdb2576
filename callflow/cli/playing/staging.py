"""The dossiers of the demonstration, each brought into its state by the actions of the pages."""

from datetime import timedelta
from decimal import Decimal

from callflow.applications.queries import places_of
from callflow.calls import queries as calls
from callflow.calls.models import Lot
from callflow.calls.states import Coaching
from callflow.cli.playing import acts, agreeing, coached, juried, lines, talking
from callflow.cli.playing.answering import filled
from callflow.cli.playing.days import Days
from callflow.cli.playing.stage import (
    ADMITTED,
    AGREED,
    ASKED,
    FINISHED,
    HALFWAY,
    LASTS,
    RELEASED,
    SCORED,
    SOON,
    Scene,
    Stage,
)
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.twin import said
from callflow.decisions import queries as decisions
from callflow.decisions.states import DecisionState
from callflow.dossiers.states import Task
from callflow.lifecycle import decision as deciding
from callflow.lifecycle import process, values
from callflow.people.models import Group
from callflow.reports.states import ReportKind


def play(stage: Stage) -> None:
    """Everything, in the order of the calendar."""
    for scene in stage.scenes:
        _apply(stage, scene)
        if scene.until in ASKED:
            _return(stage, scene)
    _talk(stage)
    stage.do("withdrawal", stage.until("withdrawn"), lambda scene: acts.withdraw(scene.entry))
    stage.do("screening", stage.until("inadmissible", *ADMITTED), lambda scene: _screen(stage, scene))
    if stage.procedure.coaching in (Coaching.before, Coaching.both):
        _coach(stage, ADMITTED, "coaching", "finish_coaching")
    if stage.procedure.presentation:
        _present(stage)
    juried.change(stage)
    juried.judge(stage)
    juried.meet(stage)
    _decide(stage, ("inadmissible", *RELEASED), release=True)
    _decide(stage, ("decided",), release=False)
    stage.do("afterwards", stage.until("prepared"), lambda scene: _prepare(stage, scene))
    stage.do("afterwards", stage.until("refused"), lambda scene: _screen(stage, scene))
    _follow(stage)


def _apply(stage: Stage, scene: Scene) -> None:
    """A draft, of which only the first questions are answered where it is not complete; submitted if it is
    to be.
    """
    entry, days = scene.entry, stage.times.days
    with unit_of_work(), clock.fixed(max(days.opens, entry.at - timedelta(hours=20))):
        call = calls.by_reference(stage.reference)
        lot = next(each for each in call.lots if each.key == scene.lot)
        places = list(places_of(call.id))
        acts.begin(entry, call, lot, db.session.get_one(Group, scene.group_id))
        typed = filled(call.form, entry.story, places=places, day=days.released.date(), dice=stage.dice)
        if not scene.complete:
            first = [field["id"] for field in call.form[0]["fields"]]
            typed = {name: text for name, text in typed.items() if name in first}
        draft = acts.write(entry, typed)
        if scene.until != "draft":
            with clock.fixed(entry.at):
                acts.submit(entry, draft)


def _return(stage: Stage, scene: Scene) -> None:
    """Something is asked for some hours after it was handed in, and brought by some on the next day."""
    entry = scene.entry
    with unit_of_work(), clock.fixed(entry.at + timedelta(hours=3)):
        acts.return_it(entry, stage.coordinator(scene), language=stage.language[scene.lot])
    if scene.until == "completed":
        with unit_of_work(), clock.fixed(entry.at + timedelta(hours=23)):
            acts.complete(entry)


def _talk(stage: Stage) -> None:
    """Of those that were handed in and wait: the first asks and waits, the second was answered."""
    waiting = stage.until("submitted")
    for number, scene in enumerate(waiting[:2]):
        with unit_of_work(), clock.fixed(scene.entry.at + timedelta(hours=4)):
            language = stage.language[scene.lot]
            if number:
                talking.answered(scene.entry, stage.coordinator(scene), language)
            else:
                talking.ask(scene.entry, language)


def _screen(stage: Stage, scene: Scene) -> None:
    acts.screen(
        scene.entry, stage.coordinator(scene), failing=scene.failing, language=stage.language[scene.lot]
    )


def _coach(stage: Stage, states: tuple[str, ...], name: str, trigger: str) -> None:
    """A coach and one session for those that stay at the first of these states, as many as needed for the
    others; one whom nobody coaches yet is left for the proposal.
    """
    chosen = [scene for scene in stage.until(*states) if scene.coached]
    with unit_of_work(), clock.fixed(stage.times.at(name, 0)):
        call = calls.by_reference(stage.reference)
        for number, coach in enumerate(stage.troupe.coaches.values()):
            coached.profile(call, coach, both=bool(number))

    def meet(scene: Scene) -> None:
        coach = stage.troupe.coaches[stage.language[scene.lot]]
        acts.assign(scene.entry, stage.coordinator(scene), [coach], Task.coach)
        waits = scene.until == states[0]
        soon = clock.local(stage.times.now).date() + SOON if waits else None
        for _ in range(1 if waits else stage.procedure.sessions_needed):
            acts.meet([scene.entry], coach, stage.rubric[0].key, stage.dice, next_on=soon)
        if waits:
            coached.note(scene.entry, coach, stage.language[scene.lot])
        else:
            coached.answer(scene.entry, stage.language[scene.lot])
            coached.improve(scene.entry, stage.language[scene.lot])
        if not waits:
            acts.step(scene.entry, trigger, coach)

    stage.do(name, chosen, meet)


def _present(stage: Stage) -> None:
    """Groups present their projects to the jury, in the hall of their side."""

    def invite(scene: Scene) -> None:
        acts.invite(scene.entry, stage.coordinator(scene), language=stage.language[scene.lot])

    def present(scene: Scene) -> None:
        acts.present(scene.entry, stage.coordinator(scene), language=stage.language[scene.lot])

    stage.do("coaching", stage.until("presented", *SCORED), invite)
    stage.do("scoring", stage.until("presented", *SCORED), present)


def _prepare(stage: Stage, scene: Scene) -> None:
    """The step that prepares the decision of this dossier; what was refused at the screening has one
    already.
    """
    language, coordinator = stage.language[scene.lot], stage.coordinator(scene)
    if scene.until == "inadmissible":
        return
    if scene.until in ("reserve", "offered"):
        until = (clock.now() + timedelta(days=365)).date()
        given: object = values.Reserving(1, until, lines.word("reserve", language))
        acts.step(scene.entry, "reserve", coordinator, given, money=True)
    elif scene.until == "postponed":
        given = values.Postponing(None, lines.word("postponed", language))
        acts.step(scene.entry, "postpone", coordinator, given)
    elif scene.until == "not_selected":
        acts.step(scene.entry, "decline", coordinator, values.Declining(lines.word("declined", language)))
    else:
        _select(stage, scene)


def _select(stage: Stage, scene: Scene) -> None:
    """What the project asks, with conditions where the scene has them."""
    language, coordinator = stage.language[scene.lot], stage.coordinator(scene)
    dossier = acts.loaded(scene.entry, coordinator, money=True)
    amount, days = _amount(dossier.lot, scene), _days(stage, dossier.lot)
    words = lines.word("selected", language)
    if scene.until != "selected_with_conditions":
        process.take(dossier, "select", actor=coordinator, values=values.Selecting(amount, days, words))
        return
    due = (stage.times.now + LASTS).date()
    demands = tuple(
        values.Demand(text, proof, due)
        for text, proof in zip(
            lines.choices("conditions", language), lines.choices("proofs", language), strict=True
        )
    )
    given = values.SelectingWithConditions(amount, days, demands, words)
    process.take(dossier, "select_with_conditions", actor=coordinator, values=given)


def _amount(lot: Lot, scene: Scene) -> Decimal | None:
    return scene.entry.story.amount if lot.envelope is not None else None


def _days(stage: Stage, lot: Lot) -> int | None:
    return lot.coaching_days_each if stage.procedure.coaching in (Coaching.after, Coaching.both) else None


def _decide(stage: Stage, states: tuple[str, ...], *, release: bool) -> None:
    """What was prepared for these goes to the body of each lot, and then to its signatory."""
    stage.do("preparing", stage.until(*states), lambda scene: _prepare(stage, scene))
    for key in stage.language:
        references = [scene.entry.reference for scene in stage.until(*states) if scene.lot == key]
        if references:
            resolve(stage, key, references)
        if references and release:
            tell(stage, key, references)


def resolve(stage: Stage, key: str, references: list[str], *, act: str = "decided") -> None:
    """The body of the lot decides on what was prepared for these."""
    coordinator = stage.troupe.coordinators[stage.language[key]]
    with unit_of_work(), clock.fixed(stage.times.at(act, len(stage.scenes))):
        lot = next(each for each in calls.by_reference(stage.reference).lots if each.key == key)
        prepared = decisions.of_lot(lot.id, by=coordinator, states=[DecisionState.prepared], lock=True)
        chosen = [each for each in prepared if each.dossier.reference in references]
        number = f"{clock.today().year}/{stage.dice.randint(100, 999)}"
        body = said(lot.authority.body, lot.authority.language)
        deciding.decide(coordinator, lot, chosen, body=body, decided_on=clock.today(), number=number)


def tell(stage: Stage, key: str, references: list[str], *, act: str = "released") -> None:
    """The signatory of the lot releases what was decided on these."""
    signatory = stage.troupe.signatories[key]
    with unit_of_work(), clock.fixed(stage.times.at(act, len(stage.scenes))):
        lot = next(each for each in calls.by_reference(stage.reference).lots if each.key == key)
        everything = decisions.of_lot(lot.id, by=signatory, lock=True)
        decided = [each for each in everything if each.state is DecisionState.decided]
        ready = [each for each in decided if each.dossier.reference in references]
        deciding.release(signatory, ready, tied=deciding.tied_in(everything))


def days_of(stage: Stage) -> Days:
    """The nominal calendar of the call."""
    return stage.times.days


def _follow(stage: Stage) -> None:
    """Coaching after selection where the call has it; reports, one of them only begun; what is closed."""
    days, after = days_of(stage), ("selected", "guided", *FINISHED)
    if stage.procedure.agreement:
        _agree(stage)
    if stage.procedure.coaching in (Coaching.after, Coaching.both):
        _coach(stage, after, "guidance", "finish_guidance")
    if stage.procedure.interim:
        _report_halfway(stage)
    reporting = stage.until(*FINISHED)
    stage.do("reporting", reporting, lambda scene: agreeing.report(scene.entry, days, stage.dice))
    stage.do("closing", stage.until("closed"), lambda scene: _close(stage, scene))


def _agree(stage: Stage) -> None:
    """Agreements are offered, and accepted by those that go on; one group has not answered yet, one asks for
    another account.
    """
    due = (stage.times.now + LASTS).date()
    stage.do(
        "offering",
        stage.until("agreement_offered", *AGREED),
        lambda scene: agreeing.offer(scene.entry, stage.coordinator(scene), due_on=due),
    )
    stage.do("agreeing", stage.until(*AGREED), lambda scene: agreeing.accept(scene.entry))
    stage.do("guidance", stage.until("agreed"), lambda scene: agreeing.ask_otherwise(scene.entry))


def _report_halfway(stage: Stage) -> None:
    """One has only begun; one was sent and waits to be read."""
    days, kind = days_of(stage), ReportKind.interim
    begun, sent, approved = stage.until("agreed"), stage.until(*HALFWAY), stage.until(*HALFWAY[1:])
    stage.do("halfway", begun, lambda scene: agreeing.begin_report(scene.entry, days, stage.dice, kind))
    stage.do("halfway", sent, lambda scene: agreeing.report(scene.entry, days, stage.dice, kind))
    stage.do("halfway", approved, lambda scene: acts.approve_interim(scene.entry, stage.coordinator(scene)))


def _close(stage: Stage, scene: Scene) -> None:
    acts.close(scene.entry, stage.coordinator(scene), scene.entry.story.amount)
