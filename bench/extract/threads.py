"""The usual script: 16 threads that ask page by page, pandas that writes a Parquet file a symbol. threads.py <url> <folder>"""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import requests

URL, FOLDER = sys.argv[1], Path(sys.argv[2])
SYMBOLS = [f"S{i:03}" for i in range(500)]
local = threading.local()


def session() -> requests.Session:
    if not hasattr(local, "session"):
        local.session = requests.Session()
    return local.session


def bring_in(symbol: str) -> int:
    bars, token = [], None
    while True:
        answer = session().get(f"{URL}/bars/{symbol}", params={"page_token": token} if token else None)
        if answer.status_code == 429:
            time.sleep(float(answer.headers.get("retry-after", "1")))
            continue
        answer.raise_for_status()
        body = answer.json()
        bars.extend(body["bars"])
        token = body["next_page_token"]
        if token is None:
            break
    frame = pd.DataFrame(bars)
    frame.insert(0, "symbol", symbol)
    frame.drop_duplicates("date", keep="last").sort_values("date").to_parquet(FOLDER / f"{symbol}.parquet")
    return len(frame)


FOLDER.mkdir(parents=True, exist_ok=True)
with ThreadPoolExecutor(16) as pool:
    print(json.dumps({"rows": sum(pool.map(bring_in, SYMBOLS))}))
