from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """One person has one role (三员分立: an administrator never sees or edits business data)."""

    PROVINCE_HANDLER = "province_handler", _("Provincial handling official")
    PROVINCE_APPROVER = "province_approver", _("Provincial approving official")
    CO_DEPARTMENT = "co_department", _("Co-department")
    CITY = "city", _("City official")
    EXPERT = "expert", _("Review expert")
    STAFF = "staff", _("Ministry staff")
    PARTNER = "partner", _("Partner ministry")
    SUPERVISOR = "supervisor", _("Supervisor")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")


PROVINCE_ROLES = frozenset({Role.PROVINCE_HANDLER, Role.PROVINCE_APPROVER})
REVIEW_READERS = frozenset({Role.STAFF, Role.PARTNER, Role.SUPERVISOR})
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


class Kind(TextChoices):
    MINISTRY = "ministry", _("Lead ministry")
    PARTNER = "partner", _("Partner ministry")
    PROVINCE = "province", _("Provincial human-resources department")
    CO_DEPARTMENT = "co_department", _("Provincial co-department")
    CITY = "city", _("City human-resources bureau")
    INSTITUTE = "institute", _("Expert's employer")
    OPERATOR = "operator", _("Operator of the portal")


class Branch(TextChoices):
    """联合部门: what a co-department is in its province."""

    INDUSTRY = "industry", _("Industry and information technology")
    COMMERCE = "commerce", _("Commerce")
    FEDERATION = "federation", _("Federation of industry and commerce")
    REFORM = "reform", _("Development and reform")


KIND_OF_ROLE = {
    Role.PROVINCE_HANDLER: Kind.PROVINCE,
    Role.PROVINCE_APPROVER: Kind.PROVINCE,
    Role.CO_DEPARTMENT: Kind.CO_DEPARTMENT,
    Role.CITY: Kind.CITY,
    Role.EXPERT: Kind.INSTITUTE,
    Role.STAFF: Kind.MINISTRY,
    Role.SUPERVISOR: Kind.MINISTRY,
    Role.PARTNER: Kind.PARTNER,
    Role.SYSTEM_ADMIN: Kind.OPERATOR,
    Role.SECURITY_ADMIN: Kind.OPERATOR,
    Role.AUDIT_ADMIN: Kind.OPERATOR,
}


class Level(TextChoices):
    PROVINCE = "province", _("Province or autonomous region")
    MUNICIPALITY = "municipality", _("Municipality")
    CORPS = "corps", _("Xinjiang Production and Construction Corps")
    PREFECTURE_CITY = "prefecture_city", _("Prefecture-level city")
    OTHER_PREFECTURE = "other_prefecture", _("Other prefecture-level unit")


SELF_NOMINATING = frozenset({Level.MUNICIPALITY, Level.CORPS})


class Region(TextChoices):
    EAST = "east", _("East")
    CENTRAL = "central", _("Central")
    WEST = "west", _("West")
    NORTHEAST = "northeast", _("Northeast")


class Act(TextChoices):
    """What administrators do with an account."""

    ADD = "add", _("New account")
    REOPEN = "reopen", _("Reopening")
    CLOSE = "close", _("Closing")
    RESET = "reset", _("New password")


class Refusal(TextChoices):
    """Why something cannot be done with an account."""

    NOT_SYSTEM_ADMIN = "not_system_admin", _("Only a system administrator may do this.")
    NOT_SECURITY_ADMIN = "not_security_admin", _("Only a security administrator may do this.")
    OWN_ACCOUNT = "own_account", _("Nobody decides about their own account. Ask another administrator.")
    WAITING = "waiting", _("Something else about this account still awaits the security administrator.")
    IS_OPEN = "is_open", _("The account is open already.")
    IS_CLOSED = "is_closed", _("The account is closed. Reopen it first.")
    DECIDED = "decided", _("This has been decided already.")
