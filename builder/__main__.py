"""`python -m builder` runs `ocean-custom`."""

from builder.cli.main import main

main(prog_name="ocean-custom")
