"""Tests of callflow.screening."""
