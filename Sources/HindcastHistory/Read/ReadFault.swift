/// A fault at an offset of a file; `HistoryReader` adds the place in words.
struct ReadFault: Error {
  var code: HistoryError.Code
  var offset: Int
  var message: String
  var hint: String?
}
