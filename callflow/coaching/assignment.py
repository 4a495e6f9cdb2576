"""Who coaches which project: proposed by language, area, conflicts and load, and why.

Nobody is proposed who does not speak the language of the project, has a conflict with it, is of its group or
scores it, or has no room left. Among all proposals that serve as many projects as can be, this one has the
least cost: every project weighs how far it lies from what the coach knows, and every further project of one
coach weighs more than the one before, so that the load is spread by what each can take on. Found exactly, by
shortest augmenting paths; equals are told apart by reference and by name, never by the order of rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

NEAR, SAME_SIDE, FAR = 0, 40, 100
"""What distance weighs: a municipality of the coach's area, the same side of the border, the other side."""
FULL = 60
"""What the last project weighs that fills a coach up; the first ones weigh a part of it."""
BOUNDLESS = 12
"""Projects after which a coach without any limit counts as full, so that the load is spread all the same."""
NOBODY = 1_000_000
"""What it weighs to have no coach: more than all else together, so that nobody is left out for nearness."""


@dataclass(frozen=True)
class Coach:
    """A coach of a call; ``load`` are the projects they have, ``most`` what they can take (None: no limit).

    ``area`` are municipalities and ``sides`` the countries they lie in; both empty is anywhere.
    """

    id: int
    name: str
    languages: frozenset[str]
    area: frozenset[str] = frozenset()
    sides: frozenset[str] = frozenset()
    load: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Project:
    """A project that needs a coach; ``barred`` are people who cannot coach it: conflict, group, juror."""

    reference: str
    language: str
    municipality: str | None = None
    country: str | None = None
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Ground:
    """One reason for a pairing, or against all coaches: a code and its parameters."""

    code: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Pairing:
    """A project with its coach and the reasons; without one, what stands in the way of everybody."""

    reference: str
    coach_id: int | None
    grounds: tuple[Ground, ...]


def propose(projects: Iterable[Project], coaches: Iterable[Coach]) -> list[Pairing]:
    """One coach for each project, as far as there are any; in the order of references."""
    ordered = sorted(projects, key=lambda each: each.reference)
    ranked = sorted(coaches, key=lambda each: (each.name.casefold(), each.id))
    chosen = _Matching(ordered, ranked).solved()
    load = {coach.id: coach.load for coach in ranked}
    found = []
    for project, coach in zip(ordered, chosen, strict=True):
        if coach is None:
            found.append(Pairing(project.reference, None, against(project, ranked)))
            continue
        load[coach.id] += 1
        found.append(Pairing(project.reference, coach.id, grounds(project, coach, load[coach.id])))
    return found


def grounds(project: Project, coach: Coach, load: int) -> tuple[Ground, ...]:
    """Why this coach suits this project; ``load`` is how many they have with it."""
    reasons = [Ground("speaks", {"language": project.language})]
    distance = _distance(project, coach)
    if coach.area and distance == NEAR:
        reasons.append(Ground("in_area"))
    elif coach.area and distance == SAME_SIDE:
        reasons.append(Ground("same_side"))
    elif coach.area:
        reasons.append(Ground("other_side"))
    count = {"count": load} if coach.most is None else {"count": load, "most": coach.most}
    return (*reasons, Ground("load" if coach.most is None else "load_of", count))


def against(project: Project, coaches: Sequence[Coach]) -> tuple[Ground, ...]:
    """Why nobody could be proposed: no coach at all, none who speaks it, conflicts, or no room."""
    if not coaches:
        return (Ground("no_coach"),)
    speaking = [coach for coach in coaches if project.language in coach.languages]
    if not speaking:
        return (Ground("nobody_speaks", {"language": project.language}),)
    free = [coach for coach in speaking if coach.id not in project.barred]
    return (Ground("nobody_free_of_conflict"),) if not free else (Ground("nobody_has_room"),)


def fits(project: Project, coach: Coach) -> bool:
    """Whether this coach may be proposed for this project, room not looked at."""
    return project.language in coach.languages and coach.id not in project.barred


def _distance(project: Project, coach: Coach) -> int:
    if not coach.area or project.municipality in coach.area:
        return NEAR
    return SAME_SIDE if project.country in coach.sides else FAR


