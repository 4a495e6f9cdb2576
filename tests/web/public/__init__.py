"""Pages that everybody can open."""
