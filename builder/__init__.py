"""The builder: from a sample response to an integration that runs, as a web page and in the terminal."""
