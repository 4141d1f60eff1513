"""What index funds must trade: float, weights, dollars, shares and days of volume."""
