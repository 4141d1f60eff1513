"""`python -m recon.cli`, for where the script is not on the path."""

from recon.cli.app import main

main()
