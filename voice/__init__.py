"""Sound to words and words to sound, nothing else: frames, activity, turns, recognition, synthesis."""
