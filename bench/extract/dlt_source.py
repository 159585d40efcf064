"""dlt's rest_api source in its parallel form, to Parquet in a folder. dlt_source.py <url> <folder>"""

import json
import os
import sys
from pathlib import Path

URL, FOLDER = sys.argv[1], Path(sys.argv[2]).resolve()
os.environ.update(
    EXTRACT__WORKERS="16",
    RUNTIME__DLTHUB_TELEMETRY="false",
    RUNTIME__LOG_LEVEL="ERROR",
    DLT_DATA_DIR=str(FOLDER / "work"),
)

import dlt  # noqa: E402
import pyarrow.dataset  # noqa: E402
from dlt.sources.rest_api import rest_api_resources  # noqa: E402

SYMBOLS = [f"S{i:03}" for i in range(500)]


@dlt.resource(selected=False)
def symbols():
    yield [{"symbol": symbol} for symbol in SYMBOLS]


resources = rest_api_resources(
    {
        "client": {"base_url": URL},
        "resources": [
            symbols(),
            {
                "name": "bars",
                "parallelized": True,
                "include_from_parent": ["symbol"],
                "endpoint": {
                    "path": "bars/{resources.symbols.symbol}",
                    "data_selector": "bars",
                    # Its own: threads that share the client's stop each other after a page.
                    "paginator": {"type": "cursor", "cursor_path": "next_page_token", "cursor_param": "page_token"},
                },
            },
        ],
    }
)
pipeline = dlt.pipeline(
    "bars",
    pipelines_dir=str(FOLDER / "pipelines"),
    destination=dlt.destinations.filesystem(bucket_url=(FOLDER / "out").as_uri()),
    dataset_name="bars",
)
pipeline.run(resources, loader_file_format="parquet")
print(json.dumps({"rows": pyarrow.dataset.dataset(FOLDER / "out" / "bars" / "bars", format="parquet").count_rows()}))
