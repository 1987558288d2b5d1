"""`python -m tangga`: the same as the installed command."""

from tangga.cli import main

main()
