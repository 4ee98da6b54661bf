import Foundation

/// The tracks of all trips on a blank sheet, north up, with a scale.
struct TrackDrawing {
  let tracks: [LogbookMonth.Track]
  let words: Words

  private static let (width, height, margin) = (520.0, 250.0, 14.0)
  private static let kmOfDegree = 111.2

  var svg: HTML {
    guard let sheet = Sheet(of: tracks) else { return "<p>\(words.noTracks)</p>" }
    let lines = tracks.map { track in
      "<polyline points=\"\(sheet.places(of: track).map { "\($0.x),\($0.y) " as HTML })\"/>" as HTML
    }
    let ends = tracks.compactMap { track in
      sheet.places(of: track).last.map { "<circle cx=\"\($0.x)\" cy=\"\($0.y)\" r=\"2.5\"/>" as HTML }
    }
    let (km, length) = sheet.scale
    return """
      <svg viewBox="0 0 \(Self.width) \(Self.height)" role="img" aria-label="\(words.tracks)">
      <rect width="\(Self.width)" height="\(Self.height)" fill="#f7f9fa"/>
      <g fill="none" stroke="#0b6e7f" stroke-width="1.4" stroke-opacity="0.55" stroke-linejoin="round" stroke-linecap="round">
      \(lines)
      </g>
      <g fill="#b3261e">
      \(ends)
      </g>
      <path d="M\(Self.margin) \(Self.height - 12)v5h\(length)v-5" fill="none" stroke="#51606d"/>
      <text x="\(Self.margin + length + 5)" y="\(Self.height - 6)">\(km >= 1 ? "\(Int(km)) km" : "\(Int(km * 1_000)) m")</text>
      <text x="\(Self.width - 12)" y="16" text-anchor="end">N ↑</text>
      </svg>
      """
  }

  /// Maps degrees to places on the sheet.
  private struct Sheet {
    private let west, north, degreesEast, unit: Double
    private let (left, top): (Double, Double)
    private let crosses180: Bool

    init?(of tracks: [LogbookMonth.Track]) {
      let latitudes = tracks.flatMap { $0.positions.map { $0[1] } }
      let all = tracks.flatMap { $0.positions.map { $0[0] } }
      guard let south = latitudes.min(), let north = latitudes.max(), let first = all.min(), let last = all.max()
      else { return nil }
      // Tracks on both sides of the 180th meridian are close together.
      crosses180 = last - first > 180
      let longitudes = crosses180 ? all.map { $0 < 0 ? $0 + 360 : $0 } : all
      guard let west = longitudes.min(), let east = longitudes.max() else { return nil }
      (self.west, self.north) = (west, north)
      // Degrees of longitude are narrower away from the equator.
      degreesEast = max(cos((south + north) / 2 * .pi / 180), 0.01)
      let (width, height) = ((east - west) * degreesEast, north - south)
      let (free, high) = (TrackDrawing.width - 2 * margin, TrackDrawing.height - 2 * margin - 16)
      // A vehicle that hardly moved is drawn as if it had covered about 200 m.
      unit = min(free / max(width, 0.002), high / max(height, 0.002))
      left = margin + (free - width * unit) / 2
      top = margin + (high - height * unit) / 2
    }

    /// The points of a track, rounded to half a unit of the sheet. Equal neighbours are merged, because a month has tens of
    /// thousands of points.
    func places(of track: LogbookMonth.Track) -> [(x: Double, y: Double)] {
      var places: [(x: Double, y: Double)] = []
      for position in track.positions {
        let longitude = crosses180 && position[0] < 0 ? position[0] + 360 : position[0]
        let x = ((left + (longitude - west) * degreesEast * unit) * 2).rounded() / 2
        let y = ((top + (north - position[1]) * unit) * 2).rounded() / 2
        if let last = places.last, last.x == x, last.y == y { continue }
        places.append((x, y))
      }
      return places
    }

    /// A round number of kilometres and its length on the sheet, at most a quarter of the width.
    var scale: (km: Double, length: Double) {
      let kmOfUnit = kmOfDegree / unit
      let lengths: [Double] = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000]
      let km = lengths.last { $0 / kmOfUnit <= TrackDrawing.width / 4 } ?? lengths[0]
      return (km, km / kmOfUnit)
    }
  }
}
