"""How the C++ side of the telephone is built: script, configuration, ring port."""
