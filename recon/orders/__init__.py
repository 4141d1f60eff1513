"""From a candidate list to orders that a desk can take: limits, sizes, days, hedge and stops."""
