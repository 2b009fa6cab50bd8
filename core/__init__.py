"""What every room stands on: the error tree, the languages spoken, where files live."""
