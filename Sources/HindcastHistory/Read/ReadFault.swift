/// A fault at an offset of a file; `HistoryReader` adds the place in words.
package struct ReadFault: Error {
  package var code: HistoryError.Code
  var offset: Int
  package var message: String
  var hint: String?
}
