"""Ideas from a table: columns found, every row judged before anything is written, then begun like any
draft.
"""
