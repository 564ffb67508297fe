#!/usr/bin/env python3
"""Prints its config, lists its inputs, and writes what the run is for."""

import json
import os

from gear_context import GearContext

with GearContext() as context:
    print("Config:", json.dumps(context.config, sort_keys=True))
    print("Inputs:", ", ".join(sorted(os.listdir("/flywheel/v0/input"))))
    path = context.get_input_path("infile")
    with context.open_output("out.txt") as output:
        # On a server this is the analysis; at home it is a place of the hierarchy that was named, with an id all the same.
        output.write("%s %s\n" % (context.destination["type"], context.destination["id"]))
        output.write("%s has %d bytes\n" % (os.path.basename(path), os.path.getsize(path)))
        if context.config["foobar"]:
            output.write("foobar\n")
