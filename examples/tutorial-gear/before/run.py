#!/usr/bin/env python

import os

import flywheel

context = flywheel.GearContext()
# Fails wherever there is no server that has made an analysis.
analysis_id = context.destination["id"]

print("Config:", context.config)
print("Inputs:", os.listdir("/flywheel/v0/input"))

with open("/flywheel/v0/output/out.txt", "w") as output:
    output.write("analysis %s\n" % analysis_id)
