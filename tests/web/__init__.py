"""Pages, through a checked client."""
