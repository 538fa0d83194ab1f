"""Every table of every room, for migrations and for the test that compares the two."""

from service.access import models as access
from service.audit.log import models as audit
from service.budget import models as budget
from service.cases.assessments import models as assessments
from service.cases.diary import models as diary
from service.cases.outcomes import models as outcomes
from service.cases.programmes import models as programmes
from service.cases.projects import models as projects
from service.cases.records import models as records
from service.cases.teams import models as teams
from service.db import Base
from service.indicators import models as indicators
from service.people import models as people
from service.web import models as web

ROOMS = (
    access, assessments, audit, budget, diary, indicators, outcomes, people, programmes, projects, records, teams, web,
)  # fmt: skip
METADATA = Base.metadata
SCHEMAS = ("access", "audit", "budget", "cases", "facts", "identity", "indicators", "people", "web")
