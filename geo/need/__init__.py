"""Where the need is: indicators, stability ranges, classes."""
