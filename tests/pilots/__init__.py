"""Tests of the pilots of local governments."""
