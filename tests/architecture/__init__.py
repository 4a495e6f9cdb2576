"""What must hold for the whole tree; found by walking it, never listed."""
