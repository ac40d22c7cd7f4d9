"""Tools of this repository; nothing here ships with the package."""
