"""How fast recon is, beside what the same work costs by the nearest plain means.

`make bench` measures and prints one row per work: medians, their ratio and the bar. Both sides of
a ratio run in the same process on the same data, so a slow machine slows both.
"""
