import FleetizeAPI
import Testing

@Suite struct `A vendor error` {
  @Test(arguments: [
    ("ERROR #1000 - INVALID API TOKEN", Fault.tokenRefused),
    ("ERROR #1002 - QUERY-THRESHOLD EXCEEDED - API TOKEN BLOCKED", .tokenBlocked),
    ("ERROR #1055 - QUERY-THRESHOLD EXCEEDED - PLEASE REDUCE QUERY-INTERVAL, OTHERWISE", .tooFast),
    ("ERROR #2001 - NO SUCH DEVICE\n", .vendorError(code: 2001, text: "NO SUCH DEVICE")),
    ("\u{FEFF}\r\n ERROR #1055", .tooFast),
    (#""ERROR #1000 - INVALID API TOKEN""#, .tokenRefused),
    (#""ERROR #1002 - QUERY-THRESH"#, .tokenBlocked),
    (#"{"error":"ERROR #1000 - INVALID API TOKEN"}"#, .tokenRefused),
    (#"{"error":{"message":"ERROR #1055 - SLOWER"},}"#, .tooFast),
    (#"{"error_code":1000,"error_text":"ERROR #1000 - INVALID API TOKEN"}"#, .tokenRefused),
    (#"{"device":"ERROR #2001 - NO SUCH DEVICE"}"#, .vendorError(code: 2001, text: "NO SUCH DEVICE")),
    (#"["ERROR #1002 - BLOCKED"]"#, .tokenBlocked),
  ]) func `is found at the start of a body, bare or as a JSON value`(body: String, expected: Fault) {
    #expect(VendorError.find(in: Array(body.utf8))?.fault == expected)
  }

  @Test(arguments: [
    "<html>ERROR #1002 - QUERY-THRESHOLD EXCEEDED - API TOKEN BLOCKED</html>",
    "<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1> ERROR #1002 - API TOKEN BLOCKED</h1></body></html>",
    "<br />\n<b>Warning</b>:  Undefined index in <b>/srv/api.php</b> on line <b>3</b><br />\nERROR #1002 - BLOCKED",
    "\nWarning: Undefined index in /srv/api.php on line 3\r\nERROR #1002 - BLOCKED\r\n",
  ]) func `from the document is also found on an HTML page`(body: String) {
    #expect(VendorError.find(in: Array(body.utf8))?.fault == .tokenBlocked)
  }

  @Test(arguments: [
    "", "ERROR", "ERROR #", "ERROR #10", "ERROR #105", "FATAL ERROR #1000",
    "<html>\n<p>The device ERROR #1002</p>", "<html>ERROR #5003 - BAD GATEWAY</html>", "<html>ERROR #10020</html>",
    "<b>Notice</b>: x<br />\n[{\"device_id\":1,\"device_name\":\"a\nERROR #1002 - X\"}]",
    "<b>Notice</b>: x<br />\n{\"device\":{\"device_id\":1,\"device_name\":\"<b>ERROR #1002 - X</b>\"}",
    #"[{"device_id":1,"device_name":"<b>ERROR #1002 - X</b>"#,
    #"[{"device_id":1,"device_name":"ERROR #1000 - INVALID API TOKEN"}]"#,
    #"[{"device_id":1,"note":"ERROR #1000"}]"#,
    #"{"device_id":1,"device_name":"ERROR #1000"}"#,
    #"{"device":{"device_id":1,"error_text":"ERROR #1002 - X","device_name":"ERROR #1055"},"routes":[]}"#,
    #"{"device":{"device_id":1},"routes":[{"origin_timestamp":"1","origin_location":"ERROR #1002"}]}"#,
    #"{"ERROR #1000":"x"}"#, #"{"error":"An ERROR #1000 occurred"}"#,
  ]) func `is not found inside data`(body: String) {
    #expect(VendorError.find(in: Array(body.utf8)) == nil)
  }

  @Test func `hides anything that could be the token`() {
    let error = VendorError.find(in: Array("ERROR #2002 - TOKEN 0123456789abcdef0123456789abcdef UNKNOWN".utf8))
    #expect(error?.text == "TOKEN [hidden] UNKNOWN")
  }
}
