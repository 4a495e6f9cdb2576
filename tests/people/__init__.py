"""People, their sign-in, roles and groups."""
