"""Which models exist, where their files come from, and the engines that are not about sound."""
