"""What ties the slices together: stages, facts, effects, and the one door through which a dossier moves.

stages/ the catalogue and its rows, guards/ the questions that span slices: one module a stretch;
process.py composing, checking and taking steps; facts.py what guards need, in one query;
terms.py by when papers may be asked for;
effects.py what follows a step; timed/ what happens by itself, and when; pilot.py the procedure of pilots;
letter.py the frozen context of each letter.
verify.py what can be proved about the data, with agreement.py and promises.py between rows, triggered.py
of what triggers keep, recount.py dossier by dossier, kept.py frozen texts and files, piloted.py pilots,
boards.py selections worked out again;
changing/ what a changed set-up does to a running call, and carrying it out;
selecting.py what a selection board proposes, prepared for all; digest.py one hash over what calls came to.
"""
