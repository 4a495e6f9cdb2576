"""Read models: one module per page family that spans slices; queries only."""
