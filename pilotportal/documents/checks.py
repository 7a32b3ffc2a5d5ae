"""A worker or a web server that could not write a correct document does not start: it says what to install."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from pilotportal.documents import fonts


@register("documents")
def documents_can_be_written(**_kwargs: Any) -> list[CheckMessage]:
    if libraries := fonts.missing_libraries():
        return [_library(name) for name in libraries]
    return [_font(role) for role in fonts.missing_roles(fonts.installed_families())]


def _library(name: str) -> Error:
    return Error(
        f"The library {name} is missing; without it documents cannot be written, or take twenty seconds each.",
        hint=f"apt-get install --no-install-recommends {fonts.LIBRARIES[name]}",
        id="documents.E001",
    )


def _font(role: fonts.Role) -> Error:
    wanted = " / ".join((*role.own, role.free))
    return Error(
        f"No font was found for the role “{role.family}” ({wanted}); documents would show empty boxes.",
        hint=f"apt-get install {fonts.PACKAGES}, or put the fonts into a folder that PORTAL_FONT_DIRS names.",
        id="documents.E002",
    )
