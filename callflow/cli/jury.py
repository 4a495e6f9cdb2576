"""flask jury: the group on which commands about jurors and their scores hang, each in a module of its own."""

import click


@click.group("jury")
def jury() -> None:
    """Who judges what, and what to make of the scores."""
