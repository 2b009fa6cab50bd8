"""From the agent to a person: who is called, what they are told, and what becomes of the customer meanwhile."""
