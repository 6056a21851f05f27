"""HTTP dates (RFC 9110, section 5.6.7), read strictly and in linear time. No other date format is understood here."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import formatdate

_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), start=1
    )
}
_DAYS = frozenset((b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"))
_LONG_DAYS = frozenset((b"Monday", b"Tuesday", b"Wednesday", b"Thursday", b"Friday", b"Saturday", b"Sunday"))


def parse_date(text: bytes, now: float) -> float | None:
    """Seconds since the epoch, or None where `text` is none of the three forms.

    Args:
        text: the field's value.
        now: seconds since the epoch; tells which century a two-digit year means.
    """
    parts = text.split(b" ") if len(text) <= 33 else []
    if len(parts) == 6 and len(text) == 29:
        return _fixdate(parts)
    if len(parts) == 4:
        return _rfc850(parts, now)
    if len(text) == 24:
        return _asctime(text)
    return None


def format_date(seconds: float) -> bytes:
    """The preferred form, such as `Sun, 06 Nov 1994 08:49:37 GMT`."""
    return formatdate(seconds, usegmt=True).encode("ascii")


def _fixdate(parts: list[bytes]) -> float | None:
    day_name, day, month, year, time, zone = parts
    if day_name[:-1] not in _DAYS or day_name[-1:] != b"," or zone != b"GMT" or len(day) != 2 or len(year) != 4:
        return None
    return _seconds(year, month, day, time)


def _rfc850(parts: list[bytes], now: float) -> float | None:
    day_name, date, time, zone = parts
    pieces = date.split(b"-")
    if day_name[:-1] not in _LONG_DAYS or day_name[-1:] != b"," or zone != b"GMT" or len(pieces) != 3:
        return None
    day, month, short = pieces
    if len(day) != 2 or len(short) != 2 or not short.isdigit():
        return None
    this_year = datetime.fromtimestamp(now, UTC).year
    year = this_year // 100 * 100 + int(short)
    if year > this_year + 50:  # more than 50 years ahead means the past
        year -= 100
    return _seconds(b"%04d" % year, month, day, time)


def _asctime(text: bytes) -> float | None:
    if text[:3] not in _DAYS or text[3:4] != b" " or text[7:8] != b" " or text[10:11] != b" " or text[19:20] != b" ":
        return None
    day = text[8:10]
    return _seconds(text[20:], text[4:7], b"0" + day[1:] if day[:1] == b" " else day, text[11:19])


def _seconds(year: bytes, month: bytes, day: bytes, time: bytes) -> float | None:
    hour, minute, second = time[:2], time[3:5], time[6:]
    if len(time) != 8 or time[2:3] != b":" or time[5:6] != b":" or month not in _MONTHS:
        return None
    if not (year + day + hour + minute + second).isdigit():
        return None
    try:
        # Python knows no leap second; it counts as the second before.
        moment = datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), 59 if second == b"60" else int(second), tzinfo=UTC
        )
    except ValueError:
        return None
    return moment.timestamp()
