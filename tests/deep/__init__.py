"""What takes longer than the gate allows; `make deep` runs it."""
