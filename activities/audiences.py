"""For whom is an activity? Organisation life is that of Party members; study for the others is counted apart."""

from members.stages import PARTY_MEMBERS


def audiences_of(stage: str) -> tuple[str, ...]:
    """Return which audiences (Activity.Audience) include somebody at this stage."""
    return ("inside", "open") if stage in PARTY_MEMBERS else ("applicants", "open")


def counted_as(audience: str, stage: str) -> str:
    """Return the audience under which somebody's hours count: only a Party member has organisation life."""
    return "applicants" if audience == "inside" and stage not in PARTY_MEMBERS else audience
