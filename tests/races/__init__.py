"""Many people at the same moment, on a real server of two processes."""
