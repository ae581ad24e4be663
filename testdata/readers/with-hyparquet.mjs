// Prints a Parquet file's rows as hyparquet reads them: a line per row, values as OtherReadersTest wants them.
// Comes by standard input (node --input-type=module - FILE), so that packages are found from the folder it runs in.
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const bits = new DataView(new ArrayBuffer(8))

function text(value, isDouble) {
    if (value === null || value === undefined) return 'N'
    if (Array.isArray(value)) return '[' + value.map(element => text(element, isDouble)).join(', ') + ']'
    if (typeof value === 'boolean') return value ? '1' : '0'
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    if (typeof value === 'string') return Buffer.from(value).toString('hex')
    if (!isDouble) return String(value)
    bits.setFloat64(0, value)
    return bits.getBigUint64(0).toString(16).padStart(16, '0')
}

// A list's values are those of its innermost element.
function isDouble(column) {
    return column.children.length > 0 ? isDouble(column.children[0]) : column.element.type === 'DOUBLE'
}

const file = await asyncBufferFromFile(process.argv[2])
const metadata = await parquetMetadataAsync(file)
const columns = parquetSchema(metadata).children
// Its own forms would lose microseconds, and bytes that are no text.
const parsers = { timestampFromMicroseconds: micros => micros }
const rows = await parquetReadObjects({ file, metadata, compressors, parsers, utf8: false })
const lines = [columns.map(column => column.element.name).join('\t')]
for (const row of rows) lines.push(columns.map(column => text(row[column.element.name], isDouble(column))).join('\t'))
process.stdout.write(lines.join('\n') + '\n')
