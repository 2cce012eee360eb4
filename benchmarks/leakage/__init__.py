"""How well leaks are found: our rules over labelled scripts, and the same beside other detectors."""
