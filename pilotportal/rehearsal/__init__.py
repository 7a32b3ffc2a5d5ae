"""A whole round played on a simulated clock: the demonstration, the acceptance test and the load generator."""
