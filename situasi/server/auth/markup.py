"""HTML of the sign-in pages."""

from __future__ import annotations

import tomllib
from pathlib import Path

from markupsafe import Markup

from situasi.common.i18n import _
from situasi.domain.settings import ROOT
from situasi.server.auth.security_headers import csp_hashes

_THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


def _format_colours(kind: str) -> str:
    return "".join(
        f"--{name}: {_THEME[kind][name]}; "
        for name in (
            "primaryColor",
            "backgroundColor",
            "secondaryBackgroundColor",
            "textColor",
            "borderColor",
        )
    )


_STYLE = (
    f":root {{ {_format_colours('light')}}}\n"
    f"@media (prefers-color-scheme: dark) {{ :root {{ {_format_colours('dark')}}} }}\n"
    + Path(__file__).with_name("signin.css").read_text("utf-8")
)

# These pages load nothing and run no script.
POLICY = (
    f"default-src 'none'; style-src {csp_hashes([_STYLE])[0]}; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)

_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n'
    '<link rel="icon" href="data:,">\n'
    "<title>{title} · {board}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
    "<header><h1>{board}</h1><p>{kabupaten}</p></header>\n{body}\n"
    '<footer><a href="{id}" lang="id">Bahasa Indonesia</a> <a href="{en}" lang="en">English</a>'
    "</footer>\n</main>\n</body>\n</html>\n"
)
_ALERT = Markup('<p role="alert" id="why">{}</p>')
_SIGN_IN = Markup(
    '{alert}<form method="post" action="{action}">\n'
    '<input type="hidden" name="bukti" value="{token}">\n'
    '<label for="nama">{name}</label>\n'
    '<input id="nama" name="nama" value="{given}" autocomplete="username" autocapitalize="none" '
    'spellcheck="false" maxlength="64" required{focus_name}>\n'
    '<label for="sandi">{password}</label>\n'
    '<input id="sandi" name="sandi" type="password" autocomplete="current-password" '
    'maxlength="1000" required{focus_password}>\n'
    "<button>{enter}</button>\n</form>{provider}"
)
_PROVIDER_LINK = Markup(
    '\n<p class="or">{either}</p>\n<a class="button" href="{address}">{through}</a>'
)
_SIGN_OUT = Markup(
    '<form method="post" action="{action}">\n<input type="hidden" name="bukti" value="{token}">\n'
    "<p>{who}</p>\n<button autofocus>{leave}</button>\n"
    '<p><a href="/">{back}</a>{change}</p>\n</form>'
)
_CHANGE_LINK = Markup(' <a href="{address}">{said}</a>')
_PASSWORD = Markup(
    '{alert}<form method="post" action="{action}">\n'
    '<input type="hidden" name="bukti" value="{token}">\n'
    '<input type="text" name="nama" value="{name}" autocomplete="username" hidden>\n'
    '<p><strong>{whose}</strong></p>\n<label for="lama">{old}</label>\n'
    '<input id="lama" name="lama" type="password" autocomplete="current-password" '
    'maxlength="1000" required autofocus>\n'
    '<label for="baru">{new}</label>\n'
    '<input id="baru" name="baru" type="password" autocomplete="new-password" '
    'maxlength="1000" minlength="{shortest}" required>\n'
    '<label for="ulang">{again}</label>\n'
    '<input id="ulang" name="ulang" type="password" autocomplete="new-password" '
    'maxlength="1000" required>\n'
    '<p>{told}</p>\n<button>{change}</button>\n<p><a href="/">{back}</a></p>\n</form>'
)
_PASSWORD_CHANGED = Markup(
    '<p role="status"><strong>{said}</strong></p>\n<p>{told}</p>\n'
    '<a class="button" href="/">{back}</a>'
)
_LINK_OVER = Markup(
    '<form>\n<p role="alert">{why}</p>\n<p><a href="{way}">{enter}</a></p>\n</form>'
)

_BOARD_FULL = Markup(
    '<form>\n<p role="alert">{why}</p>\n<a class="button" href="">{again}</a>\n</form>'
)


