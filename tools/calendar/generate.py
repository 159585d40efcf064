"""Writes runtime/dataset/calendar/xnys.json: the days on which the New York Stock Exchange is closed or closes early.

Run from the root of the repository, in a virtual environment:
    pip install exchange_calendars && python tools/calendar/generate.py

Only exceptions are written, so that the table stays small: weekdays without a session, and sessions that do not end at
16:00 New York time. Dates after the day of generation follow from the exchange's rules; a closure that nobody could know
of in advance (a day of mourning, a storm) enters with the next generation.
"""

import json
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import exchange_calendars
import pandas

FIRST, LAST = "1990-01-01", "2050-12-31"
REGULAR_OPEN, REGULAR_CLOSE = "09:30", "16:00"
TABLE = Path(__file__).parents[2] / "runtime" / "dataset" / "calendar" / "xnys.json"


def by_year(days):
    years = {}
    for day in sorted(days):
        years.setdefault(str(day.year), []).append(day.strftime("%m-%d"))
    return {year: " ".join(dates) for year, dates in years.items()}


calendar = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST)
closes = calendar.closes.dt.tz_convert("America/New_York").dt.strftime("%H:%M")
irregular = closes[closes != REGULAR_CLOSE]
opens = calendar.opens.dt.tz_convert("America/New_York").dt.strftime("%H:%M")
if (opens != REGULAR_OPEN).any():
    raise SystemExit(f"sessions with another open have no place in the table yet: {opens[opens != REGULAR_OPEN]}")

table = {
    "exchange": "XNYS",
    "timeZone": "America/New_York",
    "source": f"exchange_calendars {version('exchange_calendars')}",
    "generated": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
    "from": FIRST,
    "through": LAST,
    "open": REGULAR_OPEN,
    "close": REGULAR_CLOSE,
    "closures": by_year(pandas.bdate_range(FIRST, LAST).difference(calendar.sessions)),
    "earlyCloses": {time: by_year(irregular[irregular == time].index) for time in sorted(set(irregular))},
}
TABLE.write_text(json.dumps(table, indent=2) + "\n")
