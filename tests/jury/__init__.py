"""Tests of callflow.jury."""
