/// A fault at an offset of a JSON text; `HistoryReader` adds the place in words.
struct JSONFault: Error {
  var code: HistoryError.Code
  var offset: Int
  var message: String
  var hint: String?
}
