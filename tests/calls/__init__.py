"""Tests of calls: set-up files, calendar, forms."""
