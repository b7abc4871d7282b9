"""The state of each step and endpoint, with its problems, and the relations between blueprints."""
