"""How fast rxdex is, beside other ways to the same frames; `make bench`."""
