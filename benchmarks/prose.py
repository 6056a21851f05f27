"""Text as editors and visitors of a CMS write it: several languages, and articles that speak about code."""

# ruff: noqa: RUF001 - other languages have letters that look like Latin ones

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

SENTENCES = {
    "en": (
        "The boats are in, the last guests have left, and the water is as still as glass.",
        "It's the third time this year that the committee has had to select a new chair.",
        "Drop in if you can, and order your tickets by Friday; we close at 6 p.m. and don't take cards.",
        "She said: \"If it's broken, we'll fix it\" - and that was the end of the discussion.",
        "Prices start at $49 (incl. 20% off for members), or 3 for $120 where available.",
        "Turn left from Union Street into Market Place, then follow the signs to where the ferry leaves.",
        "Our R&D team & their partners grew sales by 12.5% between 2021 and 2024.",
        "Create an account, update your details, and delete what you no longer want to share.",
    ),
    "de": (
        "Die Boote sind im Hafen, die letzten Gäste abgereist, und der See liegt still wie ein Spiegel.",
        "Größere Änderungen müssen bis zum 31. März beim Büro für Öffentlichkeitsarbeit eingehen.",
        "„Das geht so nicht“, sagte er – und meinte damit die Straße vor dem Rathaus.",
        "Wählen Sie zwischen Abholung und Lieferung; ab 50 € ist der Versand frei.",
    ),
    "fr": (
        "L'été s'achève ; les derniers visiteurs ont quitté le port et l'eau est redevenue calme.",
        "N'oubliez pas d'apporter votre carte d'identité, s'il vous plaît, et d'arriver à l'heure.",
        "« Qu'est-ce que c'est ? » demanda-t-elle en désignant l'œuvre accrochée au mur.",
    ),
    "es": (
        "¿Cuándo abre el museo? De martes a domingo, de 10:00 a 18:30, salvo los días festivos.",
        "El niño comió jamón y bebió agua; después durmió la siesta hasta las cinco.",
    ),
    "pl": (
        "Zażółć gęślą jaźń: łodzie wróciły do portu, a ostatni goście wyjechali.",
        "Wstęp wolny dla dzieci poniżej siódmego roku życia.",
    ),
    "ru": (
        "Лодки вернулись в гавань, последние гости разъехались, и вода стала тихой.",
        "Вход свободный; подробности по телефону.",
    ),
    "el": ("Τα καράβια γύρισαν στο λιμάνι και οι τελευταίοι επισκέπτες έφυγαν.",),
    "ja": ("船は港に戻り、最後の客も帰って、水面は鏡のように静かだ。", "開館時間は午前10時から午後6時までです。"),
    "zh": ("船都回港了，最后的客人也离开了，湖面平静如镜。", "请在星期五之前预订门票。"),
    "ar": ("عادت القوارب إلى الميناء وغادر آخر الضيوف.",),
    "hi": ("नावें बंदरगाह लौट आई हैं और आख़िरी मेहमान जा चुके हैं।",),
}

# What a blog about software has in its articles: the editor must be able to save it, and a rule set may see an attack.
TECHNICAL = (
    "Use `SELECT id, title FROM articles WHERE locale = 'en' ORDER BY published_at DESC LIMIT 20;` to read the newest ones.",
    "An injection such as `' OR 1=1 --` works wherever a query is put together from text.",
    'Write <a href="https://www.example.com/docs" target="_blank">the manual</a> with rel="noopener".',
    "Run `curl -s https://api.example.com/items | jq '.data[0]'` and look at what comes back.",
    "In the template, {{ page.title }} is escaped; {{{ page.body }}} is not.",
    "The header reads Content-Security-Policy: default-src 'self'; script-src 'none'.",
    "for (const item of items) { console.log(item.title); }",
    "cat /var/log/syslog | grep error > errors.txt",
    "import os; print(os.environ.get('HOME'))",
)

NAMES = (
    "Anna O'Neill",
    "Jürgen Groß",
    "Zoë d'Arcy",
    "José María Núñez",
    "Łukasz Żak",
    "Nguyễn Văn An",
    "Li Na",
    "Fatima Al-Sayed",
)
WORDS = (
    *("autumn", "lake", "harbour", "festival", "opening hours", "union", "select committee", "drop-in", "table", "where to eat"),
    *("café", "Straße", "naïve", "rock & roll", "50% off", "C++", "Q&A", "what's on", "e-mail", "2+2", "1/2 price", "#1"),
)


def sentence(random: Random) -> str:
    """One sentence, mostly English."""
    language = "en" if random.random() < 0.4 else random.choice(tuple(SENTENCES))
    return random.choice(SENTENCES[language])


def paragraph(random: Random, size: int) -> str:
    """At least `size` characters of sentences in one language."""
    sentences = SENTENCES["en" if random.random() < 0.4 else random.choice(tuple(SENTENCES))]
    text = random.choice(sentences)
    while len(text) < size:
        text += " " + random.choice(sentences)
    return text


def rich_text(random: Random, size: int) -> str:
    """The same as an editor's HTML."""
    parts = [f"<h2>{random.choice(WORDS).capitalize()}</h2>"]
    while sum(map(len, parts)) < size:
        parts.append(f"<p>{paragraph(random, 200)}</p>")
        if random.random() < 0.2:
            parts.append('<p><img src="/assets/lake-800.jpg" alt="The lake in autumn" width="800" height="600"></p>')
        if random.random() < 0.2:
            parts.append("<ul><li>" + "</li><li>".join(random.choice(WORDS) for _ in range(3)) + "</li></ul>")
    return "\n".join(parts)
