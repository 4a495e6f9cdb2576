"""The questions that hold a step back: each answers one, on a Case, with a Reason or None; no database."""
