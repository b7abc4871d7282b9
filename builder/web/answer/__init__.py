"""The answer beside the form: the response as a tree, its items, its entities and its request."""
