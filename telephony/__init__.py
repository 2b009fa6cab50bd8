"""The telephone: one thread owns PJSIP; the rest of the program sees calls and audio lines."""
