"""What is measured of rxdex alone, each in a process of its own."""
