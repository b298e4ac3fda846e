"""Which examples the property tests try: the same ones in every run, so that a red test comes from a change.

``pytest --hypothesis-profile thorough`` tries 10,000 others of each.
"""

from hypothesis import HealthCheck, settings

settings.register_profile("fixed", derandomize=True)
settings.register_profile("thorough", max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("fixed")
