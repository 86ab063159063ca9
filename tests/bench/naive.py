"""The plain Streamlit page against which ours is measured: the same file, map, chart and table.

Written as a capable person would in an evening: the file cached, everything else drawn anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import plotly.express as px
import pydeck as pdk
import streamlit as st

GEOMETRY = Path(__file__).parents[2] / "geo" / "16.10" / "kecamatan.geojson"


@st.cache_data
def load(path: str) -> pd.DataFrame:
    rows = pd.read_csv(path, dtype={"tps": "str"})
    rows["waktu"] = pd.to_datetime(rows["waktu"], format="%d/%m/%Y %H.%M.%S")
    return rows


st.set_page_config(layout="wide")
reports = load(os.environ["NAIVE_CSV"])
wanted = st.multiselect("Kecamatan", sorted(reports["kecamatan"].unique()))
shown = reports[reports["kecamatan"].isin(wanted)] if wanted else reports
newest = shown.drop_duplicates("id", keep="last")
opened = newest[newest["status"] != "selesai"]

st.metric("Kejadian terbuka", len(opened))
areas = json.loads(GEOMETRY.read_text(encoding="utf-8"))
counts = opened["kode_kecamatan"].value_counts()
for area in areas["features"]:
    strength = int(255 * counts.get(area["properties"]["kode"], 0) / max(counts.max(), 1))
    area["properties"]["fill"] = [36, 71, 122, strength]
st.pydeck_chart(
    pdk.Deck(
        [
            pdk.Layer("GeoJsonLayer", areas, get_fill_color="properties.fill", stroked=True),
            pdk.Layer(
                "ScatterplotLayer",
                opened[["lon", "lat", "jenis"]],
                get_position="[lon, lat]",
                get_radius=200,
            ),
        ],
        initial_view_state=pdk.ViewState(longitude=104.65, latitude=-3.4, zoom=9),
        map_provider=None,
    )
)
slots = newest.groupby([newest["waktu"].dt.floor("15min"), "tingkat"]).size().reset_index(name="n")
st.plotly_chart(px.bar(slots, x="waktu", y="n", color="tingkat"))
st.dataframe(newest.sort_values("waktu", ascending=False))
