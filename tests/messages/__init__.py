"""Tests of callflow.messages."""
