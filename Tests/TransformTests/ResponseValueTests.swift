import FleetModel
import FoundationEssentials
import TestSupport
import Testing

@testable import Transform

@Suite struct `A value of a response` {
  @Test(arguments: [
    ("277910", 277_910_000), (#""277910""#, 277_910_000), ("277910.1234", 277_910_123), (#""277910.5""#, 277_910_500),
    ("2.7791e5", 277_910_000), ("0", 0), (#"" 12.5 ""#, 12_500), ("-3", -3_000), ("0.0005", 1),
  ]) func `may be a number or a text`(sent: String, thousandths: Int64) throws {
    let response = try #require(Sample.day(device: #""device_mileage":\#(sent)"#))
    #expect(response.reading?.mileage == Decimal3(thousandths: thousandths))
    #expect(response.findings == [])
  }

  @Test(arguments: ["null", #""""#, "false", #""  ""#, #""\u0000""#])
  func `may be absent without a finding`(sent: String) throws {
    let response = try #require(Sample.day(device: #""device_mileage":\#(sent),"heartbeat_timestamp":\#(sent)"#))
    #expect(response.reading?.mileage == nil)
    #expect(response.reading?.heartbeatAt == nil)
    #expect(response.findings.filter { $0.rule != "nul_character" } == [])
  }

  @Test(arguments: [
    (#""device_mileage":"12,5""#, "number_garbled"), (#""device_mileage":"n/a""#, "number_garbled"),
    (#""device_mileage":"12 km""#, "number_garbled"), (#""device_mileage":true"#, "number_garbled"),
    (#""device_mileage":1e300"#, "number_out_of_range"), (#""device_mileage":[1]"#, "value_unusable"),
    (#""device_name":{"de":"x"}"#, "value_unusable"), (#""device_imei":"35918306490763X""#, "number_garbled"),
    (#""device_imei":359183064907632.5"#, "number_garbled"),
    (#""device_imei":99999999999999999999"#, "number_out_of_range"),
    (#""device_imei":-1"#, "number_out_of_range"), (#""heartbeat_timestamp":"yesterday""#, "timestamp_garbled"),
    (#""heartbeat_timestamp":-5"#, "timestamp_out_of_range"),
    (#""heartbeat_timestamp":4102444800"#, "timestamp_out_of_range"),
    (#""heartbeat_timestamp":1790121600000"#, "timestamp_out_of_range"),
    (#""heartbeat_timestamp":1e99"#, "timestamp_out_of_range"),
    (#""location":"0,0""#, "location_zero"), (#""location":"0.000000001,-0.0""#, "location_zero"),
    (#""location":"91,9""#, "location_out_of_range"), (#""location":"9,-180.00001""#, "location_out_of_range"),
    (#""location":"1e400,9""#, "location_out_of_range"), (#""location":"48.8""#, "location_garbled"),
    (#""location":"48,8,9,3""#, "location_garbled"), (#""location":",""#, "location_garbled"),
    (#""location":"Stuttgart, Germany""#, "location_garbled"), (#""status_code":"x""#, "number_garbled"),
    (#""status_code":1.5"#, "number_garbled"), (#""status_code":3000000000"#, "number_out_of_range"),
  ]) func `that is unusable becomes nil and a finding`(tag: String, rule: String) throws {
    let response = try #require(Sample.day(device: tag))
    #expect(response.reading == DeviceReading(device: Sample.device))
    #expect(response.findings.map(\.rule) == [rule])
    #expect(response.findings[0].device == Sample.device)
    #expect(response.findings[0].day == Sample.day)
    #expect(response.findings[0].sample != nil)
  }

  @Test func `keeps every digit of an IMEI in any notation`() throws {
    for sent in ["359183064907632", #""359183064907632""#, "359183064907632.0", "3.59183064907632E+14"] {
      #expect(Sample.day(device: #""device_imei":\#(sent)"#)?.reading?.imei == 359_183_064_907_632)
    }
  }

  @Test(arguments: ["0", #""0""#, #""0000-00-00""#, #""0000-00-00 00:00:00""#, #""0000-00-00T00:00:00Z""#])
  func `that means "no time" is nil`(sent: String) throws {
    let response = try #require(Sample.day(device: #""online_timestamp":\#(sent)"#))
    #expect(response.reading == DeviceReading(device: Sample.device))
    #expect(response.findings == [])
  }

  @Test func `that is a time with a fraction is truncated to the second`() throws {
    let response = try #require(Sample.day(device: #""online_timestamp":"\#(Sample.midnight).75""#))
    #expect(response.reading?.onlineAt == Sample.day.start)
    #expect(response.findings.summary == ["timestamp_fraction"])
  }

  @Test func `that is a location may have spaces and any number of digits`() throws {
    let response = try #require(Sample.day(device: #""location":" 48.87777775 , -9.34889 ""#))
    #expect(response.reading?.location == Coordinate(latitudeE7: 488_777_778, longitudeE7: -93_488_900))
    #expect(response.findings == [])
  }

  @Test func `that is an unknown code is kept`() throws {
    let tags = #""status_code":"9","error_code":17"#
    let pause = #""route_pause":[{"type":7},{"type":"2"},{"type":8}]"#
    let response = try #require(Sample.day(device: tags, routes: [Sample.departure(60) + "," + pause]))
    #expect(response.reading?.statusCode == 9)
    #expect(response.reading?.errorCode == 17)
    #expect(response.routes[0].pauses.map(\.typeCode) == [7, 2, 8])
    #expect(response.findings.summary == ["unknown_error_code", "unknown_pause_type x2", "unknown_status_code"])
    #expect(response.findings.first { $0.rule == "unknown_pause_type" }?.sample == "7")
    #expect(response.findings.first { $0.rule == "unknown_pause_type" }?.departedAt == Sample.date(60))
  }

  @Test func `in place of a text is a text even if it looks like a number`() throws {
    let response = try #require(
      Sample.day(device: #""device_name":4711,"device_description":"0815","device_type":1.50"#))
    #expect(response.reading?.name == "4711")
    #expect(response.reading?.description == "0815")
    #expect(response.reading?.type == "1.50")
  }

  @Test func `is never mistaken for a vendor error`() throws {
    let response = try #require(Sample.day(device: #""device_name":"ERROR #1000 - INVALID API TOKEN""#))
    #expect(response.reading?.name == "ERROR #1000 - INVALID API TOKEN")
  }

  @Test(arguments: [
    ("http%3A%2F%2Fx%2FT%C3%9C-XC%207185.png", "http://x/TÜ-XC 7185.png", []),
    ("http://x/a+b.png", "http://x/a+b.png", []),
    ("http%3a%2f%2fx%2f100%25.png", "http://x/100%.png", []),
    ("%F0%9F%9A%97", "🚗", []),
    ("x%2Fb%ZZ", "x/b%ZZ", ["portrait_not_decoded"]),
    ("x%2Fb%2", "x/b%2", ["portrait_not_decoded"]),
    ("x%2Fb%", "x/b%", ["portrait_not_decoded"]),
    ("M%FCnchen%2F", "M%FCnchen/", ["portrait_not_decoded"]),
    ("a%00b", "a%00b", ["portrait_not_decoded"]),
    ("%E2%82x%2F", "%E2%82x/", ["portrait_not_decoded"]),
  ]) func `that is a portrait is decoded`(sent: String, url: String, rules: [String]) throws {
    let response = try #require(Sample.day(device: #""device_portrait":"\#(sent)""#))
    #expect(response.reading?.portraitURL == url)
    #expect(response.findings.map(\.rule) == rules)
  }

  @Test func `fills every attribute of a reading`() throws {
    let response = try #require(
      Sample.day(
        device: #"""
          "device_imei":1,"device_type":"a","device_name":"b","device_description":"c","device_mileage":2,
          "device_mileage_raw":3,"device_distance":4,"device_portrait":"d","device_speed":5,"device_upm":6,
          "device_temp_engine":-7.5,"device_voltage_external":12.345,"device_voltage_internal":"4.1","device_angle":8,
          "online_timestamp":9,"heartbeat_timestamp":10,"error_code":1,"error_code_time":11,"error_text":"e",
          "status_text":"f","status_code":2,"location":"1.5,-2.5","status_absence":"g","status_description":"h"
          """#))
    var expected = DeviceReading(device: Sample.device)
    (expected.imei, expected.type, expected.name, expected.description) = (1, "a", "b", "c")
    (expected.mileage, expected.rawMileage) = (Decimal3(thousandths: 2_000), Decimal3(thousandths: 3_000))
    (expected.dayDistance, expected.portraitURL) = (Decimal3(thousandths: 4_000), "d")
    (expected.speed, expected.engineRPM) = (Decimal3(thousandths: 5_000), Decimal3(thousandths: 6_000))
    (expected.engineTemperature, expected.heading) = (Decimal3(thousandths: -7_500), Decimal3(thousandths: 8_000))
    expected.externalVoltage = Decimal3(thousandths: 12_345)
    expected.internalVoltage = Decimal3(thousandths: 4_100)
    expected.onlineAt = Date(timeIntervalSince1970: 9)
    expected.heartbeatAt = Date(timeIntervalSince1970: 10)
    expected.errorAt = Date(timeIntervalSince1970: 11)
    (expected.errorCode, expected.errorText) = (1, "e")
    (expected.statusCode, expected.statusText) = (2, "f")
    (expected.statusAbsence, expected.statusDescription) = ("g", "h")
    expected.location = Coordinate(latitudeE7: 15_000_000, longitudeE7: -25_000_000)
    #expect(response.reading == expected)
    #expect(Mirror(reflecting: expected).children.hasOnly { "\($0.value)" != "nil" })
    #expect(response.findings == [])
  }

  @Test(arguments: [1, 299, 300]) func `of the device that is up to five minutes ahead is the time of the request`(
    seconds: Int
  ) throws {
    let future = Int(Sample.requestedAt.timeIntervalSince1970) + seconds
    let tags = ["heartbeat_timestamp", "online_timestamp", "error_code_time"].map { #""\#($0)":\#(future)"# }
    let response = try #require(Sample.day(device: tags.joined(separator: ",")))
    let reading = try #require(response.reading)
    #expect(
      [reading.heartbeatAt, reading.onlineAt, reading.errorAt] == [Date?](repeating: Sample.requestedAt, count: 3))
    #expect(!reading.isOnlineUnusable)
    #expect(response.findings == [])
  }

  /// Three days ahead; a rollover of the weeks that GPS counts.
  @Test(arguments: [301, 3 * 86_400, 1_024 * 7 * 86_400]) func `of the device that is further ahead proves nothing`(
    seconds: Int
  ) throws {
    let future = Int(Sample.requestedAt.timeIntervalSince1970) + seconds
    let tags = ["heartbeat_timestamp", "online_timestamp", "error_code_time"].map { #""\#($0)":\#(future)"# }
    let response = try #require(Sample.day(device: tags.joined(separator: ",")))
    var expected = DeviceReading(device: Sample.device)
    expected.isOnlineUnusable = true
    #expect(response.reading == expected)
    #expect(response.findings.summary == ["reading_in_future", "reading_in_future", "reading_in_future"])
    #expect(response.findings.hasOnly { $0.sample == "\(future)" && $0.severity == .warning })
  }

  @Test(arguments: ["\"soon\"", "-1", "1790121600000", "[1]", "true"])
  func `of the last activity that cannot be read is not "never active"`(sent: String) throws {
    let response = try #require(Sample.day(device: #""online_timestamp":\#(sent)"#))
    #expect(response.reading?.onlineAt == nil)
    #expect(response.reading?.isOnlineUnusable == true)
    #expect(response.findings.count == 1)
  }

  @Test(arguments: ["null", "0", "\"\"", "false", "\"0000-00-00 00:00:00\"", "[]"])
  func `of the last activity that is absent is`(sent: String) throws {
    #expect(Sample.day(device: #""online_timestamp":\#(sent)"#)?.reading == DeviceReading(device: Sample.device))
  }

  @Test func `holds for the last contact, else the last activity, else the request`() {
    var reading = DeviceReading(device: Sample.device)
    #expect(reading.readAt(requestedAt: Sample.requestedAt) == Sample.requestedAt)
    reading.onlineAt = Sample.date(5)
    #expect(reading.readAt(requestedAt: Sample.requestedAt) == Sample.date(5))
    reading.heartbeatAt = Sample.date(9)
    #expect(reading.readAt(requestedAt: Sample.requestedAt) == Sample.date(9))
  }
}
