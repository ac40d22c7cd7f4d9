"""Shipped to users: given/when/then, contract suites, manual clock."""
