"""What a judge gets to see: the run's files, with whatever judges them as it was at the revision that the run began from."""
