"""Checks what is drawn on the canvases of charts: Superset may have the data and still draw nothing, or something else."""
import io
import math

from PIL import Image, ImageChops

# Height of a chart's title and buttons, in pixels.
TITLE = 70


def changed_pixels(one, other):
    """The number of pixels that clearly differ in two pictures of a chart."""
    first, second = (canvas(picture) for picture in (one, other))
    if first.size != second.size:
        return first.width * first.height
    return sum(ImageChops.difference(first, second).convert("L").histogram()[40:])


def canvas(picture):
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.crop((0, TITLE, image.width, image.height))


def undrawn(view, filtered):
    """The charts on canvases that look the same although a filter changed their data."""
    return [title for title, picture in view.pictures.items() if title in filtered.pictures and changed_pixels(picture, filtered.pictures[title]) < 100]


def track_faults(picture, connection):
    """Faults of the track map: its lines must fill the map, in the proportions of the tracks' bounding box in the warehouse."""
    west, south, east, north = connection.execute(
        "select min(west_longitude), min(south_latitude), max(east_longitude), max(north_latitude) from bi.route_track"
    ).fetchone()
    mercator = lambda latitude: math.degrees(math.asinh(math.tan(math.radians(latitude))))
    expected = (east - west) / (mercator(north) - mercator(south))
    image = canvas(picture)
    red, _, blue = image.split()
    box = ImageChops.subtract(blue, red).point(lambda value: 255 if value > 60 else 0).getbbox()
    if box is None:
        return ["Tracks: no line is drawn"]
    width, height = box[2] - box[0], box[3] - box[1]
    print(f"  Tracks: drawn {width} x {height} pixels, proportions {width / height:.3f}, in the warehouse {expected:.3f}")
    if max(width / image.width, height / image.height) < 0.5:
        return [f"Tracks: the lines fill {width} x {height} pixels of {image.width} x {image.height}"]
    if abs(width / height / expected - 1) > 0.05:
        return [f"Tracks: the lines have proportions {width / height:.3f}, the tracks in the warehouse {expected:.3f}"]
    return []
