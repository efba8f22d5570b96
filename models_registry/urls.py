"""Addresses of the register."""

from django.urls import path, register_converter

from communes.register.urls import urls_of
from models_registry import registers
from models_registry.initiatives import STEPS
from models_registry.views import counts, hamlets, imports, initiatives, moving, rounds, teams


class StepConverter:
    """A step of an initiative's life in an address."""

    regex = "|".join(STEPS)

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    to_url = to_python


register_converter(StepConverter, "step")

urlpatterns = [
    path("register/hamlets/round/", rounds.hamlet_round, name="register_hamlet_round"),
    path("register/hamlets/round/template/", rounds.template, name="register_hamlet_round_template"),
    path("register/hamlets/change/", hamlets.choose, name="register_choose_hamlets"),
    path("register/hamlets/change/<slug:kind>/", hamlets.change, name="register_change_hamlets"),
    path("register/counts/", counts.counts, name="register_counts"),
    path("register/movements/", counts.movements, name="register_movements"),
    path("register/priority/on/", counts.listed_on, name="register_listed"),
    path("register/groups/ratings/", teams.ratings, name="register_team_ratings"),
    path("register/initiatives/ratings/", initiatives.ratings, name="register_rate_initiatives"),
    path("register/initiatives/typical/", initiatives.typical, name="register_typical"),
    path("register/initiatives/<int:pk>/life/", initiatives.life, name="register_initiatives_life"),
    path("register/initiatives/<int:pk>/typical/", initiatives.mark_typical, name="register_initiatives_typical"),
    path("register/initiatives/<int:pk>/<step:step>/", initiatives.step, name="register_initiatives_step"),
    path("register/import/<slug:kind>/", imports.start, name="register_imports_start"),
    path("register/import/<slug:kind>/template/", imports.template, name="register_imports_template"),
    path("register/import/<slug:kind>/<int:pk>/", imports.check, name="register_imports_check"),
    path("register/import/<slug:kind>/<int:pk>/columns/", imports.columns, name="register_imports_columns"),
    path("register/import/<slug:kind>/<int:pk>/answers/", imports.answers, name="register_imports_answers"),
    path("register/import/<slug:kind>/<int:pk>/apply/", imports.apply, name="register_imports_apply"),
    path("register/import/<slug:kind>/<int:pk>/marked/", imports.marked, name="register_imports_marked"),
    path("register/import/<slug:kind>/<int:pk>/give-up/", imports.give_up, name="register_imports_give_up"),
    *(
        path(f"register/{slug}/<int:pk>/move/", moving.move, {"slug": slug}, name=f"register_{slug}_move")
        for slug in moving.MOVABLE
    ),
    *(address for register in registers.OWN for address in urls_of(register)),
]
