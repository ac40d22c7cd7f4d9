"""weft: durable workflows for teams of coding agents."""
