"""Tests of callflow.decisions."""
