"""Decisions: prepared by the coordinator, decided by the deciding body, released by a signatory.

selection.py is the plain rule of selection as a pure function on a table, reach.py the amounts it can
leave; portfolio.py the best selection under several envelopes and quotas, asked.py what the solver is
asked, optimum.py the solver; promised.py what the lots have promised, joint.py what joint envelopes have
paid; board.py what a selection board works out, changing.py what people change on it; reserve.py the
reserve list and what can be offered to whom on it.
"""
