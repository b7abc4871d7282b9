"""Port's REST API on this machine, as far as Ocean and the builder call it; see `app.create_app`.

What Port does and this does not:
- Scorecards, actions and pages are stored, and not evaluated. No entity has a scorecard's level.
- Rules about the user who asks find nothing: a token here belongs to no user.
- Averages over an hour, day, week or month are null. Other aggregations are measured when they are read,
  where Port measures every 15 minutes.
- Rules of a search see stored properties, no mirrors, calculations or aggregations. A mirror sees stored
  properties of the other entity too.
- Calculations are all of jq; Port's own dialect of it knows less.
- Team inheritance, permissions and the history of an entity do not exist.
- In DSP mode raw items are kept; no entities are made of them.
"""
