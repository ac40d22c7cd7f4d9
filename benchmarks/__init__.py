"""What ropewalk costs, as ratios against a limit or a peer that is measured in the same run."""
