/** What is sold, by class: typed so that an agent can filter on its own hardware before any contact (CD-1, CD-2). */
import { enumeration, type Infer, list, optional, record, text, u64, uint, union } from '@symbolon/primitives'
import {
  COLUMNS_MAX,
  LABEL_BYTES_MAX,
  LABELS_MAX,
  RESOURCE_BYTES_MAX,
  ROW_BYTES_MAX,
  ROWS_MAX,
} from '../limits.ts'

/** A short printable name without leading or trailing space. */
export const label = (name: string) =>
  text(LABEL_BYTES_MAX, { name, bytesMin: 1, pattern: /^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u })
export const mediaType = text(LABEL_BYTES_MAX, {
  name: 'media type',
  pattern: /^[a-z0-9.+-]+\/[a-z0-9.+*-]+$/,
})

export const COLUMN_TYPES = ['text', 'integer', 'decimal', 'boolean', 'timestamp', 'json'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]
export const column = record('column', {
  name: [1, label('column name')],
  type: [2, enumeration(COLUMN_TYPES)],
})
export type Column = Infer<typeof column>

export const DATA_FORMATS = ['csv', 'ndjson'] as const
export type DataFormat = (typeof DATA_FORMATS)[number]

/** Rows of a file. Row bytes exclude the line ending; a CSV header is not a row. */
export const dataResource = record('data', {
  name: [1, label('file name')],
  format: [2, enumeration(DATA_FORMATS)],
  columns: [3, list(column, COLUMNS_MAX, { lengthMin: 1 })],
  rowCount: [4, uint(ROWS_MAX, 'row count')],
  rowBytesMax: [5, uint(ROW_BYTES_MAX, 'row bytes')],
})

export const EXECUTION_MODES = ['batch', 'streaming'] as const
export const computeResource = record('compute', {
  gpuFamily: [1, label('GPU family')],
  vramGigabytes: [2, uint(65_535, 'VRAM in GB')],
  instructionSets: [3, list(label('instruction set'), LABELS_MAX)],
  modes: [4, list(enumeration(EXECUTION_MODES), EXECUTION_MODES.length, { lengthMin: 1 })],
  /** Models offered, such as `llama-70b-fp16`; empty for bare compute. */
  models: [5, list(label('model'), LABELS_MAX)],
})

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export const apiResource = record('api', {
  method: [1, enumeration(HTTP_METHODS)],
  path: [2, text(RESOURCE_BYTES_MAX, { name: 'path', pattern: /^\/[!-~]*$/ })],
  requestMedia: [3, optional(mediaType)],
  responseMedia: [4, mediaType],
  /** Largest response that one request may return, bytes. */
  responseBytesMax: [5, optional(u64('response bytes'))],
})

export const resource = union('resource', {
  data: [1, dataResource],
  compute: [2, computeResource],
  api: [3, apiResource],
})
export type Resource = Infer<typeof resource>
