"""The portal's typefaces as roles, and the one fontconfig file that resolves them.

A stylesheet asks for `Portal FangSong`; which face that is stands only here. The ministry's own licensed fonts come first when their
folder is configured, the free fonts of the distribution stand in otherwise, and nothing else that happens to lie on the machine is
seen: the same document looks the same on every server.
"""

import ctypes
import hashlib
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

SYSTEM_FOLDERS = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/truetype/lxgw-wenkai",
    "/usr/share/fonts/truetype/hanazono",
)
PACKAGES = "fonts-noto-cjk fonts-lxgw-wenkai"
LIBRARIES = {
    "libfontconfig.so.1": "libpangoft2-1.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


@dataclass(frozen=True)
class Role:
    """`own` are the families of the national standard, `free` the stand-in, `weight` the stand-in's weight where text is not bold."""

    family: str
    own: tuple[str, ...]
    free: str
    weight: str = "regular"


ROLES = (
    Role("Portal Title", ("方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05"), "Noto Serif CJK SC", "bold"),
    Role("Portal FangSong", ("仿宋_GB2312", "FangSong_GB2312", "方正仿宋_GBK", "仿宋", "FangSong"), "Noto Serif CJK SC", "light"),
    Role("Portal Kai", ("楷体_GB2312", "KaiTi_GB2312", "方正楷体_GBK", "楷体", "KaiTi"), "LXGW WenKai"),
    Role("Portal Hei", ("黑体", "SimHei", "方正黑体_GBK"), "Noto Sans CJK SC"),
    Role("Portal Song", ("宋体", "SimSun", "方正书宋_GBK"), "Noto Serif CJK SC"),
    Role("Portal Sans", (), "Noto Sans CJK SC"),
    Role("Portal Mono", (), "Noto Sans Mono CJK SC"),
)
FALLBACK = ("Noto Serif CJK SC", "Noto Sans CJK SC", "HanaMinA", "HanaMinB")
GENERIC = {"serif": "Portal Song", "sans-serif": "Portal Sans", "monospace": "Portal Mono"}
FOREIGN_FACES = tuple(f"Noto {style} CJK {region}" for style in ("Sans", "Serif", "Sans Mono") for region in ("JP", "KR", "TC", "HK"))


def configure(*, own: Sequence[str], folder: Path) -> Path:
    """Write the fontconfig file and point this process, and those that it starts, to it. Must precede the import of WeasyPrint."""
    content = configuration(own=own, cache=folder / "cache")
    path = folder / f"fonts-{hashlib.sha256(content.encode()).hexdigest()[:16]}.conf"
    if not path.exists():
        (folder / "cache").mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(content, encoding="utf-8")
        unfinished.replace(path)
    os.environ["FONTCONFIG_FILE"] = str(path)
    return path


def configuration(*, own: Sequence[str], cache: Path) -> str:
    folders = [_element("dir", folder) for folder in (*own, *SYSTEM_FOLDERS)]
    caches = [_element("cachedir", str(cache)), _element("cachedir", "/var/cache/fontconfig")]
    refused = [f'<pattern><patelt name="family">{_element("string", face)}</patelt></pattern>' for face in FOREIGN_FACES]
    generic = [_substitution(name, (role,), weight="regular") for name, role in GENERIC.items()]
    roles = [_substitution(role.family, (*role.own, role.free, *FALLBACK), weight=role.weight) for role in ROLES]
    return "\n".join(
        [
            '<?xml version="1.0"?>',
            '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
            "<fontconfig>",
            *folders,
            *caches,
            f"<selectfont><rejectfont>{''.join(refused)}</rejectfont></selectfont>",
            *generic,
            *roles,
            "</fontconfig>\n",
        ]
    )


def _substitution(name: str, families: Iterable[str], *, weight: str) -> str:
    test = f'<test name="family">{_element("string", name)}</test>'
    edit = f'<edit name="family" mode="assign" binding="strong">{"".join(_element("string", f) for f in dict.fromkeys(families))}</edit>'
    if weight == "regular":
        return f'<match target="pattern">{test}{edit}</match>'
    plain = '<test name="weight" compare="less_eq"><const>medium</const></test>'
    heavier = f'<edit name="weight" mode="assign"><const>{weight}</const></edit>'
    # The weight first: after the family has been replaced its name matches no more.
    return f'<match target="pattern">{test}{plain}{heavier}</match>\n<match target="pattern">{test}{edit}</match>'


def _element(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>"


def missing_roles(families: Collection[str]) -> list[Role]:
    """The roles for which neither an own nor the free face is among `families`."""
    return [role for role in ROLES if not {*role.own, role.free} & set(families)]


def missing_libraries() -> list[str]:
    return [library for library in LIBRARIES if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


class _FontSet(ctypes.Structure):
    _fields_ = [("count", ctypes.c_int), ("size", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p))]


def installed_families() -> set[str]:
    """What fontconfig really finds with this process's configuration, without the cost of importing WeasyPrint."""
    library = ctypes.CDLL("libfontconfig.so.1")
    library.FcInitLoadConfigAndFonts.restype = ctypes.c_void_p
    library.FcConfigGetFonts.restype = ctypes.POINTER(_FontSet)
    config = ctypes.c_void_p(library.FcInitLoadConfigAndFonts())
    found = library.FcConfigGetFonts(config, 0)
    families = {family for index in range(found.contents.count if found else 0) for family in _names(library, found.contents.fonts[index])}
    library.FcConfigDestroy(config)
    return families


def _names(library: ctypes.CDLL, font: int) -> list[str]:
    names: list[str] = []
    value = ctypes.c_char_p()
    while library.FcPatternGetString(ctypes.c_void_p(font), b"family", len(names), ctypes.byref(value)) == 0:
        names.append((value.value or b"").decode())
    return names
