"""Coaching: sessions (one may serve several dossiers), advice and hours."""
