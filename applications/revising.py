"""Changing a form definition while its round is prepared: parts found by their path, added, replaced, moved, removed.

A path is `section`, `section.entry` or `section.group.entry`; the empty one is the form itself. Every function returns a new form as JSON
data; none judges it, `why_not` does.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from applications.definition import FormDefinition
from applications.reliance import RESERVED, faults

Form = dict[str, Any]
LISTS = {"section": "sections", "field": "fields", "group": "groups"}


class NoSuchPart(LookupError):
    """The form has no part with this path."""


def part(form: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Raises NoSuchPart."""
    return dict(_place(form, path)[0]) if path else dict(form)


def kind_of(form: Mapping[str, Any], path: str) -> str:
    """section, field or group; form where the path is empty. Raises NoSuchPart."""
    if not path:
        return "form"
    return next(kind for kind, name in LISTS.items() if name == _place(form, path)[1])


def replaced(form: Mapping[str, Any], path: str, properties: Mapping[str, Any]) -> Form:
    """The part with these properties; what stands within it stays."""
    new = deepcopy(dict(form))
    target = _place(new, path)[0] if path else new
    within = {name: target[name] for name in LISTS.values() if name in target}
    version = {"version": new["version"]} if not path else {}
    target.clear()
    target.update({**properties, **within, **version})
    return new


def added(form: Mapping[str, Any], parent: str, kind: str, properties: Mapping[str, Any]) -> Form:
    """At the end of its list."""
    new = deepcopy(dict(form))
    target = _place(new, parent)[0] if parent else new
    target.setdefault(LISTS[kind], []).append(dict(properties))
    return new


def removed(form: Mapping[str, Any], path: str) -> Form:
    new = deepcopy(dict(form))
    found, name, owner = _place(new, path)
    owner[name].remove(found)
    return new


def moved(form: Mapping[str, Any], path: str, step: int) -> Form:
    """One place up (-1) or down (+1) in its list; at the end of the list nothing happens."""
    new = deepcopy(dict(form))
    found, name, owner = _place(new, path)
    parts = owner[name]
    place = parts.index(found)
    other = place + step
    if 0 <= other < len(parts):
        parts[place], parts[other] = parts[other], parts[place]
    return new


def patterned(form: Mapping[str, Any], pattern: Mapping[str, Any]) -> Form:
    """Everything from the pattern; the version stays above both."""
    return {**deepcopy(dict(pattern)), "version": max(form["version"], pattern["version"])}


def renewed(form: Mapping[str, Any]) -> Form:
    return {**form, "version": form["version"] + 1}


def why_not(form: Mapping[str, Any]) -> list[str]:
    """Every sentence against the form as a whole; the schema has the last word."""
    if found := [*_reserved(form), *_twice(form), *_empty(form)]:
        return found
    try:
        definition = FormDefinition.model_validate(form)
    except ValidationError as error:
        return [_("The form does not fit its schema: %(place)s.") % {"place": ".".join(map(str, error.errors()[0]["loc"]))}]
    return list(faults(definition))


def _place(form: Mapping[str, Any], path: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """The part, the name of the list that it stands in, and the owner of that list."""
    owner, found, name = dict(form), form, ""
    for depth, code in enumerate(path.split(".")):
        owner = found  # type: ignore[assignment]  # a part is a dictionary of JSON
        names = ("sections",) if depth == 0 else ("fields", "groups") if depth == 1 else ("fields",)
        candidates = [(each, name) for name in names for each in owner.get(name, []) if each["code"] == code]
        if not candidates or (depth > 1 and name != "groups"):
            raise NoSuchPart(path)
        found, name = candidates[0]
    return found, name, owner  # type: ignore[return-value]  # likewise


def _items(form: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for section in form["sections"]:
        yield from ((section, item) for item in (*section.get("fields", []), *section.get("groups", [])))


def _reserved(form: Mapping[str, Any]) -> Iterator[str]:
    codes = [item["code"] for _section, item in _items(form)]
    codes += [field["code"] for _section, item in _items(form) for field in item.get("fields", [])]
    for code in sorted(RESERVED & set(codes)):
        yield _("No entry can have the code “%(code)s”: the portal uses it for a button or a file.") % {"code": code}


def _twice(form: Mapping[str, Any]) -> Iterator[str]:
    lists = [[section["code"] for section in form["sections"]], [item["code"] for _section, item in _items(form)]]
    lists += [[field["code"] for field in item.get("fields", [])] for _section, item in _items(form)]
    for codes in lists:
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield _("The code “%(code)s” is used twice. Each part of the form needs a code of its own.") % {"code": code}


def _empty(form: Mapping[str, Any]) -> Iterator[str]:
    if not form["sections"]:
        yield _("The form needs at least one section.")
    for _section, item in _items(form):
        if "type" not in item and not item.get("fields"):
            yield _("The table “%(label)s” needs at least one column.") % {"label": item["label"]["zh"]}
