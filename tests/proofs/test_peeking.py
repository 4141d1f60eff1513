"""It cannot see the future: whatever becomes known later, the list is the same to the byte."""
