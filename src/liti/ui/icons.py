"""Our own line icons on a 24-unit grid, drawn inline so that they take the text's colour."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# fmt: off
PATHS: dict[str, str] = {
    "home": "M4 11 12 4l8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
    "users": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6"
             "M16 4.5a3.3 3.3 0 0 1 0 6.2M17.5 14.3c2.3.7 3.6 2.6 4 5.7",
    "user": "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 20.5c.7-4.3 3.7-6.5 8-6.5s7.3 2.2 8 6.5",
    "building": "M5 20.5V4h9v16.5M14 9h5v11.5M3 20.5h18M8 8h3M8 12h3M8 16h3",
    "layers": "M12 3 3 8l9 5 9-5-9-5M3 12.5l9 5 9-5M3 17l9 5 9-5",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3.5V7M16 3.5V7",
    "check": "M5 12.5l4.5 4.5L19 7",
    "check-circle": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8 12.2l2.8 2.8L16 9.5",
    "shield": "M12 3l7.5 3v5.5c0 4.5-3 7.8-7.5 9.5-4.5-1.7-7.5-5-7.5-9.5V6z",
    "book": "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11",
    "transfer": "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
    "scale": "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
    "store": "M4 10v10h16V10M3 10l2-6h14l2 6zM9 20v-6h6v6",
    "handshake": "M3 8l4-2 5 2 5-2 4 2v7l-3 1-5 4-2-1-4-3-4-1zM12 8l-3 4 2 1 3-2 4 4",
    "activity": "M3 12h4l3-8 4 16 3-8h4",
    "sliders": "M4 7h10M18 7h2M16 5v4M4 17h2M10 17h10M8 15v4M4 12h4M12 12h8M10 10v4",
    "search": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16.2 16.2 20.5 20.5",
    "sun": "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2"
           "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5",
    "globe": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9"
             "M12 3c-3 3-3.5 6-3.5 9s.5 6 3.5 9",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "logout": "M10 4H5v16h5M9 12h11M16 8l4 4-4 4",
    "key": "M8 16a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M12.3 12.5H21M18 12.5v4",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 7.8v.2",
    "alert": "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.2",
    "empty": "M3.5 13 6 5h12l2.5 8v6h-17zM3.5 13H9l1.5 2.5h3L15 13h5.5",
    "eye": "M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5S5 16.5 2.5 12"
           "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
    "arrow-left": "M20 12H5M11 6l-6 6 6 6",
    "chevron": "M9 5l7 7-7 7",
    "card": "M3 6h18v12H3zM3 10h18M6.5 14.5h4",
    "wallet": "M4 7h15v12H4zM4 7l11-3v3M15 12h6v3h-6z",
    "sprout": "M12 20v-9M12 13c0-4-3-6-7-6 0 4 3 6 7 6M12 11c0-4 3-6 7-6 0 4-3 6-7 6",
    "download": "M12 4v11M7 11l5 5 5-5M4 20h16",
    "upload": "M12 16V5M7 9l5-5 5 5M4 20h16",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2",
    "target": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9"
              "M12 12h.01",
    "x": "M6 6l12 12M18 6 6 18",
    "loan": "M4 20h16M6 20V10M10 20V10M14 20V10M18 20V10M3 10l9-6 9 6z",
    "list": "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
    "link": "M10 14a4 4 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1 1"
            "M14 10a4 4 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1-1",
}
# fmt: on


def icon(name: str, title: str = "") -> SafeString:
    """One icon; hidden from screen readers unless it has a title. An unknown name fails."""
    path = PATHS[name]
    if title:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img"><title>{}</title>'
            '<path d="{}"/></svg>',
            title,
            path,
        )
    return mark_safe(  # our own constant
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{path}"/></svg>'
    )
