"""The procedure: stages, steps, races."""
