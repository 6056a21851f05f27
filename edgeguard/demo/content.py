"""What the demo CMS publishes: seed articles in two languages, and the bounded store that editors change.

No HTTP here. The seed never changes, so that two runs of the demo answer with the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

LOCALES = ("en", "de")
MOST_ARTICLES = 1_000
_FIRST_DAY = 1_760_000_000  # seconds since the epoch; each seed article is a day younger than the one before


class Full(Exception):
    """The store holds as many articles as it may."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article.

    Attributes:
        titles: locale to title.
        bodies: locale to text.
        updated: whole seconds since the epoch.
    """

    id: str
    slug: str
    titles: dict[str, str]
    bodies: dict[str, str]
    updated: int

    def title(self, locale: str) -> str:
        """The title in `locale`, else in the first language."""
        return self.titles.get(locale) or self.titles[LOCALES[0]]

    def body(self, locale: str) -> str:
        """The text in `locale`, else in the first language."""
        return self.bodies.get(locale) or self.bodies[LOCALES[0]]


# slug, English title and text, German title and text
_SEED = (
    (
        "welcome",
        "Welcome to the demo CMS",
        "Every byte of this page came through EdgeGuard. Look at the fields of the response.",
        "Willkommen im Demo-CMS",
        "Jedes Byte dieser Seite kam durch EdgeGuard. Ein Blick auf die Felder der Antwort lohnt sich.",
    ),
    (
        "what-is-a-headless-cms",
        "What is a headless CMS?",
        "Editors write, an API hands out, and any number of front ends show it.",
        "Was ist ein Headless-CMS?",
        "Redaktionen schreiben, eine Schnittstelle liefert aus, und beliebig viele Oberflächen zeigen es.",
    ),
    (
        "sql-injection-explained",
        "SQL injection explained",
        "A form asks for a name, someone answers ' OR 1=1 --, and SELECT * FROM users returns everybody. Bind parameters!",
        "SQL-Injection erklärt",
        "Ein Formular fragt nach dem Namen, jemand schreibt ' OR 1=1 --, und SELECT * FROM users liefert alle. Parameter binden!",
    ),
    (
        "cross-site-scripting",
        "Escaping is not optional",
        "Write &lt;script&gt; where you mean it, and let a content security policy catch what slips through.",
        "Maskieren ist Pflicht",
        "Wer &lt;script&gt; meint, schreibt es auch so; was durchrutscht, fängt eine Content-Security-Policy.",
    ),
    (
        "caching-for-editors",
        "Why your change shows after thirty seconds",
        "Answers stay fresh for thirty seconds, and a stale one may be shown while a new one is fetched.",
        "Warum eine Änderung erst nach dreißig Sekunden zu sehen ist",
        "Antworten bleiben dreißig Sekunden frisch; danach wird im Hintergrund eine neue geholt.",
    ),
    (
        "rate-limits",
        "A bucket for every account",
        "Each account has a bucket of tokens. A request takes one; time puts them back.",
        "Ein Eimer für jedes Konto",
        "Jedes Konto hat einen Eimer voller Marken. Eine Anfrage nimmt eine heraus, die Zeit legt sie zurück.",
    ),
    (
        "release-notes",
        "Release notes",
        "Editors can now drop table rows in the layout view; select from the list, and update where needed.",
        "Versionshinweise",
        "In der Layoutansicht lassen sich nun Tabellenzeilen löschen; aus der Liste auswählen und speichern.",
    ),
    (
        "opening-hours",
        "Opening hours",
        "Monday to Friday, 9-17. It's closed on O'Reilly's birthday; call 555-0100 -- or write.",
        "Öffnungszeiten",
        "Montag bis Freitag, 9-17 Uhr. Sonst: anrufen -- oder schreiben.",
    ),
)


def _seed() -> dict[str, Article]:
    return {
        str(number): Article(
            id=str(number),
            slug=slug,
            titles={"en": title, "de": titel},
            bodies={"en": body, "de": text},
            updated=_FIRST_DAY + number * 86_400,
        )
        for number, (slug, title, body, titel, text) in enumerate(_SEED, start=1)
    }


class Articles:
    """All articles, oldest first; at most `MOST_ARTICLES`."""

    __slots__ = ("_articles", "_next")

    def __init__(self) -> None:
        self._articles = _seed()
        self._next = len(self._articles) + 1

    def __len__(self) -> int:
        return len(self._articles)

    def page(self, number: int, size: int) -> list[Article]:
        """Page `number`, counted from 1, of `size` articles; empty beyond the end."""
        return list(self._articles.values())[(number - 1) * size : number * size]

    def get(self, key: str) -> Article | None:
        """The article called `key`."""
        return self._articles.get(key)

    def create(self, locale: str, title: str, body: str, now: int) -> Article:
        """Keep a new article.

        Raises:
            Full: there is no room.
        """
        if len(self._articles) >= MOST_ARTICLES:
            raise Full
        key = str(self._next)
        self._next += 1
        titles, bodies = {LOCALES[0]: title, locale: title}, {LOCALES[0]: body, locale: body}
        article = Article(id=key, slug=f"article-{key}", titles=titles, bodies=bodies, updated=now)
        self._articles[key] = article
        return article

    def change(self, article: Article, locale: str, title: str | None, body: str | None, now: int) -> Article:
        """Replace the texts that are given, in one language."""
        changed = replace(
            article,
            titles=article.titles if title is None else {**article.titles, locale: title},
            bodies=article.bodies if body is None else {**article.bodies, locale: body},
            updated=now,
        )
        self._articles[article.id] = changed
        return changed

    def delete(self, key: str) -> bool:
        """Whether there was such an article; it is gone now."""
        return self._articles.pop(key, None) is not None
