"""The machine below: sound cards, and (later) profiles, images, updates, self-test."""
