"""Speed and memory, measured by hand with `make bench`; results are kept as tables beside the code."""
