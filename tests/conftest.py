"""How hypothesis runs here: no test is timed, and each run tries the same examples, so that what decides a
landing decides alike twice. `pytest --hypothesis-profile=search` tries others.
"""

from hypothesis import HealthCheck, settings

settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")
