"""The machinery every slice stands on; knows no feature of a call."""
