"""What leaves the program: the candidate list, and files that appear whole or not at all."""
