#!/bin/sh
# make run: demo calls when there are none yet, then web server and worker until Ctrl-C.
set -eu
if [ "${CALLFLOW_ENV:-development}" != production ]; then
    .venv/bin/flask demo --if-empty
fi
exec .venv/bin/flask serve
