"""What every room stands on: the error tree, where files live, how urgent work is."""
