"""Runs code in a folder, as a person who pastes it. Prints what it printed, as one JSON string."""
import contextlib
import io
import json
import os
import sys

request = json.loads(sys.argv[1])
os.chdir(request["folder"])
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    exec(request["code"], {})
print(json.dumps(printed.getvalue()))
