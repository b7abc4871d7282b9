"""Port's REST API on this machine, as far as Ocean calls it; see `app.create_app`."""
