"""What readers of other systems' files share: items, people, conditions, references, and the account of what became of each key."""
