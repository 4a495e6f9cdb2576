"""Tests of callflow.coaching."""
