"""`python -m builder` is `ocean-custom`."""

from builder.cli.main import main

main(prog_name="ocean-custom")
