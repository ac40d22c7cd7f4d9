"""The door for coding agents: runs as tools and resources of the Model Context Protocol, with the same tokens and roles."""
