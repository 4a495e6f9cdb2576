"""The tests: mirrors callflow/, with what must hold for the whole tree in architecture/."""
