"""Where the mark of a kecamatan stands on the live map: inside it, and clear of its name."""

import shapely

from situasi.domain.boundaries import Boundaries
from situasi.figures.maps.label_placement import LabelLayout

_MARK_RADIUS_PX = 13.0


def list_area_spots(layout: LabelLayout, boundaries: Boundaries) -> dict[str, tuple[float, float]]:
    """Return a point (longitude, latitude) in each kecamatan for what has no better place."""
    spots = dict(boundaries.label_points)
    for code, polygon in zip(boundaries.codes, boundaries.polygons, strict=True):
        label = layout.labels.get(code)
        if label is None or not label.is_inside:
            continue
        left, top, right, bottom = label.bounding_box
        middle = (left + right) / 2, (top + bottom) / 2
        beside = [
            (middle[0], top - _MARK_RADIUS_PX), (middle[0], bottom + _MARK_RADIUS_PX),
            (left - _MARK_RADIUS_PX, middle[1]), (right + _MARK_RADIUS_PX, middle[1]),
        ]  # fmt: skip
        places = map(layout.camera.to_degrees, beside)
        inside = (place for place in places if polygon.contains(shapely.Point(place)))
        spots[code] = next(inside, spots[code])
    return spots
