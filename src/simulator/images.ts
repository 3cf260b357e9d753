import { type Answer, type Call, type Handler } from './call.ts'
import { invalid } from './errors.ts'
import { type JsonObject, textOf } from './json.ts'
import { multipartFile } from './multipart.ts'
import {
  addEntry,
  createdAnswer,
  entryOf,
  getEntries,
  getEntry,
  type Kind,
  patchEntry,
  tableOf,
} from './records.ts'

const mostBytes = 5 * 1024 * 1024

export const imageKind: Kind = {
  type: 'image',
  path: '/api/images',
  pageSize: 20,
  updated: 'updated_at',
  relations: {},
}

const firstId = 1001

export const imageHandlers: { readonly [operation: string]: Handler } = {
  get_images: getEntries(imageKind),
  get_image: getEntry(imageKind),
  upload_image_from_url(call) {
    const given = (call.body as { data: { attributes: JsonObject } }).data.attributes
    const url = textOf(given['import_from_url'])
    const data = /^data:image\/(\w+);base64,(.*)$/.exec(url)
    if (data === null && !url.startsWith('https://')) {
      throw invalid(
        'The image must be an https URL or a data URI.',
        '/data/attributes/import_from_url',
      )
    }
    // An image behind a URL is not fetched: its size is unknown and shown as 0.
    const format = data?.[1] ?? (/\.(\w{3,4})(?:\?|$)/.exec(url)?.[1] ?? 'jpeg').toLowerCase()
    const size = data === null ? 0 : Buffer.byteLength(data[2] ?? '', 'base64')
    return add(
      call,
      { name: given['name'], hidden: given['hidden'], format, size },
      '/data/attributes/import_from_url',
    )
  },
  upload_image_from_file(call) {
    const upload = multipartFile(call.headers['content-type'] ?? '', call.bytes)
    if (upload === undefined) throw invalid("'file' is a required field.", '/file')
    const format = formatOf(upload.file)
    return add(
      call,
      {
        name: upload.fields.get('name') ?? upload.filename,
        hidden: upload.fields.get('hidden') === 'true',
        format,
        size: upload.file.length,
      },
      '/file',
    )
  },
  update_image(call) {
    const image = entryOf(call, imageKind)
    const { name, hidden } = (call.body as { data: { attributes: JsonObject } }).data.attributes
    // A PATCH here replaces: what is left out goes back to its default.
    patchEntry(call, image, {
      name: name ?? image.attributes['name'] ?? '',
      hidden: hidden ?? false,
    })
    return createdAnswer(call, imageKind, image, 200)
  },
}

function add(
  call: Call,
  image: {
    readonly name?: unknown
    readonly hidden?: unknown
    readonly format: string
    readonly size: number
  },
  pointer: string,
): Answer {
  const format = image.format === 'jpg' ? 'jpeg' : image.format
  if (!['jpeg', 'png', 'gif'].includes(format)) {
    throw invalid('The image must be a JPEG, PNG or GIF.', pointer)
  }
  if (image.size > mostBytes) throw invalid('The image is larger than 5 MB.', pointer)
  const id = String(firstId + tableOf(call, imageKind).size)
  const entry = addEntry(call, imageKind, id, {
    name: typeof image.name === 'string' && image.name !== '' ? image.name : `image-${id}`,
    image_url: `${call.base}/images/${id}.${format}`,
    format,
    size: image.size,
    hidden: image.hidden === true,
  })
  return createdAnswer(call, imageKind, entry)
}

function formatOf(bytes: Buffer): string {
  const start = bytes.subarray(0, 4).toString('latin1')
  if (start.startsWith('\u00ff\u00d8')) return 'jpeg'
  if (start === '\u0089PNG') return 'png'
  return start.startsWith('GIF8') ? 'gif' : 'unknown'
}
