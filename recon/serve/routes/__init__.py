"""What can be asked: of the list that is served, and of what was said before."""
