"""One file a source of generated documentation; each registers its functions with `@generates("name")`."""
