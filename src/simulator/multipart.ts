export interface Upload {
  readonly file: Buffer
  readonly filename: string
  readonly fields: ReadonlyMap<string, string>
}

/** The file and the fields of a multipart/form-data body; undefined when it holds no `file`. */
export function multipartFile(contentType: string, body: Buffer): Upload | undefined {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1]
  if (boundary === undefined) return undefined
  const mark = Buffer.from(`--${boundary}`)
  const fields = new Map<string, string>()
  let file: Buffer | undefined
  let filename = ''
  let at = body.indexOf(mark)
  while (at >= 0) {
    const start = at + mark.length + 2
    const next = body.indexOf(mark, start)
    if (next < 0) break
    const head = body.indexOf('\r\n\r\n', start)
    if (head > 0 && head < next) {
      const headers = body.subarray(start, head).toString('utf8')
      const content = body.subarray(head + 4, next - 2)
      const name = /name="([^"]*)"/.exec(headers)?.[1]
      if (name === 'file') {
        file = Buffer.from(content)
        filename = /filename="([^"]*)"/.exec(headers)?.[1] ?? ''
      } else if (name !== undefined) {
        fields.set(name, content.toString('utf8'))
      }
    }
    at = next
  }
  return file === undefined ? undefined : { file, filename, fields }
}
