"""Selection boards worked out again: what they were made from is unchanged, and gives the same."""

from collections.abc import Iterator

from sqlalchemy import select

from callflow.calls.models import Call
from callflow.core.db import db
from callflow.decisions.board import Asked, Table, digest, work_out
from callflow.decisions.models import Board
from callflow.lifecycle.checking import Break


def breaks() -> Iterator[Break]:
    """Every board whose input was changed, or which comes out otherwise. One at a time: memory stays flat."""
    numbers = select(Board.id, Call.reference).join(Call, Call.id == Board.call_id).order_by(Board.id)
    for board_id, reference in db.session.execute(numbers).all():
        board = db.session.get_one(Board, board_id)
        about = f"{reference}/{board.number}"
        if digest(Table.of(board.table), Asked.of(board.asked)) != board.digest:
            yield Break("board_input_changed", about, board.digest[:16])
        elif not same_again(board):
            yield Break("board_comes_out_otherwise", about, board.digest[:16])
        db.session.expunge(board)


def same_again(board: Board) -> bool:
    """Whether the board comes out as it was kept. Where the search was cut off, only the sum must: between
    selections that are as good it was never decided.
    """
    again = work_out(Table.of(board.table), Asked.of(board.asked))
    if again.get("settled") is False:
        return bool(again["score"] == board.outcome["score"] and again["bound"] == board.outcome["bound"])
    return bool(again == board.outcome)
