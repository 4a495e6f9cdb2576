"""People, how they sign in, the roles they hold, and the groups they form."""
