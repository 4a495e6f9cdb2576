"""Dossiers: who sees them, and assignments."""
