"""The same pipe at past moments, held against what FTSE Russell then published."""
