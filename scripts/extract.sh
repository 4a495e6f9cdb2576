#!/bin/sh
# Write every text that code and templates ask for into the template file named by the first argument.
set -eu
.venv/bin/pybabel --quiet extract --mapping-file babel.cfg --keyword _l --keyword lazy_gettext --no-location --omit-header \
    --sort-output --output-file "$1" .
