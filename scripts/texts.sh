#!/bin/sh
# Extract the interface texts and merge them into the three catalogs; what is new stands there empty until it is translated.
set -eu
template=$(mktemp)
trap 'rm -f "$template"' EXIT
sh scripts/extract.sh "$template"
for language in nl fr en; do
    if [ -f "callflow/translations/$language/LC_MESSAGES/messages.po" ]; then action=update; else action=init; fi
    .venv/bin/pybabel --quiet "$action" --input-file "$template" --output-dir callflow/translations --locale "$language" --no-wrap
done
