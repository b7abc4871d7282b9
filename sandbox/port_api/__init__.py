"""A local version of the part of Port's REST API that Ocean and the builder call. See `app.create_app`.

Differences from Port:
- Scorecards, actions and pages are stored but not evaluated. No entity has a scorecard level.
- Search rules about the current user match nothing, because tokens here do not belong to a user.
- Averages per hour, day, week or month are null. Other aggregations are computed on every read. Port
  computes them every 15 minutes.
- Search rules and mirror properties see stored properties only. They do not see mirror, calculation or
  aggregation properties.
- Calculations accept all of jq. Port's dialect supports less.
- Team inheritance, permissions and entity history do not exist.
- In DSP mode, raw items are stored but not mapped to entities.
"""