def render_sign_in(
    kabupaten: str,
    language: str,
    links: dict[str, str],
    token: str,
    typed_name: str,
    error: str,
    provider: tuple[str, str] | None = None,
) -> str:
    """Return the sign-in page. links: this page in each language; error: what was wrong before.

    provider: name and address of the identity provider's sign-in.
    """
    focus = Markup(" autofocus")
    body = _SIGN_IN.format(
        alert=_ALERT.format(error) if error else "",
        action=links[language],
        token=token,
        given=typed_name,
        focus_name="" if typed_name else focus,
        focus_password=focus if typed_name else "",
        name=_("Nama akun"),
        password=_("Sandi"),
        enter=_("Masuk"),
        provider=_render_provider_link(*provider) if provider else "",
    )
    return _render_page(_("Masuk"), kabupaten, language, links, body)


def _render_provider_link(name: str, address: str) -> Markup:
    # A link, not a form: `form-action` would also apply to where the provider redirects.
    link_text = _("Masuk lewat {name}").format(name=name)
    return _PROVIDER_LINK.format(either=_("atau"), address=address, through=link_text)


def render_sign_out(
    kabupaten: str,
    language: str,
    links: dict[str, str],
    token: str,
    name: str,
    role: str,
    password_link: str = "",
) -> str:
    """Return the sign-out page. password_link: path to change the password, if they have one."""
    body = _SIGN_OUT.format(
        action=links[language],
        token=token,
        who=_("Anda masuk sebagai {name} ({role}).").format(name=name, role=role),
        leave=_("Keluar"),
        back=_("Kembali ke papan"),
        change=_CHANGE_LINK.format(address=password_link, said=_("Ganti sandi"))
        if password_link
        else "",
    )
    return _render_page(_("Keluar"), kabupaten, language, links, body)


def render_password_form(
    kabupaten: str,
    language: str,
    links: dict[str, str],
    token: str,
    name: str,
    min_length: int,
    error: str,
) -> str:
    """Return the form to change one's own password. error: what was wrong before."""
    body = _PASSWORD.format(
        alert=_ALERT.format(error) if error else "",
        action=links[language],
        token=token,
        name=name,
        whose=_("Ganti sandi akun {name}").format(name=name),
        shortest=min_length,
        old=_("Sandi lama"),
        new=_("Sandi baru, paling sedikit {n} karakter").format(n=min_length),
        again=_("Sandi baru sekali lagi"),
        told=_("Di perangkat lain, akun ini harus masuk lagi."),
        change=_("Ganti sandi"),
        back=_("Kembali ke papan"),
    )
    return _render_page(_("Ganti sandi"), kabupaten, language, links, body)


def render_password_changed(kabupaten: str, language: str, links: dict[str, str], name: str) -> str:
    """Return the page that confirms the new password."""
    body = _PASSWORD_CHANGED.format(
        said=_("Sandi akun {name} sudah diganti.").format(name=name),
        told=_("Di perangkat lain, akun ini harus masuk lagi."),
        back=_("Kembali ke papan"),
    )
    return _render_page(_("Ganti sandi"), kabupaten, language, links, body)


def render_link_over(
    kabupaten: str, language: str, links: dict[str, str], reason: str, sign_in_path: str
) -> str:
    """Return the page for a guest link that opens nothing."""
    body = _LINK_OVER.format(why=reason, way=sign_in_path, enter=_("Masuk dengan akun"))
    return _render_page(_("Tautan tamu"), kabupaten, language, links, body)


def render_board_full(kabupaten: str, language: str, links: dict[str, str], reason: str) -> str:
    """Return the page for when no other page can be opened now."""
    body = _BOARD_FULL.format(why=reason, again=_("Coba lagi"))
    return _render_page(_("Papan penuh"), kabupaten, language, links, body)


def _render_page(
    title: str, kabupaten: str, language: str, links: dict[str, str], body: Markup
) -> str:
    return _PAGE.format(
        language=language,
        title=title,
        board="Situasi",
        kabupaten=kabupaten,
        style=Markup(_STYLE),
        body=body,
        **links,
    )
