"""Signing in, one's own password, and the accounts that administrators look after."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pilotportal.accounts import queries
from pilotportal.accounts.enums import KIND_OF_ROLE, Branch, Kind, Role
from pilotportal.accounts.models import Division, Organisation, User

IN_DIVISIONS = queries.IN_A_PROVINCE | {Kind.CITY}
NAMED_ONCE = frozenset({Kind.PROVINCE, Kind.CO_DEPARTMENT})  # one of a kind in a province
CONTROLS: dict[type[Any], str] = {forms.TextInput: "form-control", forms.Select: "form-select"}


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username")
        self.fields["password"].label = _("Password")
        _plainly(self)


class PasswordChangeForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = password_rules()
        self.fields["password2"].label = _("New password once more")
        _plainly(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password1") and cleaned.get("password1") == cleaned.get("oldpassword"):
            self.add_error("password1", _("This is the present password. Choose another one."))
        return cleaned


class DivisionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker only
    def label_from_instance(self, division: Division) -> str:
        return division.full_name


class AccountForm(forms.Form):
    """What an account of the role needs, and nothing else."""

    use_required_attribute = False

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("Letters, digits and @ . + - _; it cannot be changed later."),
        error_messages={"taken": _("This username has been taken. Choose another one.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("Where reminders and receipts go. Without one they stand in the portal only."),
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role, self.kind = role, KIND_OF_ROLE[role]
        if self.kind in IN_DIVISIONS:
            divisions = queries.divisions_of(role)
            self.fields["division"] = DivisionField(label=_("Province") if self.kind != Kind.CITY else _("City"), queryset=divisions)
        if self.kind == Kind.CO_DEPARTMENT:
            self.fields["branch"] = forms.ChoiceField(label=_("Branch"), choices=[("", "---------"), *Branch.choices])
        self.fields["organisation"] = forms.CharField(
            label=KIND_OF_ROLE[role].label,
            max_length=120,
            required=self.kind not in NAMED_ONCE,
            help_text=_("Its full name. May be left empty where the portal knows it already.")
            if self.kind in NAMED_ONCE
            else _("Its full name."),
            widget=forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"}),
        )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    @property
    def known_organisations(self) -> list[str]:
        """Names to choose from while typing."""
        return list(queries.organisations_of(self.role).order_by("name").values_list("name", flat=True).distinct())

    @property
    def wanted(self) -> dict[str, Any]:
        """What the service is told."""
        return {"role": self.role, "division": None, "branch": "", **self.cleaned_data}

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(self.fields["username"].error_messages["taken"])
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.kind in NAMED_ONCE and not self.errors:
            known, entered = self._known(cleaned), cleaned["organisation"]
            if known and entered and entered != known.name:
                sentence = _("Here the portal knows “%(name)s” already. Leave the name empty to use it.")
                self.add_error("organisation", sentence % {"name": known.name})
            elif not (known or entered):
                self.add_error("organisation", _("The portal does not know this organisation yet: enter its full name."))
            elif known:
                cleaned["organisation"] = known.name
        return cleaned

    def _known(self, cleaned: dict[str, Any]) -> Organisation | None:
        found = queries.organisations_of(self.role).filter(division=cleaned["division"], branch=cleaned.get("branch", ""))
        return found.first()


class PeopleFilter(forms.Form):
    """Fields that stand in the address; what cannot be read narrows nothing."""

    use_required_attribute = False
    STATES = {
        "open": Q(is_active=True),
        "closed": Q(is_active=False, waiting=False),
        "waiting": Q(waiting=True),
    }

    find = forms.CharField(label=_("Name, username or organisation"), max_length=60, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("All roles")), *Role.choices], required=False)
    state = forms.ChoiceField(
        label=_("Status"),
        choices=[("", _("All")), ("open", _("In use")), ("waiting", _("Awaits confirmation")), ("closed", _("Closed"))],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = CONTROLS[type(field.widget)]

    @property
    def is_used(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def among(self, accounts: QuerySet[User]) -> QuerySet[User]:
        if not self.is_valid():
            return accounts
        find, role, state = (self.cleaned_data[name] for name in ("find", "role", "state"))
        if find:
            accounts = accounts.filter(Q(name__icontains=find) | Q(username__icontains=find) | Q(organisation__name__icontains=find))
        if role:
            accounts = accounts.filter(role=role)
        return accounts.filter(self.STATES[state]) if state else accounts


def password_rules() -> str:
    """What AUTH_PASSWORD_VALIDATORS ask for."""
    words = _("At least {length} characters; not digits alone, no common password, and nothing like your name or username.")
    return words.format(length=settings.PASSWORD_LENGTH)


def _plainly(form: LoginForm | ChangePasswordForm) -> None:
    """No placeholder, which repeats the label and vanishes when one types; and our own words for an empty field."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        field.error_messages["required"] = _("This entry is missing.")
