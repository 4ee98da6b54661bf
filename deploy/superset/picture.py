"""What the canvases of charts show: Superset may have the data and still draw nothing, or something else."""
import io
import math

from PIL import Image, ImageChops

# Pixels at the top of a chart that are its title and buttons.
TITLE = 70


def changed_pixels(one, other):
    """How many pixels of two pictures of a chart differ clearly."""
    first, second = (canvas(picture) for picture in (one, other))
    if first.size != second.size:
        return first.width * first.height
    return sum(ImageChops.difference(first, second).convert("L").histogram()[40:])


def canvas(picture):
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.crop((0, TITLE, image.width, image.height))


def undrawn(view, filtered):
    """The charts on canvases that look the same though a filter changed what they show."""
    return [title for title, picture in view.pictures.items() if title in filtered.pictures and changed_pixels(picture, filtered.pictures[title]) < 100]


def track_faults(picture, connection):
    """Whether the lines of the map of tracks fill the box that the tracks have in the warehouse, in its proportions."""
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
