"""The machinery: trail, outbox, PDF, tables."""
