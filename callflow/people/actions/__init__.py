"""What people do with accounts, roles, groups, members and invitations: one module each."""