def _weight_of_load(coach: Coach, load: int) -> int:
    """What the project weighs that brings a coach to this load."""
    return FULL * load // max(coach.most if coach.most is not None else BOUNDLESS, 1)


class _Matching:
    """Projects are seated one by one; others move on where that costs least; the last seat is nobody's.

    ``moves`` holds for each seat and each other what the cheapest move of a project from one to the other
    adds, with the number of that project; of equals the one who sits longest. Kept while projects come and
    go, so that nobody looks through all who are seated for each that follows.
    """

    def __init__(self, projects: Sequence[Project], coaches: Sequence[Coach]) -> None:
        self.projects, self.coaches = projects, coaches
        self.cost = [
            [*(_distance(project, coach) if fits(project, coach) else None for coach in coaches), NOBODY]
            for project in projects
        ]
        self.held: list[list[int]] = [[] for _ in range(len(coaches) + 1)]
        self.moves: list[list[tuple[int, int] | None]] = [[None] * len(self.held) for _ in self.held]

    def solved(self) -> list[Coach | None]:
        """The coach of each project; None where nobody can be."""
        for number in range(len(self.projects)):
            self._seat(number)
        found: list[Coach | None] = [None] * len(self.projects)
        for seat, numbers in enumerate(self.held[:-1]):
            for number in numbers:
                found[number] = self.coaches[seat]
        return found

    def _room(self, seat: int) -> int | None:
        """What one more project would weigh here; None when full."""
        if seat == len(self.coaches):
            return 0
        coach, load = self.coaches[seat], self.coaches[seat].load + len(self.held[seat]) + 1
        return None if coach.most is not None and load > coach.most else _weight_of_load(coach, load)

    def _seat(self, number: int) -> None:
        """The cheapest chain of moves that ends where there is room (Bellman and Ford over the coaches)."""
        reached: list[tuple[int, int | None, int] | None] = [
            None if cost is None else (cost, None, number) for cost in self.cost[number]
        ]
        nearer = {seat for seat, each in enumerate(reached) if each is not None}
        while nearer:
            for seat in range(len(self.held)):
                if seat in nearer:
                    nearer.remove(seat)
                    nearer |= self._relax(reached, seat)
        ends = [
            (each[0] + room, seat)
            for seat, each in enumerate(reached)
            if each is not None and (room := self._room(seat)) is not None
        ]
        self._move_along(reached, min(ends)[1])

    def _relax(self, reached: list[tuple[int, int | None, int] | None], seat: int) -> set[int]:
        """The seats that moving a project away from this one makes cheaper to reach."""
        here, better = reached[seat], set()
        for other, move in enumerate(self.moves[seat]):
            if here is None or move is None:
                continue
            total, there = here[0] + move[0], reached[other]
            if there is None or total < there[0]:
                reached[other] = (total, seat, move[1])
                better.add(other)
        return better

    def _move_along(self, reached: list[tuple[int, int | None, int] | None], seat: int) -> None:
        while True:
            step = reached[seat]
            if step is None:
                raise RuntimeError("a way to a seat that nobody reached")
            _cost, before, moving = step
            self._comes(moving, seat)
            if before is None:
                return
            self._goes(moving, before)
            seat = before

    def _comes(self, number: int, seat: int) -> None:
        self.held[seat].append(number)
        self._consider(number, seat, range(len(self.held)))

    def _goes(self, number: int, seat: int) -> None:
        """Only the moves that were this project's are looked for anew."""
        self.held[seat].remove(number)
        moves = self.moves[seat]
        lost = [other for other, move in enumerate(moves) if move is not None and move[1] == number]
        for other in lost:
            moves[other] = None
        for each in self.held[seat] if lost else ():
            self._consider(each, seat, lost)

    def _consider(self, number: int, seat: int, others: Iterable[int]) -> None:
        costs, moves = self.cost[number], self.moves[seat]
        own = costs[seat] or 0
        for other in others:
            cost, move = costs[other], moves[other]
            if other != seat and cost is not None and (move is None or cost - own < move[0]):
                moves[other] = (cost - own, number)
