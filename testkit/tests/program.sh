#!/bin/sh
# The program of process.rs: it does what its environment says.
eval "$SCRIPT"
