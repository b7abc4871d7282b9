"""The page's routes, by the step that they belong to."""
