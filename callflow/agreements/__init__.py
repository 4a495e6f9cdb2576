"""Project agreements: what the authority and a selected group agree on, who is paid, and who accepted it."""
